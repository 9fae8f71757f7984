"""Apply a finding's fix: one request to the keeper, or one call that asks the person for permission."""

from collections.abc import Callable

from launcher.access.interlock import RefusedError
from launcher.access.login import DEFAULT_USERNAME
from launcher.doctor.access_checks import ADD, CORRECT, NEW_LOGIN, corrected
from launcher.doctor.check_input import Patient
from launcher.doctor.firewall_checks import OPEN, PRIVATE
from launcher.keeper.messages import ApplyFix, EditWhitelist, Install, Reply, Request, Restart, SetLogin, Start
from launcher.problem import TavernkeepError
from launcher.server.resolve_settings import EffectiveSettings
from launcher.system.elevation import Consent

USERNAME = "tavern"
Ask = Callable[[Request], Reply]


def apply_fix(fix: str, patient: Patient, ask: Ask) -> None:
    """Apply the fix with this id, which one of the findings about `patient` offered.

    `ask` sends the keeper a request and returns its reply. Blocks, also while the system asks the person for
    permission. Raises RefusedError when that was declined or is not allowed, TavernkeepError when it did not work.
    """
    if fix in (OPEN, PRIVATE.id):
        if _elevated(fix, patient) is Consent.DECLINED:
            raise RefusedError("Nothing was changed: you did not give permission.", "Try again, and allow it.")
        return
    reply = ask(request_of(fix, patient))
    if reply.problem:
        error = RefusedError if reply.refused else TavernkeepError
        raise error.from_problem(reply.problem)


def request_of(fix: str, patient: Patient) -> Request:
    """Return the request for the keeper. It applies fixes of its own, such as `port 8001`, by their id."""
    match fix.split(maxsplit=1):
        case ["start"]:
            return Start(str(patient.installation.folder) if patient.installation else None)
        case ["restart"]:
            return Restart()
        case ["install"]:
            return Install(start=True)
        case [name] if name == CORRECT and patient.effect:
            add, remove = corrected(patient.effect, _this_network(patient), patient.phone)
            return EditWhitelist(add, remove)
        case [name, entry] if name == ADD:
            return EditWhitelist((entry,))
        case [name] if name == NEW_LOGIN.id and patient.effect:
            return _new_login(patient.effect)
        case _:
            return ApplyFix(fix)


def _this_network(patient: Patient) -> str:
    from launcher.network.addresses import network_entry

    return network_entry(patient.best.address, patient.best.netmask) if patient.best else ""


def _new_login(effect: EffectiveSettings) -> SetLogin:
    """Return a login with a password of readable words, which the login window and `login --show` show."""
    import secrets

    from launcher.access.login import readable_password

    name = effect.username
    usable = name and name != DEFAULT_USERNAME and ":" not in name
    return SetLogin(name if usable and name else USERNAME, readable_password(secrets.choice))


def _elevated(fix: str, patient: Patient) -> Consent:
    from launcher.doctor.readings import networks, node_path
    from launcher.network import profile
    from launcher.network.firewall import this_pc

    if fix == OPEN and patient.port is not None:
        return this_pc.open_port(node_path(patient), patient.port, networks(patient), patient.folders)
    best = patient.best
    for network in profile.look() or ():
        if best and best.address in network.addresses and not network.tunnel:
            return profile.set_private(network)
    raise TavernkeepError("There is nothing left to change.", "Check again.")
