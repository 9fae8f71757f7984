"""Pictures of every state of the window: `python tests/screenshots.py FOLDER [STATE ...]`."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from launcher.keeper.messages import ShowYourself  # noqa: E402
from tests.faces.window import access_states, device_states, settings_states  # noqa: E402
from tests.faces.window.fake_keeper import FakeKeeper  # noqa: E402
from tests.faces.window.outside_states import OUTSIDE  # noqa: E402
from tests.faces.window.states import STATES as USUAL_STATES  # noqa: E402
from tests.faces.window.x11 import keys, run, still_picture, window_id, windows  # noqa: E402
from tests.support.displays import Display, new_display  # noqa: E402
from tests.support.services import named_in_settings  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402

SETTINGS = ("settings", "Settings")
QUESTION, DEVICES = ("question", "Someone asks to come in"), ("devices", "Devices")
WHITELIST, LOGIN, WHO = ("whitelist", "Whitelist"), ("login", "User name and password"), ("access", "Who can connect")
CHECK, REACH = ("check", "Check connection"), ("reach", "Can my phone reach this PC?")
# What the doctor finds in the pictures of CHECK, as check_states.py calls it.
FINDINGS = {"check": "IN_THE_WAY", "check-healthy": "HEALTHY", "check-stopped": "STOPPED_SERVER"}
# By name: the view, the window, and what is typed there (words) or pressed (in angle brackets).
DIALOGS = {
    "whitelist": (access_states.WHITELISTED, WHITELIST, ["192.168.0.0/24"]),
    "whitelist-problems": (access_states.WITH_PROBLEMS, WHITELIST, ["192.168.0.7/", "<alt+w>", "192.168.0.31"]),
    "whitelist-changed": (
        access_states.WITH_PROBLEMS,
        WHITELIST,
        [
            "10.1.2.3",
            "<Return>",
            "<shift+Tab>",
            "<Home>",
            "<Down>",
            "<Down>",
            "<Delete>",
            "<Down>",
            "<Down>",
            "<Return>",
        ],
    ),
    "whitelist-kept": (access_states.IN_CONFIG, WHITELIST, ["<shift+Tab>", "<Home>", "<Delete>"]),
    "whitelist-closing": (access_states.IN_CONFIG, WHITELIST, ["10.1.2.3", "<Return>", "<Escape>"]),
    "whitelist-off": (access_states.OPEN_TO_ALL, WHITELIST, ["<alt+w>", "10.1.2.3"]),
    "whitelist-many": (access_states.many(1000), WHITELIST, []),
    "login": (access_states.WHITELISTED, LOGIN, []),
    "login-stored": (access_states.LOGGED_IN, LOGIN, []),
    "login-weak": (access_states.WHITELISTED, LOGIN, ["<ctrl+a>", "ada", "<Tab>", "hello"]),
    "login-strong": (access_states.WHITELISTED, LOGIN, ["<ctrl+a>", "ada", "<alt+g>"]),
    "login-flaw": (access_states.WHITELISTED, LOGIN, ["<ctrl+a>", "a:da", "<Tab>", "hello"]),
    "who": (access_states.WHITELISTED, WHO, []),
    "who-open": (access_states.OPEN_TO_ALL, WHO, []),
    "who-everyone": (access_states.EVERYONE_WITH_LOGIN, WHO, []),
    "who-warning": (access_states.LOGGED_IN, WHO, ["<alt+e>"]),
    "who-login-first": (access_states.WHITELISTED, WHO, ["<alt+e>"]),
    "who-stopped": (access_states.RESTING, WHO, ["<alt+o>"]),
    **{name: (view, QUESTION, []) for name, view in device_states.QUESTIONS.items()},
    "question-never": (device_states.QUESTIONS["question"], QUESTION, ["<alt+v>"]),
    "settings": (USUAL_STATES["running"], SETTINGS, []),
    "settings-changed": (settings_states.CHANGED, SETTINGS, []),
    "settings-changed-end": (settings_states.CHANGED, SETTINGS, ["<alt+a>"]),
    "settings-port": (USUAL_STATES["running"], SETTINGS, ["<alt+p>", "<ctrl+a>", "6667"]),
    "settings-service": (USUAL_STATES["stopped"], SETTINGS, ["<alt+a>", "http://example.org/"]),
    "settings-installing": (settings_states.INSTALLING, SETTINGS, []),
    "settings-broken": (settings_states.BROKEN, SETTINGS, []),
    "settings-reset": (settings_states.CHANGED, SETTINGS, ["<alt+r>"]),
    "settings-version": (USUAL_STATES["running"], SETTINGS, ["<alt+i>", "1.13"]),
    "devices": (device_states.MANY, DEVICES, ["<Down>"]),
    "devices-none": (access_states.WHITELISTED, DEVICES, []),
    "about": (access_states.WHITELISTED, ("about", "About Tavernkeep"), []),
    "check": (device_states.MANY, CHECK, []),
    "check-healthy": (device_states.MANY, CHECK, []),
    "check-stopped": (USUAL_STATES["stopped"], CHECK, []),
    "reach": (USUAL_STATES["stopped"], REACH, []),
    **{name: (view, ("public-ip", "From outside"), typed) for name, (view, _answers, typed) in OUTSIDE.items()},
}

STATES = USUAL_STATES | {"devices-two": device_states.SOME, "devices-many": device_states.MANY}
QUESTIONS = (
    "Close without saving?",
    "User name and password",
    "Reset all settings?",
    "Install a version of SillyTavern",
)
SCREENS = {96: (1280, 1024), 192: (2560, 2048)}


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for dpi, (width, height) in SCREENS.items():
        with new_display(dpi, width, height) as display:
            for theme in ("light", "dark"):
                with tempfile.TemporaryDirectory() as home:
                    take(display, Path(home), folder, theme, names or [*STATES, *DIALOGS])


def take(display: Display, home: Path, folder: Path, theme: str, names: list[str]) -> None:
    with FakeKeeper(display, home, TAVERNKEEP_THEME=theme) as keeper:
        window = window_id(display)
        for name in names:
            if name in STATES:
                keeper.show(STATES[name])
                still_picture(display, window, folder / f"{name}-{theme}-{display.dpi}.png")
    for name in (name for name in names if name in DIALOGS):
        answers = OUTSIDE[name][1] if name in OUTSIDE else ()
        told = {"TAVERNKEEP_THEME": theme, "FINDINGS": FINDINGS.get(name, "")}
        with named_in_settings(home, *answers), FakeKeeper(display, home, **told) as keeper:
            window_id(display)
            take_dialog(display, keeper, name, folder / f"{name}-{theme}-{display.dpi}.png")


def take_dialog(display: Display, keeper: FakeKeeper, name: str, file: Path) -> None:
    view, (what, title), typed = DIALOGS[name]
    keeper.show(view)
    keeper.push(ShowYourself(what))
    window_id(display, title)
    wait_until(lambda: run(display, "xdotool", "getactivewindow", "getwindowname").strip() == title)
    for words in typed:
        if words.startswith("<"):
            keys(display, words.strip("<>"))
        else:
            run(display, "xdotool", "type", words)
    shown = next((other for other in QUESTIONS if windows(display, other)), title)
    for _ in range(2):
        still_picture(display, window_id(display, shown), file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
