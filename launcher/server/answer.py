"""What a device gets from a server with these settings. PURE."""

from enum import StrEnum
from ipaddress import ip_address

from launcher.access.exposure import LoginFit
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.server.resolve_settings import EffectiveSettings


class ServerAnswer(StrEnum):
    """PAGE: it is in. LOGIN: it is asked for user name and password (401). REFUSED: 403. ERROR: 500."""

    PAGE = "page"
    LOGIN = "login"
    REFUSED = "refused"
    ERROR = "error"
    NO_CONNECTION = "no connection"
    NOT_RUNNING = "not running"


def answer(effect: EffectiveSettings, address: str, logs_in: bool = False) -> ServerAnswer | None:
    """What the device at `address` gets; None when that could not be found out. ValueError when it is no address.

    A loopback address stands for this PC. `logs_in`: it sends the user name and password that are set.
    """
    if effect.refuses_to_start:
        return ServerAnswer.NOT_RUNNING
    if effect.listens is None:
        return None
    if not _is_heard(effect, address):
        return ServerAnswer.NO_CONNECTION
    if effect.login_on is None:
        return None
    # With both on, SillyTavern asks for the login first.
    if effect.login_on and not (logs_in and effect.login_fit is not LoginFit.BROKEN):
        return ServerAnswer.LOGIN
    if effect.every_request_fails:
        return ServerAnswer.ERROR
    if effect.whitelist_on is False:
        return ServerAnswer.PAGE
    if effect.whitelist_on is None or not effect.entries_complete:
        return None
    listed = verdict(effect.entries, address, effect.version).answer
    return {WhitelistAnswer.ALLOW: ServerAnswer.PAGE, WhitelistAnswer.REFUSE: ServerAnswer.REFUSED}.get(
        listed, ServerAnswer.ERROR
    )


def _is_heard(effect: EffectiveSettings, address: str) -> bool:
    """Whether the server listens where this device can knock."""
    device = ip_address(address)
    bound = [ip_address(where) for where in effect.addresses]
    return any(
        where.version == device.version and (where.is_unspecified or where.is_loopback == device.is_loopback)
        for where in bound
    )
