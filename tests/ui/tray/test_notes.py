"""What a person is told without asking, and what never."""

from dataclasses import replace

import pytest

from launcher.access.exposure import Exposure, Mode
from launcher.keeper.view import Phase, Tray, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import Problem
from launcher.ui.tray.notes import Memory, Note, after_login, is_answered, seen, worth_telling
from tests.ui.tray.views import ASKED, CRASHED, ELSEWHERE, FIRST_RUN, RUNNING, STARTING, STOPPED, STOPPING

ASKS = "An iPhone asks to come in."
READY = "SillyTavern is ready."
BY_ITSELF = "SillyTavern stopped by itself."
ANOTHER_ADDRESS = "SillyTavern has another address now."
MOVED = replace(RUNNING, addresses=(ELSEWHERE,))
OFFLINE = replace(RUNNING, addresses=())
UNKNOWN = replace(RUNNING, addresses=None)
BESIDE = replace(RUNNING, addresses=(ELSEWHERE, *(RUNNING.addresses or ())))
TAILSCALE = replace(RUNNING, addresses=(LocalAddress("100.64.0.1", "tailscale0", Kind.TAILSCALE, local=False),))
ONLY_HERE = Exposure(Mode.THIS_PC, listens=False, who="Only this PC.")
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
    "a start that a window shows": ([STOPPED, STARTING, replace(RUNNING, window=True)], []),
    "a start that fails behind a window": ([STOPPED, STARTING, replace(CRASHED, window=True)], [CRASHED.problem.title]),  # type: ignore[union-attr]
    "a restart that fails": ([RUNNING, STOPPING, STARTING, CRASHED], [CRASHED.problem.title]),  # type: ignore[union-attr]
    "a start that cannot begin": ([STOPPED, STARTING, FAILED], ["Node is too old."]),
    "it ends without being asked": ([RUNNING, STOPPED], [BY_ITSELF]),
    "another network": ([RUNNING, MOVED], [ANOTHER_ADDRESS]),
    "another network, and back": ([RUNNING, MOVED, RUNNING], [ANOTHER_ADDRESS, ANOTHER_ADDRESS]),
    "another network after an outage": ([RUNNING, OFFLINE, UNKNOWN, MOVED], [ANOTHER_ADDRESS]),
    "another network during a restart": ([RUNNING, STOPPING, STARTING, MOVED], [ANOTHER_ADDRESS]),
    "another network and a start": ([RUNNING, STOPPING, STOPPED, STARTING, MOVED], [ANOTHER_ADDRESS]),
    "a better address beside the one there is": ([RUNNING, BESIDE, RUNNING], []),
    "the one there was goes, later": ([RUNNING, BESIDE, MOVED], [ANOTHER_ADDRESS]),
    "a VPN comes and goes": ([RUNNING, replace(RUNNING, addresses=(*RUNNING.addresses, *TAILSCALE.addresses))], []),  # type: ignore[misc]
    "https instead of http": ([RUNNING, replace(RUNNING, scheme="https")], [ANOTHER_ADDRESS]),
    "another port": ([RUNNING, STOPPING, STARTING, replace(RUNNING, port=8001)], [ANOTHER_ADDRESS]),
    "the network goes": ([RUNNING, OFFLINE], []),
    "the network comes": ([OFFLINE, RUNNING], []),
    "the network goes and comes": ([RUNNING, OFFLINE, RUNNING], []),
    "the address is found late": ([UNKNOWN, RUNNING], []),
    "another network, but only this PC is let in": (
        [replace(RUNNING, access=ONLY_HERE), replace(MOVED, access=ONLY_HERE)],
        [],
    ),
    "another network while stopped": ([STOPPED, replace(STOPPED, addresses=(ELSEWHERE,))], []),
    "an installation": ([FIRST_RUN, INSTALLING, INSTALLING, STOPPED], []),
    "someone asks": ([RUNNING, ASKED, replace(ASKED, notices=("News.",)), RUNNING, ASKED], [ASKS, ASKS]),
    "someone asks before the tray is there": ([ASKED], [ASKS]),
    "nothing changes": ([RUNNING, RUNNING], []),
    "a problem beside a running server": ([RUNNING, replace(RUNNING, problem=Problem("Something."))], []),
}


