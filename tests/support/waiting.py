"""Wait for something to become true, with a limit. The only place in the tests where time passes unused."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_INTERVAL_S = 0.02


def wait_until(condition: Callable[[], T], timeout_s: float = 10, what: str = "") -> T:
    """What `condition` returns as soon as that is true. AssertionError naming `what` after `timeout_s`."""
    end = time.monotonic() + timeout_s
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < end, f"still not after {timeout_s} s: {what or condition}"
        time.sleep(POLL_INTERVAL_S)
