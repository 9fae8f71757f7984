"""One check: what it reads, which checks it waits for, and who judges it. PURE."""

from collections.abc import Callable
from dataclasses import dataclass

from launcher.doctor.check_input import CheckInput, Findings
from launcher.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """`judge` gets what was read and what was found before. `after`: the checks whose findings it looks at."""

    id: str
    judge: Callable[[CheckInput, Findings], Finding]
    reads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
