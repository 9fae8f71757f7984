"""How anything that went wrong is told: what it means for the person, what to do, and the button that does it. PURE."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Fix:
    """A repair Tavernkeep can do itself.

    `id` is what a UI sends back (`port 8001`, `install-modules`); `label` is the text of the button.
    """

    id: str
    label: str


@dataclass(frozen=True)
class Problem:
    """`title` is one sentence about what it means, `advice` says what to do next."""

    title: str
    advice: str = ""
    fix: Fix | None = None


class TavernkeepError(Exception):
    """Everything we raise on purpose. What other libraries raise becomes one of these where it occurs."""

    def __init__(self, title: str, advice: str = "", fix: Fix | None = None) -> None:
        super().__init__(title)
        self.problem = Problem(title, advice, fix)

    @classmethod
    def from_problem(cls, problem: Problem) -> Self:
        return cls(problem.title, problem.advice, problem.fix)
