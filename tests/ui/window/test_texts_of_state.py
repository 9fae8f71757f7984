"""The sentences of the window."""

from dataclasses import replace
from time import mktime

import pytest

from launcher.server.install_progress import Progress
from launcher.ui.window.main.sentences import badge, clock_time, heading, packages, time_left
from launcher.ui.window.widgets.palette import DARK, LIGHT, Palette
from tests.ui.window.states import CLOSED, OPEN, RUNNING, STATES

NOON = mktime((2026, 3, 4, 12, 0, 0, 0, 0, -1))


def test_since_when_is_told_as_short_as_it_is_clear() -> None:
    assert clock_time(NOON - 3600, NOON) == "11:00"
    assert clock_time(NOON - 86400, NOON) == "Tue 12:00"
    assert clock_time(NOON - 20 * 86400, NOON) == "12 Feb 12:00"


def test_the_heading_names_the_version_and_since_when() -> None:
    told = heading(replace(RUNNING, running_since=NOON - 60), NOON)
    assert (told.title, told.detail) == ("SillyTavern is running", "1.19.0 · since 11:59")


@pytest.mark.parametrize("name", STATES)
def test_every_state_has_a_heading(name: str) -> None:
    assert heading(STATES[name], NOON).title


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (18, "about 20 seconds left"),
        (61, "about a minute left"),
        (170, "about 3 minutes left"),
    ],
)
def test_the_time_left_is_rounded(seconds: int | None, words: str) -> None:
    assert time_left(seconds) == words


def test_what_is_not_yet_known_of_an_installation_is_left_out() -> None:
    assert packages(Progress("x")) == ""
    assert packages(Progress("x", done=3, megabytes=1.2)) == "3 packages · 1 MB"


def test_a_warning_makes_the_badge_careful() -> None:
    assert badge(CLOSED) == ("closed to others", "Good")
    assert badge(replace(CLOSED, warnings=("Look here.",)))[1] == "Careful"
    assert badge(OPEN) == ("open to everyone", "Careful")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_all_text_is_readable(palette: Palette) -> None:
    pairs = [
        (text, surface)
        for text in (palette.text, palette.quiet, palette.good, palette.careful, palette.bad)
        for surface in (palette.background, palette.card)
    ]
    pairs += [(palette.on_accent, fill) for fill in (palette.accent, palette.accent_hover, palette.accent_pressed)]
    pairs += [(palette.text, fill) for fill in (palette.button, palette.button_hover, palette.button_pressed)]
    pairs += [
        (palette.good, palette.good_soft),
        (palette.careful, palette.careful_soft),
        (palette.bad, palette.bad_soft),
    ]
    assert not [(text, on) for text, on in pairs if contrast(text, on) < 4.5]


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