SHOWN, HIDDEN = Tray.SHOWN, Tray.NONE
AFTER_LOGIN: dict[str, tuple[list[View], Tray, list[str]]] = {
    "all as always": ([STARTING, RUNNING], SHOWN, []),
    "it was quicker than the tray": ([RUNNING], SHOWN, []),
    "where there is no icon": ([STARTING, RUNNING], HIDDEN, [READY]),
    "it is not to be started": ([STOPPED], SHOWN, []),
    "it is not to be started, then is": ([STOPPED, STARTING, RUNNING], SHOWN, [READY]),
    "nothing is installed": ([FIRST_RUN], SHOWN, []),
    "it fails": ([STARTING, CRASHED], SHOWN, [CRASHED.problem.title]),  # type: ignore[union-attr]
    "it failed before the tray came": ([FAILED], SHOWN, ["Node is too old."]),
    "the address is another than yesterday": ([STARTING, MOVED], SHOWN, [ANOTHER_ADDRESS]),
    "the network comes late": ([STARTING, UNKNOWN, OFFLINE, RUNNING], SHOWN, []),
    "another network comes late": ([STARTING, OFFLINE, MOVED], SHOWN, [ANOTHER_ADDRESS]),
    "a stop and a start later": ([STARTING, RUNNING, STOPPING, STOPPED, STARTING, RUNNING], SHOWN, [READY]),
    "a crash later": ([STARTING, RUNNING, STARTING, RUNNING], SHOWN, [BY_ITSELF]),
}


def told(views: list[View], memory: Memory = Memory()) -> list[Note]:  # noqa: B008 - it is a value
    notes: list[Note] = []
    for view in views:
        note = worth_telling(memory, view)
        notes += [note] if note else []
        memory = seen(memory, view)
    return notes


@pytest.mark.parametrize(("views", "titles"), HISTORIES.values(), ids=HISTORIES.keys())
def test_what_is_told(views: list[View], titles: list[str]) -> None:
    assert [note.title for note in told(views)] == titles


@pytest.mark.parametrize(("views", "tray", "titles"), AFTER_LOGIN.values(), ids=AFTER_LOGIN.keys())
def test_what_is_told_after_a_login(views: list[View], tray: Tray, titles: list[str]) -> None:
    notes = told([replace(view, tray=tray) for view in views], after_login("http://192.168.0.5:8000"))
    assert [note.title for note in notes] == titles


def test_an_address_that_changed_while_all_was_off_is_told() -> None:
    yesterday = Memory(url="http://192.168.0.4:8000")
    assert [note.title for note in told([RUNNING, RUNNING], yesterday)] == [ANOTHER_ADDRESS]
    assert seen(yesterday, RUNNING).url == "http://192.168.0.5:8000"


def test_an_address_counts_only_while_a_phone_could_use_it() -> None:
    assert [seen(Memory(), view).url for view in (STARTING, STOPPED, replace(RUNNING, access=ONLY_HERE))] == [
        "",
        "",
        "",
    ]


def test_ready_names_the_address_for_the_phone() -> None:
    assert told([STOPPED, STARTING, RUNNING])[0].text == "On your phone, open http://192.168.0.5:8000."
    assert told([STOPPED, STARTING, OFFLINE])[0].text == ""
    assert told([STOPPED, STARTING, replace(RUNNING, access=ONLY_HERE)])[0].text == ""


def test_another_address_is_named() -> None:
    assert "http://10.0.0.7:8000" in told([RUNNING, MOVED])[0].text


def test_a_question_is_answered_when_another_one_or_none_is_asked() -> None:
    asks = worth_telling(Memory(RUNNING), ASKED)
    assert asks
    assert ASKED.question
    assert not is_answered(asks, replace(ASKED, notices=("News.",)))
    assert is_answered(asks, RUNNING)
    assert is_answered(asks, replace(ASKED, question=replace(ASKED.question, address="192.168.0.21")))
    assert not is_answered(Note(READY), RUNNING)
