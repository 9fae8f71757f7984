"""The one net under every thread: a bug is logged with its traceback, told in one sentence, and ends nothing else."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from launcher.problem import Problem

TITLE = "Tavernkeep has made a mistake."

Result = TypeVar("Result")


def mistake(own_log: Path) -> Problem:
    """Return the sentence that people read about a bug whose traceback is in `own_log`."""
    return Problem(TITLE, f"Please report it; {own_log} has the details.")


def attempt(do: Callable[[], Result], name: str, on_bug: Callable[[], object] | None = None) -> Result | None:
    """Return what `do` returns. When it raises, log that, call `on_bug`, and return None. Raises nothing.

    `name` says in the log what was attempted. `on_bug` tells whoever waits; a bug in it is logged too.
    """
    try:
        return do()
    except Exception:  # noqa: BLE001 - the boundary that every thread shares: a bug must not look like a wait
        import logging  # Every window imports this file, and none has a bug at its start.

        logging.getLogger(__name__).exception("%s failed", name)
    if on_bug:
        attempt(on_bug, f"telling that {name} failed")
    return None


def start_thread(do: Callable[[], object], name: str, on_bug: Callable[[], object] | None = None) -> threading.Thread:
    """Attempt `do` in a daemon thread and return it. `on_bug` is called there, or here when it could not be started."""
    thread = threading.Thread(target=attempt, args=(do, name, on_bug), name=name, daemon=True)
    attempt(thread.start, name, on_bug)
    return thread
