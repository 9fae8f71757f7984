"""Say in words whether a device gets in: by which entry, and whether after a login, or why not. PURE."""

from dataclasses import dataclass
from ipaddress import ip_address

from launcher.access.entry import shown
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.access.real_address import unmapped
from launcher.server.answer import ServerAnswer, answer
from launcher.server.resolve_settings import EffectiveSettings


@dataclass(frozen=True)
class Admission:
    """Whether a device gets in. `gets_in`: true also when it has to log in; None: could not be found out.

    `listed`: the whitelist lets the address in, whether or not it is in use. `by`: the entry that decides. `login`: the
    server asks it for user name and password.
    """

    address: str
    gets_in: bool | None
    listed: bool
    by: str | None
    login: bool
    sentence: str


def admission(settings: EffectiveSettings, address: str) -> Admission:
    """Return whether the device at `address` gets in. Raises ValueError when that is no address."""
    seen = str(unmapped(ip_address(address.strip())))
    found = verdict(tuple(settings.entries), seen, settings.version)
    listed = found.answer is WhitelistAnswer.ALLOW
    asked = bool(settings.login_on)
    gets = answer(settings, seen, logs_in=asked)
    gets_in = None if gets is None else gets is ServerAnswer.PAGE
    by = (
        found.entry
        if found.answer in (WhitelistAnswer.ALLOW, WhitelistAnswer.ERROR) and settings.whitelist_on
        else None
    )
    return Admission(seen, gets_in, listed, by, asked, _sentence(settings, seen, gets, by, listed, found.reason))


def _sentence(
    settings: EffectiveSettings, seen: str, gets: ServerAnswer | None, by: str | None, listed: bool, reason: str
) -> str:
    match gets:
        case ServerAnswer.PAGE:
            how = f"by “{shown(by)}”" if by is not None else "because the whitelist is off"
            return f"{seen} gets in {how}{', after user name and password' if settings.login_on else ''}."
        case ServerAnswer.LOGIN:
            return f"{seen} does not get in: the login that is set can never succeed."
        case ServerAnswer.NO_CONNECTION:
            also = " The whitelist would let it in." if listed and settings.whitelist_on else ""
            return f"{seen} does not get in: SillyTavern does not listen {_where(settings)}.{also}"
        case ServerAnswer.NOT_RUNNING:
            why = f" {settings.refuses_to_start.title}" if settings.refuses_to_start else ""
            return f"{seen} does not get in: SillyTavern does not start with these settings.{why}"
        case None:
            return f"Whether {seen} gets in could not be found out."
        case _:
            return f"{seen} does not get in. {reason}"


def _where(settings: EffectiveSettings) -> str:
    return "there" if settings.listens else "on the network"
