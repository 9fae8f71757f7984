"""The tray in Xfce's panel on a virtual screen: seen in screenshots, clicked with the mouse.

Needs the Debian packages xfce4-panel (without its recommendations), xdotool and imagemagick.
"""

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from launcher.keeper.messages import Hello, Quit, Restart, Watch
from launcher.keeper.view import View
from launcher.ui.tray.icon import state_icon
from launcher.ui.tray.menu import IconState, icon_state
from tests.support.displays import Display
from tests.support.machine import need
from tests.support.waiting import wait_until
from tests.ui.tray.desk import LIMIT_S, Tray
from tests.ui.tray.views import CRASHED, RUNNING, STARTING, STOPPED

PANEL_HEIGHT = 32
HALF_A_LINE = 14
RESTART_IN_MENU = 0.64  # Of the menu's height: the sixth of nine lines, two of them thin.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="{height}"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""

Box = tuple[int, int, int, int]


class Desktop:
    """Xfce's panel at the top of a screen, with nothing in it but the tray."""

    def __init__(self, display: Display, bus: str, home: Path, dark: bool) -> None:
        settings = home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        settings.mkdir(parents=True)
        (settings / "xfce4-panel.xml").write_text(SETTINGS.format(dark=str(dark).lower(), height=PANEL_HEIGHT))
        ours = {"HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": bus, "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory"}
        self.environment = {k: v for k, v in display.environment.items() if not k.startswith("XDG_")} | ours
        self.start_panel()

    def start_panel(self) -> None:
        command = ["xfce4-panel", "--disable-wm-check"]
        self._panel = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    def stop_panel(self) -> None:
        self._panel.terminate()
        self._panel.wait(LIMIT_S)

    def screenshot(self) -> Image.Image:
        command = ["import", "-silent", "-window", "root", "-crop", "600x400+0+0", "+repage", "png:-"]
        data = subprocess.run(command, env=self.environment, capture_output=True, check=True).stdout
        return Image.open(io.BytesIO(data)).convert("RGB")

    def icon(self) -> Box | None:
        """Where the panel shows something."""
        panel = self.screenshot().crop((0, 2, 400, PANEL_HEIGHT - 2))
        ground = Image.new("RGB", panel.size, colour_at(panel, (380, 10)))
        found = (
            ImageChops.difference(panel, ground).convert("L").point(lambda value: 255 if value > 24 else 0).getbbox()
        )
        return (found[0], found[1] + 2, found[2], found[3] + 2) if found else None

    def point_at(self, x: int, y: int) -> None:
        subprocess.run(["xdotool", "mousemove", str(x), str(y)], env=self.environment, check=True)

    def click(self, x: int, y: int, button: int = 1) -> None:
        command = ["xdotool", "mousemove", str(x), str(y), "click", str(button)]
        subprocess.run(command, env=self.environment, check=True)

    def click_icon(self, button: int = 1) -> None:
        icon = wait_until(self.icon)
        assert icon
        self.click((icon[0] + icon[2]) // 2, (icon[1] + icon[3]) // 2, button)

    def open_menu(self) -> Box:
        """Where the menu is that a right click opens, once it has stopped growing."""
        before = self.screenshot()
        boxes: list[Box | None] = [None]

        def steady() -> Box | None:
            screen = (0, PANEL_HEIGHT, before.width, before.height)
            boxes.append(ImageChops.difference(before.crop(screen), self.screenshot().crop(screen)).getbbox())
            box = boxes[-1]
            tall = box is not None and box[3] - box[1] > 100
            return box if tall and box == boxes[-2] else None

        self.click_icon(button=3)
        menu = wait_until(steady, what="a menu below the panel")
        assert menu
        return menu[0], menu[1] + PANEL_HEIGHT, menu[2], menu[3] + PANEL_HEIGHT


@pytest.fixture
def desktop(request: pytest.FixtureRequest, display: Display, bus: str, tmp_path: Path) -> Iterator[Desktop]:
    need("xfce4-panel", "xdotool", "import")
    desktop = Desktop(display, bus, tmp_path, dark=getattr(request, "param", False))
    yield desktop
    desktop.stop_panel()


@pytest.fixture
def shown(desktop: Desktop, bus: str, start_tray: Callable[..., Tray]) -> Tray:
    """The tray, once the panel shows it."""
    tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus)
    said = {tray.next(), tray.next()}
    while not {Hello(ui="tray", tray="shown"), Watch()} <= said:  # type: ignore[arg-type]
        said.add(tray.next())
    tray.show(STOPPED)
    wait_until(desktop.icon)
    return tray


