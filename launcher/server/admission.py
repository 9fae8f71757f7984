"""Whether a device gets in, in words: by which entry, after which question, or why not. PURE."""

from dataclasses import dataclass
from ipaddress import ip_address

from launcher.access.entry import shown
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.access.real_address import unmapped
from launcher.server.answer import ServerAnswer, answer
from launcher.server.resolve_settings import EffectiveSettings


@dataclass(frozen=True)
class Admission:
    """`gets_in`: also when only after the login; None: could not be found out. `by`: the entry that decides.

    `listed`: whether the whitelist lets the address in, used or not. `login`: it is asked for user name and password.
    """

    address: str
    gets_in: bool | None
    listed: bool
    by: str | None
    login: bool
    sentence: str


def admission(effect: EffectiveSettings, address: str) -> Admission:
    """What happens to the device at `address`. Raises ValueError when it is no address."""
    seen = str(unmapped(ip_address(address.strip())))
    found = verdict(tuple(effect.entries), seen, effect.version)
    listed = found.answer is WhitelistAnswer.ALLOW
    asked = bool(effect.login_on)
    gets = answer(effect, seen, logs_in=asked)
    gets_in = None if gets is None else gets is ServerAnswer.PAGE
    by = found.entry if found.answer in (WhitelistAnswer.ALLOW, WhitelistAnswer.ERROR) and effect.whitelist_on else None
    return Admission(seen, gets_in, listed, by, asked, _sentence(effect, seen, gets, by, listed, found.reason))


def _sentence(
    effect: EffectiveSettings, seen: str, gets: ServerAnswer | None, by: str | None, listed: bool, reason: str
) -> str:
    match gets:
        case ServerAnswer.PAGE:
            how = f"by “{shown(by)}”" if by is not None else "because the whitelist is off"
            return f"{seen} gets in {how}{', after user name and password' if effect.login_on else ''}."
        case ServerAnswer.LOGIN:
            return f"{seen} does not get in: the login that is set can never succeed."
        case ServerAnswer.NO_CONNECTION:
            also = " The whitelist would let it in." if listed and effect.whitelist_on else ""
            return f"{seen} does not get in: SillyTavern does not listen {_where(effect)}.{also}"
        case ServerAnswer.NOT_RUNNING:
            why = f" {effect.refuses_to_start.title}" if effect.refuses_to_start else ""
            return f"{seen} does not get in: SillyTavern does not start with these settings.{why}"
        case None:
            return f"Whether {seen} gets in could not be found out."
        case _:
            return f"{seen} does not get in. {reason}"


def _where(effect: EffectiveSettings) -> str:
    return "there" if effect.listens else "on the network"
