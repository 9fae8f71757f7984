"""States of the settings window as views: for tests and for pictures."""

from dataclasses import replace

from launcher.keeper.view import Progress, Tray
from launcher.problem import Problem
from launcher.system.settings import PUT_ASIDE, Settings
from tests.ui.window.states import RUNNING, STOPPED

CHANGED_SETTINGS = Settings(
    asking="always",
    waiting_page=False,
    start_server=False,
    theme="light",
    closing="quit",
    public_ip_services=("https://one.example/",),
)
CHANGED = replace(RUNNING, settings=CHANGED_SETTINGS, port=8010, tray=Tray.NONE)
INSTALLING = replace(RUNNING, progress=Progress("Downloading SillyTavern's packages", 412, 654, 212.4, 18))
BROKEN = replace(
    STOPPED,
    settings_problem=Problem(
        "Tavernkeep cannot read its own settings.",
        'In /home/ada/.config/tavernkeep/settings.toml, theme can only be "system" or "light" or "dark".',
        PUT_ASIDE,
    ),
)
