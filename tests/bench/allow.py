"""From the click on Allow until a phone that waits is in, beside a bare stop and start of the same server."""

import re
import statistics
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.launcher import VERSION, give_port
from tests.bench.measuring import Row, in_turn, seconds, wait_for_answer
from tests.bench.start import BARE_NODE
from tests.e2e.test_waiting_page import WAITS
from tests.support.browser import Tab, open_browser
from tests.support.commands import Tavernkeep
from tests.support.displays import Display, new_display
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, two_hosts
from tests.support.leftovers import end_leftovers
from tests.support.question import asked, click_allow
from tests.support.sillytavern import warm_copy
from tests.support.waiting import wait_until

IN = "document.title == 'SillyTavern'"
ROUNDS = 5
STOP_TIMEOUT_S = 20


def rows(folder: Path) -> list[Row]:
    home = folder / "home"
    home.mkdir(mode=0o700)
    with ExitStack() as made:
        sillytavern = made.enter_context(warm_copy(VERSION))
        port = give_port(sillytavern)
        config = sillytavern / "config.yaml"
        config.write_text(re.sub(r"(?m)^listen: false", "listen: true", config.read_text("utf-8")), "utf-8")
        display = made.enter_context(new_display())
        hosts = made.enter_context(two_hosts())
        made.callback(end_leftovers, home)
        pc = Tavernkeep(home, hosts.on_pc(), {"DISPLAY": display.name, "TAVERNKEEP_THEME": "light"})
        pc.do("use", str(sillytavern))
        pc.do("start", timeout_s=240)
        pc.popen("window", "window")
        phone = made.enter_context(open_browser(hosts))
        ours, theirs = in_turn(
            lambda: _ours_s(pc, phone, display, f"http://{PC_ADDRESS}:{port}", folder),
            lambda: _bare_s(sillytavern, port),
            ROUNDS,
        )
        pc.do("quit")
    more_s = statistics.median(a - b for a, b in zip(ours, theirs, strict=True))
    what = "a click on Allow until the waiting phone is in"
    beside = f"bare stop and start {seconds(theirs)}"
    return [Row(what, seconds(ours), beside, None, "<= +0.5 s", note=f"{more_s:+.2f} s")]


def _ours_s(pc: Tavernkeep, phone: Tab, display: Display, url: str, folder: Path) -> float:
    pc.run("devices", "refuse", PHONE_ADDRESS)  # Refused the first time: it has not been let in yet.
    pc.do("start")
    phone.open(url)
    phone.wait_for(WAITS)
    clicked_at = click_allow(display, asked(display), folder)
    wait_until(lambda: phone.value(IN), 60, "the phone is in")
    took_s = time.monotonic() - clicked_at
    phone.open("about:blank")
    pc.do("stop")
    return took_s


def _bare_s(sillytavern: Path, port: int) -> float:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(BARE_NODE, cwd=sillytavern, stdin=quiet, stdout=quiet, stderr=quiet) as before:
        wait_for_answer(port, time.perf_counter())
        began = time.perf_counter()
        before.terminate()
        before.wait(STOP_TIMEOUT_S)
        with subprocess.Popen(BARE_NODE, cwd=sillytavern, stdin=quiet, stdout=quiet, stderr=quiet) as after:
            took_s = wait_for_answer(port, began)
            after.terminate()
    return took_s
