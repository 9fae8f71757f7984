"""The real tray process beside a panel of our own on a private bus."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from dbus_fast import Variant

from launcher.keeper.messages import Close, Hello, Quit, Reply, Restart, ShowYourself, Start, Stop, Watch
from launcher.problem import Problem
from launcher.ui.tray import NO_TRAY
from launcher.ui.tray.menu import IconState
from launcher.ui.tray.pixmaps import SIZES, load
from tests.support.displays import Display
from tests.support.waiting import wait_until
from tests.ui.tray.desk import LIMIT_S, Panel, Tray, session_bus
from tests.ui.tray.views import ASKED, CRASHED, ELSEWHERE, RUNNING, STARTING, STOPPED

StartTray = Callable[..., Tray]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="D-Bus")


@pytest.fixture
def joined(tray: Tray, panel: Panel) -> Tray:
    """The tray once it is shown, with a stopped server."""
    assert tray.next() == Hello(ui="tray", tray="shown")  # type: ignore[arg-type]
    assert tray.next() == Watch()
    tray.show(STOPPED)
    wait_until(lambda: panel.items)
    return tray


def reads(panel: Panel, name: str, value: object) -> None:
    wait_until(lambda: panel.read(name) == value, LIMIT_S, what=f"{name} is {value!r}")


def tooltip(panel: Panel) -> str:
    return str(panel.read("ToolTip")[3])


def test_the_icon_has_a_name_and_a_menu(joined: Tray, panel: Panel) -> None:
    assert panel.read("Title") == "Tavernkeep"
    assert panel.read("Id") == "tavernkeep"
    assert panel.read("Status") == "Active"
    assert panel.read("Category") == "ApplicationStatus"
    assert panel.read("ItemIsMenu") is False
    assert [line.label or line.kind for line in panel.menu()] == [
        *("Open SillyTavern", "Show QR code", "separator"),
        *("Start", "Stop", "Restart", "separator"),
        *("Open Tavernkeep", "Quit"),
    ]


@pytest.mark.parametrize(
    ("view", "state"),
    [
        (STOPPED, IconState.STOPPED),
        (STARTING, IconState.STARTING),
        (RUNNING, IconState.RUNNING),
        (CRASHED, IconState.PROBLEM),
    ],
    ids=str,
)
def test_the_panel_gets_the_pixels_of_the_state(joined: Tray, panel: Panel, view: object, state: IconState) -> None:
    joined.show(view)  # type: ignore[arg-type]
    expected = [[width, height, pixels] for width, height, pixels in load(state)]
    wait_until(lambda: [list(p) for p in panel.read("IconPixmap")] == expected, LIMIT_S)
    assert [width for width, _, _ in panel.read("IconPixmap")] == list(SIZES)


def test_the_tooltip_follows_the_address(joined: Tray, panel: Panel) -> None:
    joined.show(RUNNING)
    wait_until(lambda: tooltip(panel) == "SillyTavern is running at http://192.168.0.5:8000")
    joined.show(replace(RUNNING, addresses=(ELSEWHERE,)))
    wait_until(lambda: tooltip(panel) == "SillyTavern is running at http://10.0.0.7:8000")
    assert panel.heard("NewToolTip")


def test_every_line_of_the_menu_does_what_it_says(joined: Tray, panel: Panel) -> None:
    joined.show(RUNNING)
    wait_until(lambda: "Restart" in panel.enabled())
    for label, said in [
        ("Open SillyTavern", "http://127.0.0.1:8000"),
        ("Show QR code", "qr"),
        ("Stop", Stop()),
        ("Restart", Restart()),
        ("Open Tavernkeep", "window"),
        ("Quit", Quit()),
    ]:
        panel.click(label)
        assert joined.next() == said
    joined.show(STOPPED)
    wait_until(lambda: "Start" in panel.enabled())
    panel.click("Start")
    assert joined.next() == Start()


def test_a_line_that_is_not_enabled_does_nothing(joined: Tray, panel: Panel) -> None:
    joined.show(STOPPED)
    wait_until(lambda: "Start" in panel.enabled())
    panel.click("Stop")
    panel.click("Start")
    assert joined.next() == Start()


def test_a_left_click_opens_the_window(joined: Tray, panel: Panel) -> None:
    for click in ("Activate", "SecondaryActivate", "ContextMenu"):
        panel.press(click)
        assert joined.next() == "window"


def test_an_open_menu_follows_the_state(joined: Tray, panel: Panel) -> None:
    joined.show(STARTING)
    wait_until(lambda: "Stop" in panel.enabled())
    revision = panel.menu_call("GetLayout", "iias", 0, -1, [])[0]
    assert panel.menu_call("AboutToShow", "i", 0) == [False]
    panel.signals.clear()
    joined.show(RUNNING)
    wait_until(lambda: panel.heard("LayoutUpdated"))
    assert panel.heard("LayoutUpdated")[0][0] > revision
    updated = {number: found["enabled"].value for number, found in panel.heard("ItemsPropertiesUpdated")[0][0]}
    restart = next(line.id for line in panel.menu() if line.label == "Restart")
    assert updated[restart] is True


def test_a_change_that_leaves_the_menu_alone_does_not_stir_it(joined: Tray, panel: Panel) -> None:
    joined.show(RUNNING)
    wait_until(lambda: "Restart" in panel.enabled())
    panel.signals.clear()
    joined.show(replace(RUNNING, addresses=(ELSEWHERE,)))
    wait_until(lambda: panel.heard("NewToolTip"))
    assert not panel.heard("LayoutUpdated")
    assert not panel.heard("NewIcon")


def test_panels_that_ask_in_groups_get_the_same(joined: Tray, panel: Panel) -> None:
    joined.show(RUNNING)
    wait_until(lambda: "Restart" in panel.enabled())
    stop = next(line.id for line in panel.menu() if line.label == "Stop")
    (group,) = panel.menu_call("GetGroupProperties", "aias", [stop, 99], ["label"])
    assert [[number, found["label"].value] for number, found in group] == [[stop, "Stop"]]
    assert panel.menu_call("GetProperty", "is", stop, "label") == [Variant("s", "Stop")]
    assert panel.menu_call("AboutToShowGroup", "ai", [0, 99]) == [[], [99]]
    clicks = [(stop, "hovered", Variant("i", 0), 0), (99, "clicked", Variant("i", 0), 0)]
    clicks.append((stop, "clicked", Variant("i", 0), 0))
    assert panel.menu_call("EventGroup", "a(isvu)", clicks) == [[99]]
    assert joined.next() == Stop()
    with pytest.raises(AssertionError, match="no item 99"):
        panel.menu_call("Event", "isvu", 99, "clicked", Variant("i", 0), 0)


def test_a_second_start_brings_the_window(joined: Tray) -> None:
    joined.hear(ShowYourself("qr"))
    assert joined.next() == "qr"


def test_the_icon_goes_with_the_keeper(joined: Tray) -> None:
    joined.keeper_gone()
    assert joined.ended() == 0


def test_the_icon_goes_when_tavernkeep_quits(joined: Tray) -> None:
    joined.hear(Close())
    assert joined.ended() == 0


def test_a_second_tray_ends_without_ever_being_seen(tray: Tray, panel: Panel) -> None:
    assert tray.next() == Hello(ui="tray", tray="shown")  # type: ignore[arg-type]
    tray.hear(Reply(1, Problem("It is already open."), refused=True))
    tray.show(RUNNING)
    assert tray.ended() == 0
    assert panel.items == []


def test_being_ended_by_the_system_is_no_error(joined: Tray) -> None:
    joined.process.send_signal(signal.SIGTERM)
    assert joined.ended() == 0


def test_a_panel_that_restarts_gets_the_icon_again(joined: Tray, panel: Panel, bus: str) -> None:
    joined.show(RUNNING)
    panel.close()
    again = Panel(bus)
    try:
        wait_until(lambda: again.items)
        wait_until(lambda: tooltip(again).endswith("8000"))
        again.click("Stop")
        assert joined.next() == Stop()
    finally:
        again.close()
        panel.__post_init__()  # The fixture closes it.


def test_a_panel_that_goes_for_good_is_told(joined: Tray, panel: Panel) -> None:
    panel.host_goes()
    assert joined.next() == Hello(ui="tray", tray="none")  # type: ignore[arg-type]
    panel.host_comes()
    assert joined.next() == Hello(ui="tray", tray="shown")  # type: ignore[arg-type]


def test_a_late_panel_gets_the_icon(bus: str, start_tray: StartTray) -> None:
    tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus)
    assert tray.next() == Hello(ui="tray", tray="unknown")  # type: ignore[arg-type]
    assert tray.next() == Watch()
    assert tray.next() == Hello(ui="tray", tray="none")  # type: ignore[arg-type]
    tray.show(STOPPED)
    panel = Panel(bus)
    try:
        assert tray.next() == Hello(ui="tray", tray="shown")  # type: ignore[arg-type]
        wait_until(lambda: len(panel.items) == 1)
        panel.click("Quit")
        assert tray.next() == Quit()
    finally:
        panel.close()


def test_without_a_session_bus_there_is_no_tray(start_tray: StartTray) -> None:
    tray = start_tray(DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    assert tray.next() == Hello(ui="tray", tray="none")  # type: ignore[arg-type]
    assert tray.ended() == NO_TRAY


def test_without_any_desktop_there_is_no_tray(start_tray: StartTray) -> None:
    tray = start_tray()
    assert tray.next() == Hello(ui="tray", tray="none")  # type: ignore[arg-type]
    assert tray.ended() == NO_TRAY


def test_a_pystray_without_icons_is_no_tray(bus: str, panel: Panel, start_tray: StartTray) -> None:
    tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus, PYSTRAY_BACKEND="dummy")
    assert tray.next() == Hello(ui="tray", tray="none")  # type: ignore[arg-type]
    assert tray.ended() == NO_TRAY


def test_the_end_of_the_session_ends_the_icon(tmp_path: Path, start_tray: StartTray) -> None:
    with session_bus(tmp_path) as address:
        panel = Panel(address)
        tray = start_tray(DBUS_SESSION_BUS_ADDRESS=address)
        assert tray.next() == Hello(ui="tray", tray="shown")  # type: ignore[arg-type]
        panel.close()
    assert tray.ended() == NO_TRAY


def test_notifications_come_for_what_matters(bus: str, start_tray: StartTray) -> None:
    panel = Panel(bus, notifications=["body", "body-markup"])
    try:
        tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus)
        for view in (STOPPED, STARTING, RUNNING):
            tray.show(view)
        ready = (0, "SillyTavern is ready.", "On your phone, open http://192.168.0.5:8000.")
        wait_until(lambda: panel.notes == [ready])
        broken = Problem("It broke.", "Look at <b> & think.")
        tray.show(replace(CRASHED, problem=broken))
        wait_until(lambda: panel.notes == [ready, (1, "It broke.", "Look at &lt;b&gt; &amp; think.")])
    finally:
        panel.close()


def test_who_was_answered_elsewhere_is_no_longer_announced(bus: str, start_tray: StartTray) -> None:
    panel = Panel(bus, notifications=["body"])
    try:
        tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus)
        for view in (RUNNING, ASKED, RUNNING):
            tray.show(view)
        wait_until(lambda: panel.taken_back == [1])
        assert [title for _, title, _ in panel.notes] == ["An iPhone asks to come in."]
        tray.show(ASKED)
        wait_until(lambda: panel.notes[1:] == [(0, *panel.notes[0][1:])], what="it is asked anew")
    finally:
        panel.close()


def test_what_the_keeper_refuses_is_told(bus: str, start_tray: StartTray) -> None:
    panel = Panel(bus, notifications=["body"])
    try:
        tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus)
        tray.hear(Reply(9, Problem("Tavernkeep is busy.", "Wait."), refused=True))
        wait_until(lambda: panel.notes == [(0, "Tavernkeep is busy.", "Wait.")])
    finally:
        panel.close()


def test_without_notifications_the_tray_goes_on(joined: Tray, panel: Panel) -> None:
    for view in (STOPPED, STARTING, RUNNING, CRASHED):
        joined.show(view)
    wait_until(lambda: tooltip(panel) == "SillyTavern keeps stopping by itself")
    panel.click("Start")
    assert joined.next() == Start()


def test_an_older_tray_alone_is_none(bus: str, display: Display, start_tray: StartTray) -> None:
    import subprocess

    trayer = subprocess.Popen(["trayer"], env=display.environment, stderr=subprocess.DEVNULL)
    try:
        from launcher.ui.tray.host import older_tray

        wait_until(older_tray)
        tray = start_tray(DBUS_SESSION_BUS_ADDRESS=bus, DISPLAY=display.name)
        assert tray.next() == Hello(ui="tray", tray="unknown")  # type: ignore[arg-type]
        assert tray.next() == Watch()
        assert tray.next() == Hello(ui="tray", tray="none")  # type: ignore[arg-type]
    finally:
        trayer.terminate()
        trayer.wait(LIMIT_S)


def test_the_tray_is_small_and_idle(joined: Tray, panel: Panel) -> None:
    joined.show(RUNNING)
    wait_until(lambda: tooltip(panel).endswith("8000"))
    process = psutil.Process(joined.process.pid)
    loaded = {mapped.path for mapped in process.memory_maps()}
    assert not [path for path in loaded if "/PIL/" in path or "libgtk" in path or "libX11" in path]
    assert process.memory_full_info().uss < 40 * 2**20
