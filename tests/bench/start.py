"""From `start` until the URL answers, with a keeper to start first, beside a bare `node server.js`."""

import subprocess
import time
from pathlib import Path

from tests.bench.launcher import VERSION, begin, give_port, new_home, quit_all
from tests.bench.measuring import Row, in_turn, ratio_of, seconds, wait_for_answer
from tests.support.commands import Tavernkeep
from tests.support.sillytavern import warm_copy

BARE_NODE = ["node", "server.js", "--browserLaunchEnabled=false"]
ROUNDS = 7


def rows(folder: Path) -> list[Row]:
    with warm_copy(VERSION) as sillytavern, new_home(folder / "start") as tavernkeep:
        port = give_port(sillytavern)
        tavernkeep.do("use", str(sillytavern))
        tavernkeep.do("start")  # compiles what the server compiles once
        quit_all(tavernkeep)
        ours, theirs = in_turn(lambda: _ours_s(tavernkeep, port), lambda: _bare_s(sillytavern, port), ROUNDS)
    what = "`start` until the URL answers, keeper included"
    return [Row(what, seconds(ours), f"node server.js {seconds(theirs)}", ratio_of(ours, theirs), "<= 1.05")]


def _ours_s(tavernkeep: Tavernkeep, port: int) -> float:
    began = time.perf_counter()
    command = begin(tavernkeep, "start")
    answered_s = wait_for_answer(port, began)
    assert command.wait() == 0
    quit_all(tavernkeep)
    return answered_s


def _bare_s(sillytavern: Path, port: int) -> float:
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(BARE_NODE, cwd=sillytavern, stdin=quiet, stdout=quiet, stderr=quiet) as server:
        answered_s = wait_for_answer(port, began)
        server.terminate()
    return answered_s
