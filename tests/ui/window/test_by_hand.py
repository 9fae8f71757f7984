"""The window as a process of its own, used the way a person uses it: eyes, keyboard, clipboard."""

import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from launcher.keeper.messages import ApplyFix, ShowYourself, Start, Stop
from tests.support.displays import Display
from tests.support.waiting import wait_until
from tests.ui.window.fake_keeper import WindowProcess
from tests.ui.window.states import RUNNING, STATES, STOPPED
from tests.ui.window.x11 import keys, picture, press_until, run, window_id, windows

READ_CLIPBOARD = "import tkinter; print(tkinter.Tk().clipboard_get())"


def codes(display: Display, window: str, file: Path) -> list[str]:
    """What a phone reads from the screen."""
    with Image.open(picture(display, window, file)) as image:
        return [code.text for code in zxingcpp.read_barcodes(image.convert("RGB"))]


@pytest.mark.parametrize("display", [96, 192], indirect=True)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_reads_exactly_the_url_from_the_screen(
    window_process: WindowProcess, display: Display, tmp_path: Path, theme: str
) -> None:
    keeper = window_process(TAVERNKEEP_THEME=theme)
    window = window_id(display)
    keeper.show(RUNNING)
    wait_until(lambda: codes(display, window, tmp_path / "seen.png") == ["http://192.168.0.5:8000"], what="the code")


def test_no_code_for_a_server_that_no_phone_can_reach(
    window_process: WindowProcess, display: Display, tmp_path: Path
) -> None:
    keeper = window_process()
    window = window_id(display)
    keeper.show(RUNNING)
    wait_until(lambda: codes(display, window, tmp_path / "seen.png"))
    keeper.show(STATES["only-this-pc"])
    wait_until(lambda: not codes(display, window, tmp_path / "seen.png"))


def test_return_presses_the_main_button(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window_id(display)
    keeper.show(STATES["port-taken"])
    press_until(display, lambda: keeper.all_of(ApplyFix), "Return")
    assert keeper.all_of(ApplyFix)[0] == ApplyFix("port 8001")


def test_alt_and_the_underlined_letter_presses_a_button(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window_id(display)
    keeper.show(RUNNING)
    press_until(display, lambda: keeper.all_of(Stop), "alt+s")


def test_tab_and_space_reach_every_button(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window_id(display)
    keeper.show(STATES["port-taken"])
    press_until(display, lambda: keeper.all_of(ApplyFix), "Return", what="the repair has the focus")
    # From there: Show log, then Start SillyTavern.
    keys(display, "Tab", "Tab", "space")
    wait_until(lambda: keeper.all_of(Start))


def test_copy_puts_the_address_on_the_clipboard(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window_id(display)
    keeper.show(RUNNING)
    url = press_until(display, lambda: run(display, sys.executable, "-c", READ_CLIPBOARD).strip(), "alt+c")
    assert url == "http://192.168.0.5:8000"


def focused(display: Display, title: str) -> str:
    """The id of the window with this title, when it is the one that gets the keys."""
    window = run(display, "xdotool", "getwindowfocus").strip()
    return window if window in windows(display, title) else ""


def test_another_address_has_its_own_code(window_process: WindowProcess, display: Display, tmp_path: Path) -> None:
    keeper = window_process()
    main = window_id(display)
    keeper.show(RUNNING)
    wait_until(lambda: codes(display, main, tmp_path / "seen.png"), what="the state is shown")
    wait_until(lambda: focused(display, "Tavernkeep"))
    title = "Addresses of this PC"
    keys(display, "alt+m", "a")
    window = wait_until(lambda: focused(display, title), what="the addresses, with the keyboard")
    wait_until(lambda: codes(display, window, tmp_path / "seen.png") == ["http://192.168.0.5:8000"])
    others = {"http://192.168.178.44:8000", "http://100.101.102.103:8000", "http://10.8.0.2:8000"}
    press_until(display, lambda: others & set(codes(display, window, tmp_path / "seen.png")), "Down")
    press_until(display, lambda: not windows(display, title), "Escape")


def test_asked_for_again_a_window_gets_the_keyboard(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    main = window_id(display)
    keeper.show(RUNNING)
    keeper.push(ShowYourself("addresses"))
    wait_until(lambda: focused(display, "Addresses of this PC"))
    run(display, "xdotool", "windowfocus", "--sync", main)
    keeper.push(ShowYourself("addresses"))
    wait_until(lambda: focused(display, "Addresses of this PC"))


def test_the_log_opens_and_closes_by_keyboard(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window_id(display)
    keeper.show(RUNNING)
    press_until(display, lambda: windows(display, "Log of SillyTavern"), "alt+l")
    press_until(display, lambda: not windows(display, "Log of SillyTavern"), "Escape")
    assert keeper.process.poll() is None


def test_asked_to_show_itself_it_comes_back_from_the_panel(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window = window_id(display)
    keeper.show(STOPPED)
    run(display, "xdotool", "windowminimize", window)
    wait_until(lambda: not windows(display, "Tavernkeep"))
    keeper.push(ShowYourself())
    wait_until(lambda: windows(display, "Tavernkeep"))


def test_a_keeper_that_ends_is_told(window_process: WindowProcess, display: Display, tmp_path: Path) -> None:
    keeper = window_process()
    window = window_id(display)
    keeper.show(RUNNING)
    wait_until(lambda: codes(display, window, tmp_path / "seen.png"))
    keeper.hang_up()
    wait_until(lambda: not codes(display, window, tmp_path / "seen.png"))
    assert keeper.process.poll() is None
