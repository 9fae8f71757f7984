"""Every state of the window as a view, by name: for tests and for pictures."""

from dataclasses import replace
from time import time

from launcher.access.exposure import Exposure, Mode
from launcher.keeper.view import Installed, Phase, Tray, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import Fix, Problem
from launcher.server.install_progress import Progress

WIFI = LocalAddress("192.168.0.5", "wlan0", Kind.WIFI, local=True)
CABLE = LocalAddress("192.168.178.44", "eth0", Kind.ETHERNET, local=True)
TAILSCALE = LocalAddress("100.101.102.103", "tailscale0", Kind.TAILSCALE, local=False)
VPN = LocalAddress("10.8.0.2", "tun0", Kind.VPN, local=False)

OURS = Installed("/home/ada/.local/share/tavernkeep/sillytavern/1.19.0", "1.19.0", "yaml", ours=True)
THEIRS = Installed("/home/ada/SillyTavern", "1.12.14", "yaml", ours=False)

CLOSED = Exposure(
    Mode.WHITELIST,
    listens=True,
    who="Only this PC. Everyone else is refused until you allow them.",
    reasons=("The whitelist in config.yaml is on and names 127.0.0.1 and ::1.",),
)
ONLY_HERE = Exposure(Mode.THIS_PC, listens=False, who="Only this PC.", reasons=("listen is off in config.yaml.",))
OPEN = Exposure(
    Mode.EVERYONE,
    listens=True,
    who="Everyone on your network who knows the user name and password.",
    reasons=("The whitelist in config.yaml is off.", "The login in config.yaml is on."),
    warnings=("The password is short. Choose one of at least 12 characters.",),
)
UNREADABLE = Exposure(None, None, "Nobody can tell: config.yaml cannot be read.", (), ("Repair config.yaml first.",))

RUNNING = View(
    phase=Phase.RUNNING,
    keeper_pid=100,
    installation=OURS,
    pid=101,
    port=8000,
    running_since=time() - 300,
    addresses=(WIFI, CABLE, TAILSCALE, VPN),
    access=CLOSED,
    tray=Tray.SHOWN,
)
STOPPED = View(phase=Phase.STOPPED, installation=OURS, port=8000, access=CLOSED, tray=Tray.SHOWN)
FIRST_RUN = View(phase=Phase.STOPPED, tray=Tray.SHOWN)

PORT_TAKEN = Problem(
    "Another program uses port 8000.",
    "It is python3 (process 4711). End it, or let SillyTavern use the next free port.",
    Fix("port 8001", "Use port 8001"),
)
KEEPS_STOPPING = Problem(
    "SillyTavern keeps stopping by itself.",
    "It was started again 3 times. SillyTavern ended before it was ready (exit status 1). The last thing it printed: "
    "“Error: EACCES: permission denied, open '/home/ada/SillyTavern/data/default-user/settings.json'”. "
    "The log has more.",
    Fix("start", "Start again"),
)

STATES: dict[str, View] = {
    "first-run": FIRST_RUN,
    "offline": replace(
        FIRST_RUN,
        problem=Problem(
            "SillyTavern could not be downloaded.", "This PC seems to be offline. Connect it and try again."
        ),
    ),
    "installing": replace(
        FIRST_RUN,
        phase=Phase.INSTALLING,
        progress=Progress("Downloading SillyTavern's packages", 412, 654, 212.4, 18),
    ),
    "installing-begins": replace(
        FIRST_RUN, phase=Phase.INSTALLING, progress=Progress("Asking npm for the newest version")
    ),
    "starting": replace(
        STOPPED, phase=Phase.STARTING, waiting_for="Compiling its web pages. The first start takes about 15 seconds."
    ),
    "running": RUNNING,
    "stopping": replace(RUNNING, phase=Phase.STOPPING),
    "stopped": STOPPED,
    "stopped-theirs": replace(STOPPED, installation=THEIRS),
    "port-taken": replace(STOPPED, problem=PORT_TAKEN),
    "crashed": replace(STOPPED, phase=Phase.CRASHED, problem=KEEPS_STOPPING),
    "crashed-modules": replace(
        STOPPED,
        phase=Phase.CRASHED,
        problem=Problem(
            "Some of SillyTavern's modules are missing.",
            "Cannot find package 'express'. Let Tavernkeep install them; your chats and settings stay.",
            Fix("install-modules", "Install the modules"),
        ),
    ),
    "no-network": replace(RUNNING, addresses=()),
    "only-tailscale": replace(RUNNING, addresses=(TAILSCALE,)),
    "addresses-unknown": replace(RUNNING, addresses=None),
    "only-this-pc": replace(RUNNING, installation=THEIRS, access=ONLY_HERE),
    "everyone": replace(RUNNING, access=OPEN, scheme="https"),
    "unreadable": replace(RUNNING, access=UNREADABLE),
    "no-tray": replace(RUNNING, tray=Tray.NONE),
    "notices": replace(
        RUNNING,
        notices=("SILLYTAVERN_PORT was set in the environment. SillyTavern was started without it.",),
        problem=Problem(
            "The whitelist could not be read.",
            "config.yaml, line 14: did not find expected key.",
            Fix("restore", "Bring back the last good one"),
        ),
        access=OPEN,
        tray=Tray.NONE,
    ),
}


def longer(text: str) -> str:
    """`text` as long as it may get in another language: 40 % more."""
    words = text.split(" ")
    return " ".join(word + word[-1] * round(len(word) * 0.4) if word.isalpha() else word for word in words)
