"""The checks about who gets in: the whitelist, the login, and how open all of it is. PURE."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from launcher.access import EntryProblem, Severity
from launcher.access import problem as problem_with
from launcher.access.entry import EntryError, shown
from launcher.access.exposure import THIS_PC, Level, LoginFit, exposure
from launcher.access.interlock import protects
from launcher.access.internet_coverage import covers as coverage
from launcher.access.javascript import Value, text_of, trim
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.access.real_address import unmapped
from launcher.doctor.check import Check
from launcher.doctor.check_input import CheckInput, Findings, Patient
from launcher.doctor.finding import Finding, Status, ok, problem, skipped, unknown
from launcher.doctor.network_checks import told
from launcher.doctor.program_checks import NO_INSTALLATION, TOLD_AT_CONFIG
from launcher.keeper.view import Device
from launcher.network.addresses import network_entry
from launcher.problem import Fix
from launcher.server.resolve_settings import TEXT_LIST, EffectiveSettings

SHUT_OUT_S = 60.0
NO_LIST = "It is no list"
IS_OFF = "The whitelist is off, so it keeps nobody out."
CORRECT = "whitelist-correct"
ADD = "whitelist-add"
NEW_LOGIN = Fix("login-generate", "Set a new password")
AS_TEXT = Fix("login-as-text", "Keep them, written as text")
FORGET_TRIES = Fix("restart", "Restart SillyTavern, which forgets the wrong ones")
WHITELIST_ON = Fix("access whitelist", "Let in only what the whitelist names")


def entries(facts: CheckInput, found: Findings) -> Finding:
    """Is every line of the whitelist good for this version?"""
    effect = facts.patient.effect
    if not effect:
        return skipped("whitelist-entries", NO_INSTALLATION)
    if found["config-file"].status is Status.PROBLEM:
        return skipped("whitelist-entries", TOLD_AT_CONFIG)
    if effect.whitelist_on is False and not effect.refuses_to_start:
        return skipped("whitelist-entries", IS_OFF)
    if NO_LIST in effect.whitelist_reason:
        return problem(
            "whitelist-entries",
            f"The whitelist in {effect.config_name} is no list, so nobody gets in.",
            "Write one address on each line, each behind a dash.",
            Fix("make-list", "Make a new list with this PC in it"),
        )
    wrong = wrong_entries(effect)
    if not wrong:
        count = len(effect.entries)
        rest = (
            "" if effect.entries_complete else " The configuration computes others, and Tavernkeep cannot tell which."
        )
        return ok(
            "whitelist-entries", f"{'The one entry' if count == 1 else f'All {count} entries'} can be read.{rest}"
        )
    (entry, trouble), *more = wrong
    lines = facts.files.lines if facts.files else {}
    what = _what_is_wrong(effect, entry, lines.get(trim(entry)), trouble)
    title = what + (f" ({len(more)} more like it.)" if more else "")
    return problem("whitelist-entries", title, _correction(trouble), _fix_for(wrong, facts.patient.phone))


def wrong_entries(effect: EffectiveSettings) -> list[tuple[str, EntryProblem]]:
    """The entries that are in the way, with what is wrong about them. What does no harm and means nothing is none."""
    protected = protects(effect)
    found = []
    for text in dict.fromkeys(map(text_of, effect.entries)):
        trouble = problem_with(text, effect.version)
        if trouble and not _harmless(text, trouble, protected):
            found.append((text, trouble))
    return found


def _harmless(text: str, trouble: EntryProblem, protected: bool) -> bool:
    if trouble.severity is Severity.USELESS:
        # A comment, an empty line, the name of this PC: nobody expects a phone to get in by those.
        return trouble.replacement == () or text.strip().lower() == "localhost"
    return trouble.severity is Severity.DANGEROUS and trouble.replacement is None and protected


def _what_is_wrong(effect: EffectiveSettings, entry: str, line: int | None, trouble: EntryProblem) -> str:
    """Where the entry stands, and what is wrong about it."""
    source = effect.whitelist_source if effect.whitelist_source != "default" else effect.config_name
    name = shown(entry)
    if not name:
        return f"Line {line} of {source} is empty." if line else f"An entry in {source} is empty."
    return f"{f'Line {line} of {source}, “{name}”' if line else f'“{name}” in {source}'}: {trouble.title}"


def _correction(trouble: EntryProblem) -> str:
    if trouble.replacement is None:
        return trouble.advice
    if not trouble.replacement:
        return f"Take that line out. {trouble.advice}".strip()
    meant = " and ".join(f"“{shown(each)}”" for each in trouble.replacement)
    return f"Write {meant} instead. {trouble.advice}".strip()


def _fix_for(wrong: Sequence[tuple[str, EntryProblem]], phone: str | None) -> Fix:
    if all(trouble.replacement is not None for _, trouble in wrong):
        return Fix(CORRECT, "Correct the list")
    if any(trouble.severity is Severity.DANGEROUS for _, trouble in wrong):
        return Fix(CORRECT, "Let in this network only")
    return Fix(CORRECT, f"Put {phone} in its place" if phone else "Take out what is wrong")


def corrected(
    effect: EffectiveSettings, network: str = "", phone: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What to put into the list and what to take out, so that `entries` finds nothing wrong any more.

    `network`: what to let in where an entry that lets in everyone goes; empty for nobody. `phone`: what to let in where
    nobody can tell which device an entry means.
    """
    add: list[str] = []
    remove: list[str] = []
    for text, trouble in wrong_entries(effect):
        remove.append(trim(text))
        add += trouble.replacement or ()
        if trouble.severity is Severity.DANGEROUS and not trouble.replacement:
            add += [*reversed(THIS_PC), *([network] if network else [])]
        elif trouble.replacement is None and phone:
            add.append(phone)
    there = {trim(text_of(value)) for value in effect.entries} - set(remove)
    fine = [each for each in dict.fromkeys(add) if each not in there and not problem_with(each, effect.version)]
    return tuple(fine), tuple(dict.fromkeys(remove))


