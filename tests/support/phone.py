"""A real browser as the phone: Chromium without a window, on the phone's host."""

import subprocess
import tempfile
from pathlib import Path

from tests.support.hosts import Hosts
from tests.support.machine import need

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio"]
FLAGS += ["--window-size=412,915", "--force-device-scale-factor=1"]


def page_on_phone(hosts: Hosts, url: str, wait_ms: int = 5000, timeout_s: float = 60) -> str:
    """The HTML of `url` after its scripts ran for up to `wait_ms` of the page's own time."""
    return _chromium(hosts, url, ["--dump-dom", f"--virtual-time-budget={wait_ms}"], timeout_s)


def picture_on_phone(hosts: Hosts, url: str, picture: Path, wait_ms: int = 5000, timeout_s: float = 60) -> None:
    """Writes what the phone shows of `url` into the PNG file `picture`."""
    _chromium(hosts, url, [f"--screenshot={picture}", f"--virtual-time-budget={wait_ms}"], timeout_s)


def _chromium(hosts: Hosts, url: str, more: list[str], timeout_s: float) -> str:
    need("chromium")
    with tempfile.TemporaryDirectory(prefix="phone-", ignore_cleanup_errors=True) as profile:
        command = hosts.on_phone("chromium", *FLAGS, f"--user-data-dir={profile}", *more, url)
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, check=True
        )
    return done.stdout
