"""Every window and dialog in every state, by name: for pictures, and for what has to hold of all of them."""

import subprocess
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from launcher.doctor.check import Finding
from launcher.doctor.test_page.messages import Came, Ended, Ending, Opened, PageMessage
from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.keeper.view import Tray, View
from launcher.problem import Problem
from launcher.server.uninstall import Thing, UninstallPlan, UninstallResult
from launcher.system.removal import NotRemoved
from launcher.system.settings import Settings
from launcher.ui.about import About
from launcher.ui.window.about_window import AboutSource, AboutWindow
from launcher.ui.window.check.check_window import CheckWindow
from launcher.ui.window.check.reach_window import ReachWindow
from launcher.ui.window.other_windows import OtherWindow
from launcher.ui.window.removal_window import RemovalWindow, Remover
from launcher.ui.window.widgets.texts import Field
from tests.support.displays import Display
from tests.ui.window import access_states, check_states, device_states, settings_states
from tests.ui.window.desk import Desk
from tests.ui.window.hands import has_focus, press, screen, write
from tests.ui.window.outside_states import OUTSIDE
from tests.ui.window.seen import settled, texts, until, visible
from tests.ui.window.states import RUNNING, STATES, STOPPED, THEIRS
from tests.ui.window.x11 import run, windows

CLOSE, LOST, REMOVAL, QUESTION = "close", "lost", "removal", "question"


@dataclass(frozen=True)
class Scene:
    """What is shown: `window` is a name of other_windows.py, or one of those above, or "" for the main window.

    `typed` are words, or keys in angle brackets; `says` can be read before they are typed, `then_says` after. What
    comes from elsewhere: `findings` of the doctor (`paused` before that one; it `takes_s`), what the test page has
    `told`, `answers` of the services that tell the public address, what was `removed`.
    """

    view: View
    window: str = ""
    typed: tuple[str, ...] = ()
    says: str = ""
    then_says: str = ""
    findings: tuple[Finding, ...] = check_states.IN_THE_WAY
    paused: int | None = None
    takes_s: float = 0.0
    told: tuple[PageMessage, ...] = ()
    answers: tuple[str, ...] = ()
    removed: UninstallResult | None = None


URL = "http://192.168.0.5:8000"
OPENED = Opened(URL, 600, rules=True, listens=True)
ARRIVED = Came("192.168.0.21", "iPhone · Safari", VisitOutcome.LET_IN)
REFUSED = Came("192.168.0.31", "Android · Chrome", VisitOutcome.REFUSED)
OURSELVES = Came("192.168.0.5", "Linux · Firefox", VisitOutcome.THIS_PC)
NO_NETWORK = Problem(
    "This PC is in no network.", "Connect it to your Wi-Fi, or plug in a network cable, and try again."
)

TELLS = replace(RUNNING, settings=Settings(told_about_tray=False))
GONE_WRONG = UninstallResult((NotRemoved(Path("/home/ada/.local/share/tavernkeep"), "a program uses it"),), ())
REMOVED = UninstallResult((), ())

MAIN = {name: Scene(view) for name, view in STATES.items()} | {
    "devices-two": Scene(device_states.SOME),
    "devices-many": Scene(device_states.MANY),
    "open-to-all": Scene(access_states.OPEN_TO_ALL),
    "stopped-devices": Scene(replace(STOPPED, devices=device_states.MANY.devices)),
    "lost": Scene(RUNNING, LOST),
}

