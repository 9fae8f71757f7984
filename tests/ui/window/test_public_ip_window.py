"""From outside, used by keyboard and mouse; the services are real servers on this PC."""

import socket
import threading
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tkinter import ttk

import pytest
import zxingcpp
from PIL import Image

from launcher.keeper.view import View
from launcher.ui import public_ip_words as words
from launcher.ui.window.check.public_ip_window import LOOKING
from launcher.ui.window.other_windows import ACCESS, LOGIN, PUBLIC_IP
from tests.support.services import Talk, named_in_settings
from tests.support.waiting import wait_until
from tests.ui.window.desk import Desk
from tests.ui.window.hands import dialog, has_focus, opened, press, reads, screen
from tests.ui.window.outside_states import LISTED, OPEN, OTHER, PUBLIC, WITH_TAILSCALE, WITHOUT_LOGIN
from tests.ui.window.seen import buttons, main_buttons, settled, until, visible
from tests.ui.window.x11 import still_picture, window_id

Services = Callable[..., None]


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """`services("81.2.69.142", talk)` are those that the settings name from now on."""
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path))
    with ExitStack() as running:

        def name_these(*answers: str | Talk) -> None:
            running.enter_context(named_in_settings(tmp_path, *answers))

        yield name_these


def silent(line: socket.socket) -> None:
    while line.recv(100):
        pass


def looked(desk: Desk, view: View) -> tk.Toplevel:
    """The window once the look has ended."""
    window = opened(desk, PUBLIC_IP, view)
    until(desk.root, lambda: "Check again" in buttons(window), "the look ends")
    settled(desk.root)
    return window


def code(desk: Desk, folder: Path) -> list[str]:
    """What the code in the window says, as a phone reads it."""
    display = screen(desk)
    with Image.open(still_picture(display, window_id(display, "From outside"), folder / "shot.png")) as picture:
        return [barcode.text for barcode in zxingcpp.read_barcodes(picture.convert("L"))]


def test_the_address_to_use_from_outside_and_its_code(desk: Desk, services: Services, tmp_path: Path) -> None:
    services(PUBLIC, PUBLIC)
    window = looked(desk, OPEN)
    assert reads(window, PUBLIC)
    assert reads(window, "It works once your router forwards port 8000 to this PC (192.168.0.5).")
    assert code(desk, tmp_path) == [f"http://{PUBLIC}:8000"]
    assert main_buttons(window) == ["Copy address"]
    press(desk, "Return")
    assert desk.root.clipboard_get() == f"http://{PUBLIC}:8000"
    for said in (words.FORWARDING, words.ONE_PERSON, words.PLAIN_HTTP, words.GET_TAILSCALE):
        assert reads(window, said)
    press(desk, "Escape")
    assert not window.winfo_exists()


def test_without_a_login_there_is_no_address_to_use_but_the_way_to_the_login(
    desk: Desk, services: Services, tmp_path: Path
) -> None:
    services(PUBLIC, PUBLIC)
    window = looked(desk, WITHOUT_LOGIN)
    assert reads(window, "First set a user name and password.")
    assert not reads(window, f"http://{PUBLIC}")
    assert code(desk, tmp_path) == []
    assert main_buttons(window) == ["User name and password…"]
    press(desk, "Return")
    login = dialog(desk, LOGIN).window
    until(desk.root, lambda: has_focus(login))
    # The code comes by itself once they are set.
    desk.show(OPEN)
    until(desk.root, lambda: reads(window, f"http://{PUBLIC}:8000"))


def test_with_the_whitelist_on_the_way_to_who_can_connect_stands_beside(desk: Desk, services: Services) -> None:
    services(PUBLIC, PUBLIC)
    window = looked(desk, LISTED)
    assert reads(window, "! Only devices in the whitelist get in")
    press(desk, "alt+w")
    until(desk.root, lambda: has_focus(dialog(desk, ACCESS).window))


