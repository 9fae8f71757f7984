"""What the menu offers and the tooltip says in every state."""

from dataclasses import replace

import pytest

from launcher.keeper.messages import Quit, Restart, Start, Stop
from launcher.keeper.view import Phase, Progress, View
from launcher.problem import Problem
from launcher.ui.tray.menu import LINE, IconState, Item, Local, default_item, icon_state, menu, tooltip
from tests.ui.tray.views import ASKED, CRASHED, FIRST_RUN, RUNNING, STARTING, STOPPED, STOPPING

ALWAYS = ["Open Tavernkeep", "Quit"]
INSTALLING = View(phase=Phase.INSTALLING, progress=Progress("Downloading", 100, 650))
BROKEN = replace(STOPPED, problem=Problem("Port 8000 is taken by nginx.", "Use another."))


def offered(view: View) -> list[str]:
    return [item.label for item in menu(view) if item.enabled]


@pytest.mark.parametrize(
    ("view", "labels"),
    [
        (FIRST_RUN, []),
        (INSTALLING, []),
        (STOPPED, ["Start"]),
        (STARTING, ["Stop"]),
        (RUNNING, ["Open SillyTavern", "Show QR code", "Stop", "Restart"]),
        (STOPPING, []),
        (CRASHED, ["Start"]),
    ],
    ids=["first run", "installing", "stopped", "starting", "running", "stopping", "crashed"],
)
def test_only_what_makes_sense_now_can_be_chosen(view: View, labels: list[str]) -> None:
    assert offered(view) == labels + ALWAYS


def test_the_lines_never_change_their_places() -> None:
    views = (FIRST_RUN, INSTALLING, STOPPED, STARTING, RUNNING, STOPPING, CRASHED)
    assert len({tuple(item.label for item in menu(view)) for view in views}) == 1


def test_who_waits_stands_above_the_usual_lines() -> None:
    first, line, *rest = menu(ASKED)
    assert (first.label, first.action, line) == ("Allow this iPhone…?", Local.QUESTION, LINE)
    assert tuple(rest) == menu(RUNNING)


def test_the_lines_ask_the_keeper_for_what_they_say() -> None:
    asked = {item.label: item.action for item in menu(RUNNING)}
    assert [asked[label] for label in ("Start", "Stop", "Restart", "Quit")] == [Start(), Stop(), Restart(), Quit()]


def test_a_left_click_opens_the_window_in_every_state() -> None:
    chosen: list[Item] = [default_item(menu(view)) for view in (FIRST_RUN, RUNNING, CRASHED)]
    assert {item.label for item in chosen} == {"Open Tavernkeep"}
    assert all(item.enabled for item in chosen)


@pytest.mark.parametrize(
    ("view", "state"),
    [
        (FIRST_RUN, IconState.STOPPED),
        (STOPPED, IconState.STOPPED),
        (INSTALLING, IconState.STARTING),
        (STARTING, IconState.STARTING),
        (STOPPING, IconState.STARTING),
        (RUNNING, IconState.RUNNING),
        (CRASHED, IconState.PROBLEM),
        (BROKEN, IconState.PROBLEM),
        (ASKED, IconState.WAITING),
        (replace(ASKED, problem=Problem("Something.")), IconState.WAITING),
    ],
)
def test_the_icon_tells_the_state(view: View, state: IconState) -> None:
    assert icon_state(view) is state


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (FIRST_RUN, "SillyTavern is not installed yet"),
        (INSTALLING, "Installing SillyTavern: Downloading"),
        (STOPPED, "SillyTavern is stopped"),
        (STARTING, "SillyTavern is starting"),
        (replace(STARTING, waiting_for="SillyTavern is compiling."), "SillyTavern is compiling"),
        (RUNNING, "SillyTavern is running at http://192.168.0.5:8000"),
        (replace(RUNNING, scheme="https"), "SillyTavern is running at https://192.168.0.5:8000"),
        (replace(RUNNING, addresses=()), "SillyTavern is running; no local network"),
        (replace(RUNNING, addresses=None), "SillyTavern is running"),
        (ASKED, "An iPhone asks to come in, from 192.168.0.20"),
        (CRASHED, "SillyTavern keeps stopping by itself"),
        (BROKEN, "SillyTavern is stopped: Port 8000 is taken by nginx"),
    ],
)
def test_the_tooltip_says_state_and_address(view: View, text: str) -> None:
    assert tooltip(view) == text


def test_a_long_reason_is_cut_to_what_every_system_shows() -> None:
    text = tooltip(replace(CRASHED, problem=Problem("What\nhappened " * 40)))
    assert len(text) <= 120
    assert text.endswith("…")
    assert "\n" not in text