ACCESS = {
    "whitelist": Scene(access_states.WHITELISTED, "whitelist", ("192.168.0.0/24",)),
    "whitelist-problems": Scene(
        access_states.WITH_PROBLEMS, "whitelist", ("192.168.0.7/", "<alt+c>", "192.168.0.31"), then_says="Yes, by"
    ),
    "whitelist-changed": Scene(
        access_states.WITH_PROBLEMS,
        "whitelist",
        (
            "10.1.2.3",
            *("<Return>", "<shift+Tab>", "<Home>", "<Down>", "<Down>", "<Delete>", "<Down>", "<Down>", "<Return>"),
        ),
    ),
    "whitelist-kept": Scene(access_states.IN_CONFIG, "whitelist", ("<shift+Tab>", "<Home>", "<Delete>")),
    "whitelist-closing": Scene(access_states.IN_CONFIG, "whitelist", ("10.1.2.3", "<Return>", "<Escape>")),
    "whitelist-off": Scene(access_states.OPEN_TO_ALL, "whitelist", ("<alt+c>", "10.1.2.3")),
    "whitelist-many": Scene(access_states.many(1000), "whitelist"),
    "login": Scene(access_states.WHITELISTED, "login"),
    "login-stored": Scene(access_states.LOGGED_IN, "login"),
    "login-weak": Scene(access_states.WHITELISTED, "login", ("<ctrl+a>", "ada", "<Tab>", "hello")),
    "login-strong": Scene(access_states.WHITELISTED, "login", ("<ctrl+a>", "ada", "<alt+g>")),
    "login-flaw": Scene(access_states.WHITELISTED, "login", ("<ctrl+a>", "a:da", "<Tab>", "hello")),
    "who": Scene(access_states.WHITELISTED, "access"),
    "who-open": Scene(access_states.OPEN_TO_ALL, "access"),
    "who-everyone": Scene(access_states.EVERYONE_WITH_LOGIN, "access"),
    "who-warning": Scene(access_states.LOGGED_IN, "access", ("<alt+e>",)),
    "who-login-first": Scene(access_states.WHITELISTED, "access", ("<alt+e>",)),
    "who-stopped": Scene(access_states.RESTING, "access", ("<alt+o>",)),
    "devices": Scene(device_states.MANY, "devices", ("<Down>",)),
    "devices-none": Scene(access_states.WHITELISTED, "devices"),
    **{name: Scene(view, QUESTION) for name, view in device_states.QUESTIONS.items()},
    "question-never": Scene(device_states.QUESTIONS["question"], QUESTION, ("<alt+v>",)),
}

SETTINGS = {
    "settings": Scene(RUNNING, "settings"),
    "settings-end": Scene(RUNNING, "settings", ("<alt+a>",)),
    "settings-changed": Scene(settings_states.CHANGED, "settings"),
    "settings-changed-end": Scene(settings_states.CHANGED, "settings", ("<alt+a>",)),
    "settings-port": Scene(RUNNING, "settings", ("<alt+p>", "<ctrl+a>", "6667")),
    "settings-service": Scene(STOPPED, "settings", ("<alt+a>", "http://example.org/")),
    "settings-installing": Scene(settings_states.INSTALLING, "settings"),
    "settings-theirs": Scene(replace(STOPPED, installation=THEIRS), "settings"),
    "settings-broken": Scene(settings_states.BROKEN, "settings"),
    "settings-reset": Scene(settings_states.CHANGED, "settings", ("<alt+r>",)),
    "settings-version": Scene(RUNNING, "settings", ("<alt+i>", "1.13")),
    "about": Scene(access_states.WHITELISTED, "about", (), "MIT"),
}

CONNECTION = {
    "addresses": Scene(RUNNING, "addresses"),
    "addresses-vpn": Scene(RUNNING, "addresses", ("<Up>",)),
    "log": Scene(RUNNING, "log"),
    "check": Scene(device_states.MANY, "check", (), "1 problem", takes_s=1.1),
    "check-busy": Scene(device_states.MANY, "check", (), "lets in devices of this network", paused=10),
    "check-healthy": Scene(device_states.MANY, "check", (), "has reached this PC", findings=check_states.HEALTHY),
    "check-stopped": Scene(STOPPED, "check", (), "1 problem", findings=check_states.STOPPED_SERVER),
    "check-mistyped": Scene(device_states.MANY, "check", ("<alt+p>", "my phone", "<Return>"), "1 problem"),
    "reach-opening": Scene(STOPPED, "reach"),
    "reach": Scene(STOPPED, "reach", (), URL, told=(OPENED,)),
    "reach-came": Scene(STOPPED, "reach", (), "has arrived", told=(OPENED, ARRIVED)),
    "reach-refused": Scene(STOPPED, "reach", (), "would refuse", told=(OPENED, OURSELVES, REFUSED)),
    "reach-ended": Scene(STOPPED, "reach", (), "ended", told=(OPENED, Ended(Ending.TIME))),
    "reach-runs": Scene(RUNNING, "reach", (), "main window", told=(OPENED, Ended(Ending.TAKEN))),
    "reach-offline": Scene(STOPPED, "reach", (), "Try again", told=(Ended(problem=NO_NETWORK),)),
    **{
        name: Scene(view, "public-ip", tuple(typed), "Before you open your router", answers=answers)
        for name, (view, answers, typed) in OUTSIDE.items()
    },
}