def test_tailscale_comes_first_and_the_public_address_is_a_choice(
    desk: Desk, services: Services, tmp_path: Path
) -> None:
    services(PUBLIC, PUBLIC)
    window = looked(desk, WITH_TAILSCALE)
    assert code(desk, tmp_path) == ["http://100.101.102.103:8000"]
    assert reads(window, words.HAVE_TAILSCALE)
    press(desk, "alt+p")
    assert code(desk, tmp_path) == [f"http://{PUBLIC}:8000"]
    press(desk, "Up")
    assert code(desk, tmp_path) == ["http://100.101.102.103:8000"]


def test_services_that_differ_are_shown_and_no_code_is_made_of_them(
    desk: Desk, services: Services, tmp_path: Path
) -> None:
    services(PUBLIC, OTHER)
    window = looked(desk, OPEN)
    assert reads(window, words.DIFFER.title)
    assert reads(window, f": {PUBLIC}")
    assert reads(window, f": {OTHER}")
    assert code(desk, tmp_path) == []
    assert main_buttons(window) == ["Check again"]


def test_offline_is_one_sentence(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text('public_ip_services = ["http://127.0.0.1:1/"]\n', "utf-8")
    window = looked(desk, OPEN)
    assert reads(window, words.OFFLINE.title)
    assert not reads(window, "127.0.0.1")


def test_settings_that_name_nonsense_are_told(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text('public_ip_services = ["http://example.org/"]\n', "utf-8")
    window = looked(desk, OPEN)
    assert reads(window, "Only https addresses can be asked.")


def test_while_it_looks_it_can_be_cancelled_and_begun_again_by_keyboard(desk: Desk, services: Services) -> None:
    services(PUBLIC, silent)
    window = opened(desk, PUBLIC_IP, OPEN)
    until(desk.root, lambda: reads(window, "1 of 2 answers"))
    assert reads(window, LOOKING)
    assert visible_bars(window)
    press(desk, "Return")
    assert reads(window, "The search for it was cancelled.")
    assert not visible_bars(window)
    services(PUBLIC, PUBLIC)
    press(desk, "Return")
    until(desk.root, lambda: reads(window, f"http://{PUBLIC}:8000"))
    press(desk, "alt+g")
    until(desk.root, lambda: reads(window, f"http://{PUBLIC}:8000"))


def visible_bars(window: tk.Toplevel) -> list[tk.Misc]:
    return [widget for widget in visible(window) if isinstance(widget, ttk.Progressbar)]


def test_closing_ends_the_look(desk: Desk, services: Services) -> None:
    services(PUBLIC, silent)
    window = opened(desk, PUBLIC_IP, OPEN)
    until(desk.root, lambda: reads(window, "1 of 2 answers"))
    press(desk, "Escape")
    assert not window.winfo_exists()
    wait_until(lambda: not [t for t in threading.enumerate() if t.name in ("public-ip", "public address")])


def test_without_a_keeper_no_address_is_given(desk: Desk, services: Services, tmp_path: Path) -> None:
    services(PUBLIC, PUBLIC)
    window = looked(desk, OPEN)
    desk.link.close()
    until(desk.root, lambda: reads(window, "Tavernkeep has ended, and SillyTavern with it."))
    assert code(desk, tmp_path) == []


def test_more_opens_it(desk: Desk, services: Services) -> None:
    services(PUBLIC, PUBLIC)
    desk.show(OPEN)
    more = next(w for w in visible(desk.root) if isinstance(w, ttk.Menubutton))
    menu = more.nametowidget(str(more.cget("menu")))
    menu.tk.call(menu.cget("postcommand"))
    labels = [menu.entrycget(at, "label").strip() for at in range(menu.index("end") + 1)]
    menu.invoke(labels.index("From outside…"))
    until(desk.root, lambda: has_focus(dialog(desk, PUBLIC_IP).window))
