"""The log in its window."""

import tkinter as tk
from pathlib import Path

from launcher.ui.window.main.log_window import MOST_LINES
from tests.ui.window.desk import Desk
from tests.ui.window.seen import buttons, until, visible
from tests.ui.window.states import RUNNING


def shown(desk: Desk) -> list[str]:
    text = next(w for w in visible(desk.root) if isinstance(w, tk.Text))
    return text.get("1.0", "end-1c").splitlines()


def opened(desk: Desk) -> None:
    desk.show(RUNNING)
    buttons(desk.root)["Log"].invoke()  # type: ignore[union-attr]
    until(desk.root, lambda: "Copy all" in buttons(desk.root))


def test_it_shows_the_last_2000_lines_and_follows(desk: Desk) -> None:
    desk.log.write_text("".join(f"line {number}\n" for number in range(MOST_LINES + 500)))
    opened(desk)
    assert shown(desk)[0] == "line 500"
    assert shown(desk)[-1] == f"line {MOST_LINES + 499}"
    with desk.log.open("a") as log:
        log.write("something new\n")
    until(desk.root, lambda: shown(desk)[-1] == "something new")
    assert len(shown(desk)) == MOST_LINES


def test_a_log_that_is_not_there_yet_is_followed_too(desk: Desk) -> None:
    opened(desk)
    desk.log.write_text("the first\n")
    until(desk.root, lambda: shown(desk) == ["the first"])


def test_who_has_scrolled_up_stays_there(desk: Desk) -> None:
    desk.log.write_text("".join(f"line {number}\n" for number in range(300)))
    opened(desk)
    text = next(w for w in visible(desk.root) if isinstance(w, tk.Text))
    until(desk.root, lambda: text.yview()[1] == 1.0)
    text.yview_moveto(0)
    with desk.log.open("a") as log:
        log.write("something new\n")
    until(desk.root, lambda: shown(desk)[-1] == "something new")
    assert text.yview()[0] == 0


def test_all_of_it_can_be_copied(desk: Desk, tmp_path: Path) -> None:
    desk.log.write_text("one\ntwo\n")
    opened(desk)
    buttons(desk.root)["Copy all"].invoke()  # type: ignore[union-attr]
    assert desk.root.clipboard_get().splitlines() == ["one", "two"]