LEAVING = {
    "closing": Scene(TELLS, CLOSE),
    "closing-no-tray": Scene(replace(RUNNING, tray=Tray.NONE), CLOSE),
    "closing-installing": Scene(STATES["installing"], CLOSE),
    "removal": Scene(STOPPED, REMOVAL, (), "This is removed"),
    "removal-chats": Scene(STOPPED, REMOVAL, ("<alt+t>",), "This is removed"),
    "removal-done": Scene(STOPPED, REMOVAL, ("<alt+r>",), "This is removed", "is removed.", removed=REMOVED),
    "removal-left": Scene(STOPPED, REMOVAL, ("<alt+r>",), "This is removed", "Not everything", removed=GONE_WRONG),
}

SCENES: dict[str, Scene] = MAIN | ACCESS | SETTINGS | CONNECTION | LEAVING

LOG = """\
Using configuration file: /home/ada/SillyTavern/config.yaml
SillyTavern 1.19.0
Running 'release' (7d1b9a6) - 2026-03-02
Compiling frontend libraries...
Launching...
Extensions available for default-user [ assets, caption, connection-manager, expressions, gallery, memory ]
Node version: v20.20.1. Running in production environment. Server PID: 101
SillyTavern is listening on IPv4: 0.0.0.0:8000

New connection from 192.168.0.20; User Agent: Mozilla/5.0 (iPad; CPU OS 18_3 like Mac OS X) Safari/604.1
"""


def has_keys(display: Display, title: str) -> bool:
    return run(display, "xdotool", "getwindowfocus").strip() in windows(display, title)


