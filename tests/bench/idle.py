"""What keeper and tray cost while nobody looks: memory beside another tray program, and processor time."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.bench.launcher import VERSION, begin, face_pid, give_port, new_home, quit_all
from tests.bench.measuring import Row, let_pass, processor_s, pss_mb
from tests.support.displays import new_display
from tests.support.sillytavern import warm_copy
from tests.support.waiting import wait_until
from tests.ui.tray.desk import Panel, session_bus

PEER = "syncthingtray"
# With a connection in its settings, because without one it opens a window of its own.
SETTINGS_OF_PEER = """[General]
v=1.3.2

[tray]
connections\\1\\label=here
connections\\1\\syncthingUrl=http://127.0.0.1:9
connections\\1\\reconnectInterval=0
connections\\size=1
"""
SETTLING_S = 20
WATCHED_S = 60


def rows(folder: Path) -> list[Row]:
    with new_display() as display, warm_copy(VERSION) as sillytavern, session_bus(folder) as bus:
        panel = Panel(bus)
        more = {"DISPLAY": display.name, "DBUS_SESSION_BUS_ADDRESS": bus, "HOME": str(folder)}
        give_port(sillytavern)
        peer_mb = _peer_mb(folder, display.environment | more, panel)
        with new_home(folder / "idle", more) as tavernkeep:
            tavernkeep.do("use", str(sillytavern))
            tavernkeep.do("start")
            keeper = tavernkeep.status()["keeper_pid"]
            before = len(panel.items)
            begin(tavernkeep, "tray")
            tray = face_pid(tavernkeep, "tray")
            wait_until(lambda: len(panel.items) > before, 20, "the icon is in the panel")
            let_pass(SETTLING_S)
            begin_s = processor_s([keeper, tray])
            let_pass(WATCHED_S)
            used = (processor_s([keeper, tray]) - begin_s) / WATCHED_S
            ours_mb = pss_mb([keeper, tray])
            parts = f"{ours_mb:.1f} MB ({pss_mb([keeper]):.1f} + {pss_mb([tray]):.1f})"
            quit_all(tavernkeep)
        panel.close()
    what = "idle memory (PSS), keeper and tray"
    if peer_mb is None:
        memory = Row(what, parts, "-", None, "<= 1", f"no {PEER} here: apt install {PEER}")
    else:
        memory = Row(what, parts, f"{PEER} {peer_mb:.1f} MB", ours_mb / peer_mb, "<= 1, later 1/2")
    return [memory, Row("idle processor time, keeper and tray", f"{used:.3%} of one core", "-", None, "<= 0.1 %")]


def _peer_mb(folder: Path, environment: Mapping[str, str], panel: Panel) -> float | None:
    """The memory of the other program with its icon in the same panel; None when it is not installed."""
    if not shutil.which(PEER):
        return None
    (folder / ".config").mkdir(exist_ok=True)
    (folder / ".config/syncthingtray.ini").write_text(SETTINGS_OF_PEER)
    quiet = subprocess.DEVNULL
    with subprocess.Popen([PEER], env=environment, stdin=quiet, stdout=quiet, stderr=quiet) as peer:
        try:
            wait_until(lambda: panel.items, 30, f"the icon of {PEER} is in the panel")
            let_pass(SETTLING_S)
            family = [peer.pid, *(child.pid for child in psutil.Process(peer.pid).children(recursive=True))]
            return pss_mb(family)
        finally:
            peer.terminate()