def covers(facts: CheckInput, found: Findings) -> Finding:
    """Would the phone get in, and by which entry?"""
    patient, effect = facts.patient, facts.patient.effect
    if not effect:
        return skipped("whitelist-covers", NO_INSTALLATION)
    if found["config-file"].status is Status.PROBLEM:
        return skipped("whitelist-covers", TOLD_AT_CONFIG)
    if effect.whitelist_on is False:
        return skipped("whitelist-covers", IS_OFF)
    if effect.every_request_fails or NO_LIST in effect.whitelist_reason:
        return skipped("whitelist-covers", "The whitelist is no list: whitelist-entries tells of it.")
    if effect.whitelist_on is None:
        return unknown("whitelist-covers", "Whether the whitelist is on could not be found out.", "Start SillyTavern.")
    if patient.phone:
        phone = next((each for each in patient.came_since_start() if each.address == patient.phone), None)
        if phone and phone.forwarded:
            return _through_a_proxy(phone)
        return _phone(patient, effect, patient.phone, found, "The phone")
    came = [device for device in patient.came_since_start() if not device.never_ask]
    if came:
        return _of_those_who_came(patient, effect, came, found)
    return _network(patient, effect, found)


def _of_those_who_came(patient: Patient, effect: EffectiveSettings, came: Sequence[Device], found: Findings) -> Finding:
    direct = (device for device in came if not device.forwarded)
    in_already = next((each for each in direct if let_in_by(effect.entries, each.address, effect.version)), None)
    device = in_already or came[0]
    if device.forwarded:
        return _through_a_proxy(device)
    return _phone(patient, effect, device.address, found, told(device, first=True))


def _through_a_proxy(device: Device) -> Finding:
    return problem(
        "whitelist-covers",
        f"{told(device, first=True)} came through a proxy that names another address, and both have to be listed.",
        "Open SillyTavern without that proxy, or put both addresses into the whitelist.",
    )


def _phone(patient: Patient, effect: EffectiveSettings, address: str, found: Findings, who: str) -> Finding:
    by = let_in_by(effect.entries, address, effect.version)
    if by:
        return ok("whitelist-covers", f"{who} gets in by “{shown(by)}”." if address in who else _gets_in(address, by))
    if found["whitelist-entries"].status is Status.PROBLEM:
        add, remove = corrected(effect, phone=address)
        kept = [value for value in effect.entries if trim(text_of(value)) not in remove]
        if let_in_by([*add, *kept], address, effect.version):
            return skipped("whitelist-covers", f"{address} gets in once the list is corrected (whitelist-entries).")
    if found["same-network"].status is Status.PROBLEM:
        return skipped("whitelist-covers", "What keeps the phone away is told by same-network.")
    if not effect.entries_complete:
        return unknown(
            "whitelist-covers",
            f"Whether {address} gets in could not be found out: the configuration computes the list.",
            "Let the phone try.",
        )
    title = f"{who} is not in the whitelist." if address in who else f"{who} ({address}) is not in the whitelist."
    return problem("whitelist-covers", title, _why_not(patient, effect), Fix(f"{ADD} {address}", f"Let {address} in"))


def _gets_in(address: str, by: str) -> str:
    return f"{address} gets in by “{shown(by)}”."


def _why_not(patient: Patient, effect: EffectiveSettings) -> str:
    others = _of_other_networks(patient, effect)
    near = f"“{shown(others[0])}” is in it, but that is another network. " if others else ""
    where = f" {effect.whitelist_reason}" if effect.whitelist_source == TEXT_LIST else ""
    return f"{near}Let its address in.{where}"


