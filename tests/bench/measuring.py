"""Time, memory and processor time of whole processes, and two things measured in turn. Linux."""

import http.client
import os
import socket
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
POLL_INTERVAL_S = 0.002


@dataclass(frozen=True)
class Row:
    """One line of the table. `ratio` is ours to theirs, None when there is nothing to compare with (`note`)."""

    what: str
    ours: str
    theirs: str
    ratio: float | None
    aim: str
    note: str = ""


def in_turn(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> tuple[list[float], list[float]]:
    """Both measured `rounds` times, one after the other, so that a machine that slows down slows both."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of the pairs."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def seconds(measured: Sequence[float]) -> str:
    """The median, with the least and the most."""
    return f"{statistics.median(measured):.2f} s ({min(measured):.2f}-{max(measured):.2f})"


def pss_mb(pids: Iterable[int]) -> float:
    """The memory of these processes, shared pages divided among those that share them, in megabytes."""
    return sum(_pss_kb(pid) for pid in pids) / 1024


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def processor_s(pids: Iterable[int]) -> float:
    """The processor time these processes have used so far, in seconds."""
    return sum(_ticks(pid) for pid in pids) / TICKS_PER_S


def _ticks(pid: int) -> int:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


def let_pass(duration_s: float) -> None:
    """Lets time pass: what is measured is what happens meanwhile."""
    time.sleep(duration_s)


def wait_for_answer(port: int, since: float, path: str = "/", timeout_s: float = 120) -> float:
    """Seconds from `since` (time.perf_counter) until an HTTP server on this PC has answered on `port`."""
    while time.perf_counter() - since < timeout_s:
        try:
            with socket.create_connection(("127.0.0.1", port)):
                pass
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
            return time.perf_counter() - since
        except OSError:
            time.sleep(POLL_INTERVAL_S)
    raise TimeoutError(f"nobody answers on port {port}")
