"""Find out what a device gets from a server with these settings. PURE."""

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


def answer(settings: EffectiveSettings, address: str, logs_in: bool = False) -> ServerAnswer | None:
    """Return what the device at `address` gets; None when that could not be found out.

    A loopback address stands for this PC. `logs_in`: it sends the right user name and password. Raises ValueError when
    `address` is no address.
    """
    if settings.refuses_to_start:
        return ServerAnswer.NOT_RUNNING
    if settings.listens is None:
        return None
    if not _is_heard(settings, address):
        return ServerAnswer.NO_CONNECTION
    if settings.login_on is None:
        return None
    # With both on, SillyTavern asks for the login first.
    if settings.login_on and not (logs_in and settings.login_fit is not LoginFit.BROKEN):
        return ServerAnswer.LOGIN
    if settings.every_request_fails:
        return ServerAnswer.ERROR
    if settings.whitelist_on is False:
        return ServerAnswer.PAGE
    if settings.whitelist_on is None or not settings.entries_complete:
        return None
    listed = verdict(settings.entries, address, settings.version).answer
    return {WhitelistAnswer.ALLOW: ServerAnswer.PAGE, WhitelistAnswer.REFUSE: ServerAnswer.REFUSED}.get(
        listed, ServerAnswer.ERROR
    )


def _is_heard(settings: EffectiveSettings, address: str) -> bool:
    """Return whether the server listens at an address that this device can reach."""
    device = ip_address(address)
    bound = [ip_address(where) for where in settings.addresses]
    return any(
        where.version == device.version and (where.is_unspecified or where.is_loopback == device.is_loopback)
        for where in bound
    )