def let_in_by(values: Iterable[Value], address: str, version: str) -> str | None:
    """The entry that lets in `address`; None when none does."""
    seen = str(unmapped(ip_address(address)))
    found = verdict(tuple(values), seen, version)
    return found.entry if found.answer is WhitelistAnswer.ALLOW else None


def _network(patient: Patient, effect: EffectiveSettings, found: Findings) -> Finding:
    best = patient.best
    if not best:
        return skipped("whitelist-covers", "There is no local network whose devices could get in.")
    network = network_entry(best.address, best.netmask)
    by = _covering(effect.entries, network)
    if by:
        return ok("whitelist-covers", f"“{shown(by[0])}” lets in devices of this network.")
    if found["whitelist-entries"].status is Status.PROBLEM:
        return skipped("whitelist-covers", "What is wrong with the list is told by whitelist-entries.")
    others = _of_other_networks(patient, effect)
    if not others:
        return skipped(
            "whitelist-covers",
            "Only this PC is in the whitelist so far; Tavernkeep asks about a phone that comes.",
            "Scan the QR code, or say which phone it is about, by its address.",
        )
    return problem(
        "whitelist-covers",
        f"No entry lets in a device of this network ({network}): “{shown(others[0])}” is another one.",
        "Let in the devices of this network, or only the phone.",
        Fix(f"{ADD} {network}", f"Let in {network}"),
    )


def _covering(values: Sequence[Value], network: str) -> tuple[str, ...]:
    try:
        return coverage(values, network).by
    except (EntryError, ValueError):
        return ()


def _of_other_networks(patient: Patient, effect: EffectiveSettings) -> list[str]:
    """The entries that let in neither this PC nor anybody of its networks."""
    ours = [network_entry(each.address, each.netmask) for each in patient.view.addresses or ()]
    found = []
    for value in effect.entries:
        text = text_of(value)
        if problem_with(text, effect.version):
            continue
        if not any(_covering([text], where) for where in [*ours, "127.0.0.0/8", "::1", "100.64.0.0/10"]):
            found.append(text)
    return found


def login(facts: CheckInput, found: Findings) -> Finding:
    """Is the login that is asked for one that somebody can pass, and that keeps others out?"""
    patient, effect = facts.patient, facts.patient.effect
    if not effect:
        return skipped("login", NO_INSTALLATION)
    if found["config-file"].status is Status.PROBLEM:
        return skipped("login", TOLD_AT_CONFIG)
    if effect.login_on is None:
        return unknown(
            "login", "Whether a login is asked for could not be found out.", "Open SillyTavern on the phone."
        )
    if not effect.login_on:
        return skipped("login", "No user name and password are asked for.")
    if effect.login_by_accounts:
        return ok("login", "The passwords of SillyTavern's own user accounts are asked for.")
    limited = patient.view.shut_out
    if limited and patient.now - limited.at < SHUT_OUT_S:
        return problem(
            "login",
            f"The device at {limited.address} is shut out for a minute: too many wrong passwords.",
            "Wait a minute, then type user name and password with care; the window shows them.",
            FORGET_TRIES,
        )
    if effect.login_fit is LoginFit.UNKNOWN:
        return unknown("login", "Whether anybody can log in could not be found out.", "Try it on the phone.")
    if effect.login_problem:
        fix = AS_TEXT if facts.files and facts.files.bare_login else NEW_LOGIN
        return problem("login", effect.login_problem.title, effect.login_problem.advice, fix)
    return ok("login", "A user name and a password are set, and this version can check them.")


def exposed(facts: CheckInput, found: Findings) -> Finding:
    """Who could come in that should not?"""
    effect = facts.patient.effect
    if not effect:
        return skipped("exposure", NO_INSTALLATION)
    if found["config-file"].status is Status.PROBLEM:
        return skipped("exposure", TOLD_AT_CONFIG)
    seen = exposure(effect)
    refused = effect.refuses_to_start
    if refused and effect.whitelist_on is False and effect.listens:
        return problem("exposure", refused.title, refused.advice, WHITELIST_ON)
    if seen.level == Level.BAD:
        for other in ("whitelist-entries", "login"):
            if found[other].status is Status.PROBLEM:
                return skipped("exposure", "Anyone who can reach this PC gets in. The reason is above.")
        return problem("exposure", seen.who, seen.warnings[0] if seen.warnings else "Set a login.", WHITELIST_ON)
    if seen.mode is None:
        return unknown("exposure", seen.who, "Start SillyTavern, then look again.")
    return ok("exposure", seen.who, seen.warnings[0] if seen.warnings and seen.level == Level.CAREFUL else "")


CHECKS = (
    Check("whitelist-entries", entries, ("files",), ("config-file",)),
    Check(
        "whitelist-covers",
        covers,
        (),
        ("config-file", "whitelist-entries", "address", "same-network"),
    ),
    Check("login", login, ("files",), ("config-file",)),
    Check("exposure", exposed, (), ("config-file", "whitelist-entries", "login")),
)
