"""The words of the window: the state as sentences. PURE."""

from dataclasses import dataclass
from time import localtime, strftime

from launcher.access.exposure import Exposure, Mode
from launcher.keeper.view import Phase, Tray, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.server.install_progress import Progress
from launcher.ui.window.widgets.palette import Tone


@dataclass(frozen=True)
class Heading:
    """The first thing a person reads: `title` is a sentence, `detail` the numbers."""

    title: str
    detail: str
    tone: Tone


NO_TRAY = "This desktop shows no tray icon, so keep this window."
NO_NETWORK_TITLE = "No network"
NO_NETWORK_ADVICE = (
    "Connect this PC to your Wi-Fi or plug in a network cable. The code for your phone then appears here by itself."
)
ONLY_THIS_PC_TITLE = "A phone cannot reach it yet"
ONLY_THIS_PC_ADVICE = (
    "SillyTavern answers only on this PC. Let it answer on your network too: the code for your phone appears here, and "
    "nobody gets in whom you have not allowed."
)

TITLES = {
    Phase.STOPPED: ("SillyTavern is stopped", Tone.QUIET),
    Phase.INSTALLING: ("Installing SillyTavern", Tone.CAREFUL),
    Phase.STARTING: ("SillyTavern is starting", Tone.CAREFUL),
    Phase.RUNNING: ("SillyTavern is running", Tone.GOOD),
    Phase.STOPPING: ("SillyTavern is stopping", Tone.CAREFUL),
    Phase.CRASHED: ("SillyTavern has stopped", Tone.BAD),
}


def heading(view: View, now: float) -> Heading:
    """The state. `now` is the Unix time, for telling today from earlier."""
    title, tone = TITLES[view.phase]
    if first_run(view):
        return Heading("Welcome to Tavernkeep", "SillyTavern on your phone: double-click, scan, chat.", Tone.QUIET)
    version = view.installation.version if view.installation else ""
    parts = [version] if view.phase is not Phase.INSTALLING else []
    if view.phase is Phase.RUNNING and view.running_since is not None:
        parts.append(f"since {clock_time(view.running_since, now)}")
    return Heading(title, " · ".join(part for part in parts if part), tone)


def first_run(view: View) -> bool:
    """There is no SillyTavern yet and nothing is under way."""
    return view.installation is None and view.phase is Phase.STOPPED


def shows_code(view: View) -> bool:
    """Whether there is a code for the phone."""
    only_here = view.access is not None and view.access.listens is False
    return view.phase is Phase.RUNNING and view.url is not None and not only_here


def clock_time(moment: float, now: float) -> str:
    """10:42, or Tue 10:42, or 3 Nov 10:42 the longer ago it was."""
    then, today = localtime(moment), localtime(now)
    if then[:3] == today[:3]:
        return strftime("%H:%M", then)
    if now - moment < 6 * 86400:
        return strftime("%a %H:%M", then)
    return f"{then.tm_mday} {strftime('%b %H:%M', then)}"


def badge(access: Exposure) -> tuple[str, Tone]:
    """Who can get in, in two words."""
    words = {
        Mode.THIS_PC: ("only this PC", Tone.GOOD),
        Mode.WHITELIST: ("closed to others", Tone.GOOD),
        Mode.EVERYONE: ("open to everyone", Tone.CAREFUL),
        None: ("not known", Tone.CAREFUL),
    }
    text, tone = words[access.mode]
    return text, Tone.CAREFUL if access.warnings and tone is Tone.GOOD else tone


def network_of(address: LocalAddress) -> str:
    """What an address belongs to, for showing beside it."""
    words = {
        Kind.WIFI: "Wi-Fi",
        Kind.ETHERNET: "Network cable",
        Kind.TAILSCALE: "Tailscale: from anywhere, on devices in your Tailscale",
        Kind.VPN: "VPN: for devices in the same VPN",
        Kind.VIRTUAL: "A virtual network inside this PC",
        Kind.OTHER: "Another network",
    }
    return f"{words[address.kind]} ({address.interface})"


def scan_hint(address: LocalAddress) -> str:
    """Who can use the code of this address."""
    match address.kind:
        case Kind.WIFI:
            return "Scan with a phone on the same Wi-Fi."
        case Kind.TAILSCALE:
            return "Scan with a phone in your Tailscale, anywhere."
        case Kind.VPN:
            return "Scan with a phone in the same VPN."
        case _:
            return "Scan with a phone on the same network."


def packages(progress: Progress) -> str:
    """412 of 654 packages · 96 MB."""
    parts = []
    if progress.expected:
        parts.append(f"{progress.done} of {progress.expected} packages")
    elif progress.done:
        parts.append(f"{progress.done} packages")
    if progress.megabytes:
        parts.append(f"{progress.megabytes:.0f} MB")
    return " · ".join(parts)


def time_left(seconds: int | None) -> str:
    """Rounded so that it does not flicker; empty while it is unknown."""
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 60:
        return f"about {-(-seconds // 5) * 5} seconds left"
    minutes = round(seconds / 60)
    return "about a minute left" if minutes == 1 else f"about {minutes} minutes left"


def notices(view: View) -> tuple[str, ...]:
    """What is worth telling and no problem."""
    return view.notices + ((NO_TRAY,) if view.tray is Tray.NONE else ())
