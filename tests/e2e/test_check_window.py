"""Check connection with the real keeper, doctor and SillyTavern: what is in the way is fixed by a key, and proven."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.test_access_commands import on_phone
from tests.e2e.test_dialogs import CHANGE_TIMEOUT_S, LET_IN, REFUSED, at
from tests.support.commands import Tavernkeep
from tests.support.displays import Display
from tests.support.hosts import PHONE_ADDRESS, Hosts
from tests.support.machine import need
from tests.support.waiting import wait_until
from tests.ui.window.x11 import keys

FIRST_START_TIMEOUT_S = 240


@pytest.fixture
def pc(home: Path, hosts: Hosts, display: Display, sillytavern: Callable[[str], Path]) -> Iterator[Tavernkeep]:
    """SillyTavern runs and listens, and nobody is asked about."""
    need("xdotool", "import")
    folder = sillytavern("1.19.0")
    text = (folder / "default/config.yaml").read_text("utf-8")
    (folder / "config.yaml").write_text(re.sub(r"(?m)^listen: false", "listen: true", text), "utf-8")
    pc = Tavernkeep(home, hosts.on_pc(), {"DISPLAY": display.name, "TAVERNKEEP_THEME": "light"})
    pc.do("use", str(folder))
    with (home / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('asking = "never"\n')
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    yield pc
    pc.run("quit")


@contextmanager
def ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()


@pytest.mark.sweep
@pytest.mark.timeout(500)
def test_a_refused_phone_is_let_in_by_fix_it(pc: Tavernkeep, hosts: Hosts, display: Display) -> None:
    with pc.popen("window", "check") as window, ended(window):
        at(display, "Check connection")
        assert on_phone(hosts) == REFUSED

        def fixed() -> bool:
            keys(display, "alt+f")
            return on_phone(hosts) == LET_IN

        wait_until(fixed, CHANGE_TIMEOUT_S, "it is looked again, what is found has its button, and the phone is in")
        found = {each["id"]: each["status"] for each in pc.json("doctor", "--phone", PHONE_ADDRESS)}
        assert found["whitelist-covers"] == found["reached"] == "ok"