class Stage:
    """Shows scenes on `desk`, one after the other."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.log.write_text(LOG, "utf-8")
        # What the pointer happens to lie on would look different.
        subprocess.run(["xdotool", "mousemove", "100000", "100000"], check=True)

    def show(self, scene: Scene) -> "tk.Tk | tk.Toplevel":
        """The window that counts then. It has the focus, unless it is one that must not take it."""
        desk, root = self.desk, self.desk.root
        desk.show(scene.view)
        window = self._opened(scene)
        if window is not root:
            until(root, lambda: window.winfo_viewable() and has_focus(window), "it has the focus")  # type: ignore[arg-type]
            # What Tk knows of it comes before the keys do.
            until(root, lambda: has_keys(screen(desk), window.title()), "it gets the keys")
        self._until_read(window, scene.says)
        for words in scene.typed:
            if words.startswith("<"):
                press(desk, words.strip("<>"))
            else:
                until(root, lambda: isinstance(root.focus_get(), Field), "there is something to type in")
                write(desk, words)
        self._until_read(window, scene.then_says)
        return self.topmost()

    def _until_read(self, window: "tk.Tk | tk.Toplevel", words: str) -> None:
        until(self.desk.root, lambda: not words or any(words in text for text in texts(window)), f"“{words}”")
        settled(self.desk.root)

    def topmost(self) -> "tk.Tk | tk.Toplevel":
        """The window that gets the keys."""
        focused = self.desk.root.focus_get()
        return focused.winfo_toplevel() if focused else self.desk.root

    def clear(self) -> None:
        """Close every window but the main one."""
        root = self.desk.root
        for each in [each for each in root.winfo_children() if isinstance(each, tk.Toplevel)]:
            each.destroy()
        settled(root)

    def _opened(self, scene: Scene) -> "tk.Tk | tk.Toplevel":
        desk = self.desk
        match scene.window:
            case "":
                (desk.root.focus_lastfor() or desk.root).focus_force()
                return desk.root
            case "lost":
                desk.link.close()
                until(desk.root, lambda: any("has ended" in text for text in texts(desk.root)))
                return desk.root
            case "close":
                desk.close()
                return until(desk.root, lambda: self._toplevels(), "it asks")[-1]
            case "question":
                asked = until(desk.root, lambda: self._toplevels(), "it asks")[-1]
                desk.app._questions.to_front()
                return asked
            case "removal":
                return self._removal(scene)
            case name:
                makers = {"check": self._check, "reach": self._reach, "about": self._about}
                if name in makers:
                    desk.app.other_windows._makers[name] = lambda: makers[name](scene)
                desk.app.show_window(name)
                return desk.app.other_windows.opened(name).window

    def _toplevels(self) -> list[tk.Toplevel]:
        return [each for each in visible(self.desk.root) if isinstance(each, tk.Toplevel)]

    def _check(self, scene: Scene) -> OtherWindow:
        desk = self.desk
        doctor = check_states.StubDoctor(scene.findings)
        if scene.paused is not None:
            doctor.before_pause = scene.paused
            doctor.go_on.clear()
        if scene.takes_s:
            doctor.before_pause = len(scene.findings) - 1
            doctor.go_on.clear()
            desk.root.after(round(scene.takes_s * 1000), doctor.go_on.set)
        return CheckWindow(desk.root, desk.theme, doctor, desk.app._inbox.put, desk.app.copy, lambda: None)

    def _reach(self, scene: Scene) -> OtherWindow:
        desk = self.desk
        page, send = Page(), desk.app._conversation.send
        made = ReachWindow(
            desk.root,
            desk.theme,
            send,
            desk.app.copy,
            lambda call: call(),
            page.open,  # type: ignore[arg-type]
        )
        made.show(scene.view)
        for told in scene.told:
            page.tell(told)
        return made

    def _about(self, _scene: Scene) -> OtherWindow:
        return AboutWindow(self.desk.root, self.desk.theme, Known(), self.desk.app.copy)

    def _removal(self, scene: Scene) -> tk.Toplevel:
        desk = self.desk
        window = tk.Toplevel(desk.root, class_="Tavernkeep")
        RemovalWindow(window, desk.theme, StubRemover(scene.removed), desk.app._inbox.put, window.destroy)
        return window


class Page:
    """A test page of which the scene tells."""

    tell: Callable[[PageMessage], None]

    def open(self, _put: object, told: Callable[[PageMessage], None]) -> "Page":
        self.tell = told
        return self

    def close(self) -> None:
        """There is nothing to end."""


class Known(AboutSource):
    """What About tells."""

    def about(self, view: View) -> About:
        version = view.installation.version if view.installation else ""
        home = Path("/home/ada")
        return About(
            (
                ("Tavernkeep", "0.1.0, the built program"),
                ("SillyTavern", f"{version}, installed by Tavernkeep"),
                ("Node.js", "20.20.1, comes with Tavernkeep"),
                ("Python", "3.12.9"),
                ("System", "Debian GNU/Linux 12 (bookworm), x86_64, GNOME, wayland"),
            ),
            (
                ("SillyTavern", home / ".local/share/tavernkeep/sillytavern" / version),
                ("Settings of Tavernkeep", home / ".config/tavernkeep"),
                ("Data of Tavernkeep", home / ".local/share/tavernkeep"),
                ("Logs", home / ".local/state/tavernkeep"),
            ),
        )

    def report(self, view: View) -> str:
        return view.phase

    def open_folder(self, folder: Path) -> None:
        """No desktop here."""

    def uninstall(self) -> None:
        """No window here."""


class StubRemover(Remover):
    """What there is to remove, and what becomes of it."""

    def __init__(self, outcome: UninstallResult | None) -> None:
        self._outcome = outcome

    def plans(self) -> tuple[UninstallPlan, UninstallPlan]:
        home = Path("/home/ada")
        program = Thing("SillyTavern 1.19.0", (home / ".local/share/tavernkeep/sillytavern/1.19.0",), 451 << 20)
        own = Thing("Settings, notes, backups and logs of Tavernkeep", (home / ".config/tavernkeep",), 3 << 20)
        chats = Thing("Chats and characters of SillyTavern", (home / ".local/share/tavernkeep/data",), 88 << 20)
        theirs = Thing("Your own SillyTavern", (home / "SillyTavern",), 730 << 20)
        besides = ("Tavernkeep no longer starts when you log in.", "The waiting page goes.")
        by_hand = "Then delete the folder that you started Tavernkeep from: /home/ada/Tavernkeep"
        return (
            UninstallPlan((program, own), (chats, theirs), besides, by_hand, with_data=False),
            UninstallPlan((program, own, chats), (theirs,), besides, by_hand, with_data=True),
        )

    def leave(self, planned: UninstallPlan, tell: Callable[[str], None]) -> UninstallResult:
        tell("SillyTavern and Tavernkeep are stopped.")
        return self._outcome or UninstallResult((), ())