def colour_at(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    colour = picture.getpixel(place)
    assert isinstance(colour, tuple)
    return colour


def keep(picture: Image.Image, name: str) -> None:
    """Save `picture` for a person to look at, when TAVERNKEEP_SCREENSHOTS names a folder."""
    folder = os.environ.get("TAVERNKEEP_SCREENSHOTS")
    if folder:
        picture.save(Path(folder) / f"{name}.png")


def looks_like(desktop: Desktop, view: View) -> bool:
    """Whether what the panel shows is most like the icon of `view`. The panel scales it to a size of its own."""
    picture = desktop.screenshot().crop((0, 0, 60, PANEL_HEIGHT))
    return min(IconState, key=lambda state: unlikeness(picture, state)) is icon_state(view)


def unlikeness(picture: Image.Image, state: IconState) -> float:
    """How much `picture` differs from the icon of `state` where it fits best, 0 to 255."""
    found: list[float] = []
    for size in (22, 24):
        expected = Image.new("RGBA", (size, size), colour_at(picture, (59, 16)))
        expected.alpha_composite(state_icon(state, size))
        for x, y in product(range(5), range(PANEL_HEIGHT - size + 1)):
            part = picture.crop((x, y, x + size, y + size))
            difference = ImageChops.difference(part, expected.convert("RGB"))
            found.append(sum(ImageStat.Stat(difference).mean))
    return min(found)


@pytest.mark.parametrize("desktop", [False, True], ids=["light", "dark"], indirect=True)
def test_the_panel_shows_the_mug_of_every_state(desktop: Desktop, shown: Tray, request: pytest.FixtureRequest) -> None:
    for view in (STOPPED, STARTING, RUNNING, CRASHED):
        shown.show(view)
        wait_until(lambda view=view: looks_like(desktop, view), what=f"the icon of {view.phase}")  # type: ignore[misc]
        keep(desktop.screenshot().crop((0, 0, 200, PANEL_HEIGHT)), f"{request.node.callspec.id}-{view.phase}")


def test_a_left_click_in_the_panel_opens_the_window(desktop: Desktop, shown: Tray) -> None:
    desktop.click_icon()
    assert shown.next() == "window"


def test_the_menu_of_the_panel_is_clicked(desktop: Desktop, shown: Tray) -> None:
    shown.show(RUNNING)
    wait_until(lambda: looks_like(desktop, RUNNING))
    left, top, _, _ = desktop.open_menu()
    keep(desktop.screenshot().crop((0, 0, 300, 300)), "menu")
    desktop.click(left + 40, top + HALF_A_LINE)
    assert shown.next() == "http://127.0.0.1:8000"
    left, _, _, bottom = desktop.open_menu()
    desktop.click(left + 40, bottom - HALF_A_LINE)
    assert shown.next() == Quit()


def test_an_open_menu_of_the_panel_follows_the_state(desktop: Desktop, shown: Tray) -> None:
    shown.show(STOPPED)
    wait_until(lambda: looks_like(desktop, STOPPED))
    left, top, right, bottom = desktop.open_menu()
    restart = top + round((bottom - top) * RESTART_IN_MENU)
    line = (left, restart - HALF_A_LINE // 2, right, restart + HALF_A_LINE // 2)
    desktop.point_at(left + 40, bottom - HALF_A_LINE)  # Away from the icon: its tooltip would cover the menu.
    before = desktop.screenshot().crop(line)
    shown.show(RUNNING)
    wait_until(lambda: ImageChops.difference(before, desktop.screenshot().crop(line)).getbbox())
    keep(desktop.screenshot().crop((0, 0, 300, 300)), "menu-after")
    desktop.click(left + 40, restart)
    assert shown.next() == Restart()


def test_a_restarted_panel_shows_the_icon_again(desktop: Desktop, shown: Tray) -> None:
    shown.show(RUNNING)
    wait_until(lambda: looks_like(desktop, RUNNING))
    desktop.stop_panel()
    desktop.start_panel()
    wait_until(lambda: looks_like(desktop, RUNNING))


def test_the_icon_leaves_the_panel_with_the_tray(desktop: Desktop, shown: Tray) -> None:
    shown.keeper_gone()
    assert shown.ended() == 0
    wait_until(lambda: desktop.icon() is None)
