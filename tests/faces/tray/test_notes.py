"""What a person is told without asking, and what never."""

from dataclasses import replace

import pytest

from launcher.faces.tray.notes import Note, settled, worth_telling
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from tests.faces.tray.views import ASKED, CRASHED, ELSEWHERE, FIRST_RUN, RUNNING, STARTING, STOPPED, STOPPING

ASKS = "An iPhone asks to come in."
READY = "SillyTavern is ready."
BY_ITSELF = "SillyTavern stopped by itself."
ANOTHER_ADDRESS = "SillyTavern has another address now."
MOVED = replace(RUNNING, addresses=(ELSEWHERE,))
OFFLINE = replace(RUNNING, addresses=())
UNKNOWN = replace(RUNNING, addresses=None)
FAILED = replace(STOPPED, problem=Problem("Node is too old."))
INSTALLING = replace(FIRST_RUN, phase=Phase.INSTALLING)

HISTORIES: dict[str, tuple[list[View], list[str]]] = {
    "a start": ([STOPPED, STARTING, RUNNING], [READY]),
    "the tray comes while it runs": ([RUNNING], []),
    "the tray comes while it starts": ([STARTING, RUNNING], [READY]),
    "a restart": ([RUNNING, STOPPING, STARTING, RUNNING], []),
    "a stop": ([RUNNING, STOPPING, STOPPED], []),
    "a stop during the start": ([STARTING, STOPPING, STOPPED], []),
    "a start after a stop": ([RUNNING, STOPPING, STOPPED, STARTING, RUNNING], [READY]),
    "a crash and its restart": ([RUNNING, STARTING, RUNNING], [BY_ITSELF]),
    "crashes until it is given up": ([RUNNING, STARTING, STARTING, CRASHED], [BY_ITSELF, CRASHED.problem.title]),  # type: ignore[union-attr]
    "a start after a crash": ([CRASHED, STARTING, RUNNING], [READY]),
    "a start that fails": ([STOPPED, STARTING, CRASHED], [CRASHED.problem.title]),  # type: ignore[union-attr]
    "a start that cannot begin": ([STOPPED, STARTING, FAILED], ["Node is too old."]),
    "it ends without being asked": ([RUNNING, STOPPED], [BY_ITSELF]),
    "another network": ([RUNNING, MOVED], [ANOTHER_ADDRESS]),
    "https instead of http": ([RUNNING, replace(RUNNING, scheme="https")], [ANOTHER_ADDRESS]),
    "the network goes": ([RUNNING, OFFLINE], []),
    "the network comes": ([OFFLINE, RUNNING], [ANOTHER_ADDRESS]),
    "the address is found late": ([UNKNOWN, RUNNING], []),
    "another network while stopped": ([STOPPED, replace(STOPPED, addresses=(ELSEWHERE,))], []),
    "an installation": ([FIRST_RUN, INSTALLING, INSTALLING, STOPPED], []),
    "someone asks": ([RUNNING, ASKED, replace(ASKED, notices=("News.",)), RUNNING, ASKED], [ASKS, ASKS]),
    "someone asks before the tray is there": ([ASKED], [ASKS]),
    "nothing changes": ([RUNNING, RUNNING], []),
    "a problem beside a running server": ([RUNNING, replace(RUNNING, problem=Problem("Something."))], []),
}


def told(views: list[View]) -> list[Note]:
    notes: list[Note] = []
    old: View | None = None
    last: Phase | None = None
    for view in views:
        note = worth_telling(old, view, last)
        notes += [note] if note else []
        old, last = view, settled(last, view)
    return notes


@pytest.mark.parametrize(("views", "titles"), HISTORIES.values(), ids=HISTORIES.keys())
def test_what_is_told(views: list[View], titles: list[str]) -> None:
    assert [note.title for note in told(views)] == titles


def test_ready_names_the_address_for_the_phone() -> None:
    assert told([STOPPED, STARTING, RUNNING])[0].text == "On your phone, open http://192.168.0.5:8000."
    assert told([STOPPED, STARTING, OFFLINE])[0].text == ""


def test_another_address_is_named() -> None:
    assert "http://10.0.0.7:8000" in told([RUNNING, MOVED])[0].text
