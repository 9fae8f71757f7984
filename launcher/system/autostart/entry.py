"""What an entry says. PURE."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AutostartEntry:
    """`command` is empty when it cannot be read as one. `switched_off`: the user said no with the system's tools."""

    command: tuple[str, ...]
    switched_off: bool
