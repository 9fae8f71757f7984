"""50 MB of server output at once, beside the same output thrown away, and what the keeper keeps of it."""

import subprocess
import time
from pathlib import Path

from tests.bench.launcher import new_home, quit_all
from tests.bench.measuring import Row, in_turn, let_pass, pss_mb, ratio_of, seconds, wait_for_answer
from tests.support.commands import Tavernkeep
from tests.support.machine import free_port
from tests.support.programs import node_program

ROUNDS = 5
SETTLING_S = 5
# Prints 50 MB in lines like those of SillyTavern when it is asked for /burst, and answers when they are written.
SERVER = """
const line = 'Generating: { prompt: "' + 'word '.repeat(17) + '", tokens: 4096 }';
require('http').createServer((request, response) => {
    if (request.url === '/burst') {
        for (let left = 50 * 1024 * 1024; left > 0; left -= line.length + 1) console.log(line);
    }
    response.end('ok');
}).listen(__PORT__, '127.0.0.1', () => console.log('SillyTavern is listening on IPv4: 127.0.0.1:__PORT__'));
process.on('SIGTERM', () => process.exit(0));
"""


def rows(folder: Path) -> list[Row]:
    port = free_port()
    server = node_program(folder / "burst-server", SERVER, port)
    grown: list[float] = []
    with new_home(folder / "burst") as tavernkeep:
        tavernkeep.do("use", str(server))
        ours, theirs = in_turn(lambda: _ours_s(tavernkeep, port, grown), lambda: _bare_s(server, port), ROUNDS)
    return [
        Row(
            "50 MB of server output in a burst",
            seconds(ours),
            f"> /dev/null {seconds(theirs)}",
            ratio_of(ours, theirs),
            "<= 1.1",
        ),
        Row("what the keeper's memory (PSS) grows by in it", f"{max(grown):.1f} MB at most", "-", None, "<= 10 MB"),
    ]


def _burst_s(port: int) -> float:
    return wait_for_answer(port, time.perf_counter(), "/burst")


def _ours_s(tavernkeep: Tavernkeep, port: int, grown: list[float]) -> float:
    tavernkeep.do("start")
    keeper = tavernkeep.status()["keeper_pid"]
    let_pass(SETTLING_S)
    before_mb = pss_mb([keeper])
    burst_s = _burst_s(port)
    let_pass(SETTLING_S)
    grown.append(pss_mb([keeper]) - before_mb)
    quit_all(tavernkeep)
    return burst_s


def _bare_s(server: Path, port: int) -> float:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(["node", "server.js"], cwd=server, stdin=quiet, stdout=quiet) as process:
        wait_for_answer(port, time.perf_counter())
        burst_s = _burst_s(port)
        process.terminate()
    return burst_s
