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
from launcher.doctor.check import Check, Finding, Findings, first_problem, of_settings, ok, problem, skipped, unknown
from launcher.doctor.check_input import CheckInput, Patient
from launcher.doctor.network_checks import called
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
FORGET_TRIES = Fix("restart", "Restart SillyTavern to end the block")
WHITELIST_ON = Fix("access whitelist", "Let in only what the whitelist names")


@of_settings
def entries(facts: CheckInput, found: Findings, effect: EffectiveSettings) -> Finding:
    """Is every line of the whitelist good for this version?"""
    if effect.whitelist_on is False and not effect.refuses_to_start:
        return skipped(IS_OFF)
    if NO_LIST in effect.whitelist_reason:
        return problem(
            f"The whitelist in {effect.config_name} is not a list, so nobody gets in.",
            "Write one address on each line, each behind a dash.",
            Fix("make-list", "Make a new list with this PC in it"),
        )
    wrong = wrong_entries(effect)
    if not wrong:
        count = len(effect.entries)
        rest = "" if effect.entries_complete else " The configuration computes more, which Tavernkeep cannot read."
        return ok(f"{'The one entry' if count == 1 else f'All {count} entries'} can be read.{rest}")
    (entry, trouble), *more = wrong
    lines = facts.files.lines if facts.files else {}
    what = _what_is_wrong(effect, entry, lines.get(trim(entry)), trouble)
    title = what + (f" ({len(more)} more like it.)" if more else "")
    return problem(title, _correction(trouble), _fix_for(wrong, facts.patient.phone))


def wrong_entries(effect: EffectiveSettings) -> list[tuple[str, EntryProblem]]:
    """Return the entries that are in the way, each with its problem. One that means nothing and does no harm is not."""
    protected = protects(effect)
    found = []
    for text in dict.fromkeys(map(text_of, effect.entries)):
        trouble = problem_with(text, effect.version)
        if trouble and not _harmless(text, trouble, protected):
            found.append((text, trouble))
    return found


def _harmless(text: str, trouble: EntryProblem, protected: bool) -> bool:
    if trouble.severity is Severity.USELESS:
        # A comment, an empty line, the name of this PC: nobody expects those to let a phone in.
        return trouble.replacement == () or text.strip().lower() == "localhost"
    return trouble.severity is Severity.DANGEROUS and trouble.replacement is None and protected


def _what_is_wrong(effect: EffectiveSettings, entry: str, line: int | None, trouble: EntryProblem) -> str:
    """Return the title: where the entry is, and its problem."""
    source = effect.whitelist_source if effect.whitelist_source != "default" else effect.config_name
    name = shown(entry)
    if not name:
        return f"Line {line} of {source} is empty." if line else f"An entry in {source} is empty."
    return f"{f'Line {line} of {source}, “{name}”' if line else f'“{name}” in {source}'}: {trouble.title}"


def _correction(trouble: EntryProblem) -> str:
    if trouble.replacement is None:
        return trouble.advice
    if not trouble.replacement:
        return f"Remove that line. {trouble.advice}".strip()
    meant = " and ".join(f"“{shown(each)}”" for each in trouble.replacement)
    return f"Write {meant} instead. {trouble.advice}".strip()


def _fix_for(wrong: Sequence[tuple[str, EntryProblem]], phone: str | None) -> Fix:
    if all(trouble.replacement is not None for _, trouble in wrong):
        return Fix(CORRECT, "Correct the list")
    if any(trouble.severity is Severity.DANGEROUS for _, trouble in wrong):
        return Fix(CORRECT, "Let in this network only")
    return Fix(CORRECT, f"Put {phone} in its place" if phone else "Remove the wrong entries")


def corrected(
    effect: EffectiveSettings, network: str = "", phone: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what to add to the list and what to remove from it, so that `entries` finds nothing wrong any more.

    `network`: replaces an entry that lets in everyone; "" for nothing. `phone`: replaces an entry that could mean any
    device.
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


@of_settings
def covers(facts: CheckInput, found: Findings, effect: EffectiveSettings) -> Finding:
    """Would the phone get in, and by which entry?"""
    patient = facts.patient
    if effect.whitelist_on is False:
        return skipped(IS_OFF)
    if effect.every_request_fails or NO_LIST in effect.whitelist_reason:
        return skipped("The whitelist is not a list. See whitelist-entries.")
    if effect.whitelist_on is None:
        return unknown("Tavernkeep could not find out whether the whitelist is on.", "Start SillyTavern.")
    if patient.phone:
        phone = next((each for each in patient.came_since_start() if each.address == patient.phone), None)
        if phone and phone.forwarded:
            return _through_a_proxy(phone)
        return _phone(patient, effect, patient.phone, found, f"The phone ({patient.phone})")
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
    return _phone(patient, effect, device.address, found, called(device, first=True))


def _through_a_proxy(device: Device) -> Finding:
    return problem(
        f"{called(device, first=True)} came through a proxy. SillyTavern then wants both addresses in the whitelist.",
        "Open SillyTavern without that proxy, or add both addresses to the whitelist.",
    )


def _phone(patient: Patient, effect: EffectiveSettings, address: str, found: Findings, who: str) -> Finding:
    if by := let_in_by(effect.entries, address, effect.version):
        return ok(f"{who} gets in by “{shown(by)}”.")
    if first_problem(found, "whitelist-entries"):
        add, remove = corrected(effect, phone=address)
        kept = [value for value in effect.entries if trim(text_of(value)) not in remove]
        if let_in_by([*add, *kept], address, effect.version):
            return skipped(f"{address} gets in once the list is corrected. See whitelist-entries.")
    if first_problem(found, "same-network"):
        return skipped("The phone does not get as far as the whitelist. See same-network.")
    if not effect.entries_complete:
        return unknown(
            f"Tavernkeep cannot tell whether {address} gets in: the configuration computes the list.",
            "Try it on the phone.",
        )
    other = _other_network(patient, effect)
    near = f"“{shown(other)}” is in it, but that is another network. " if other else ""
    where = f" {effect.whitelist_reason}" if effect.whitelist_source == TEXT_LIST else ""
    fix = Fix(f"{ADD} {address}", f"Let {address} in")
    return problem(f"{who} is not in the whitelist.", f"{near}Let its address in.{where}", fix)


def let_in_by(values: Iterable[Value], address: str, version: str) -> str | None:
    """Return the entry that lets in `address`; None when none does. Raise ValueError when it is no address."""
    seen = str(unmapped(ip_address(address)))
    found = verdict(tuple(values), seen, version)
    return found.entry if found.answer is WhitelistAnswer.ALLOW else None


def _network(patient: Patient, effect: EffectiveSettings, found: Findings) -> Finding:
    best = patient.best
    if not best:
        return skipped("There is no local network whose devices could get in.")
    network = network_entry(best.address, best.netmask)
    by = _covering(effect.entries, network)
    if by:
        return ok(f"“{shown(by[0])}” lets in devices of this network.")
    if first_problem(found, "whitelist-entries"):
        return skipped("The list has to be corrected first. See whitelist-entries.")
    other = _other_network(patient, effect)
    if not other:
        return skipped(
            "Only this PC is in the whitelist so far. Tavernkeep asks when a phone connects.",
            "Scan the QR code, or give the phone's address.",
        )
    return problem(
        f"No entry lets in devices of this network ({network}): “{shown(other)}” is another network.",
        "Let in the devices of this network, or only the phone.",
        Fix(f"{ADD} {network}", f"Let in {network}"),
    )


def _covering(values: Sequence[Value], network: str) -> tuple[str, ...]:
    try:
        return coverage(values, network).by
    except (EntryError, ValueError):
        return ()


def _other_network(patient: Patient, effect: EffectiveSettings) -> str | None:
    """Return the first entry that lets in neither this PC nor any device of its networks."""
    ours = [network_entry(each.address, each.netmask) for each in patient.view.addresses or ()]
    for text in map(text_of, effect.entries):
        if problem_with(text, effect.version):
            continue
        if not any(_covering([text], where) for where in [*ours, "127.0.0.0/8", "::1", "100.64.0.0/10"]):
            return text
    return None


@of_settings
def login(facts: CheckInput, found: Findings, effect: EffectiveSettings) -> Finding:
    """Can a phone log in, and does the login keep others out?"""
    patient = facts.patient
    if effect.login_on is None:
        return unknown(
            "Tavernkeep could not find out whether SillyTavern asks for a login.", "Open SillyTavern on the phone."
        )
    if not effect.login_on:
        return skipped("SillyTavern asks for no user name and password.")
    if effect.login_by_accounts:
        return ok("SillyTavern asks for the passwords of its own user accounts.")
    limited = patient.view.shut_out
    if limited and patient.now - limited.at < SHUT_OUT_S:
        return problem(
            f"SillyTavern blocks {limited.address} for a minute after too many wrong passwords.",
            "Wait a minute, then type user name and password with care. The window shows them.",
            FORGET_TRIES,
        )
    if effect.login_fit is LoginFit.UNKNOWN:
        return unknown("Tavernkeep could not find out whether this login works.", "Try it on the phone.")
    if effect.login_problem:
        fix = AS_TEXT if facts.files and facts.files.bare_login else NEW_LOGIN
        return problem(effect.login_problem.title, effect.login_problem.advice, fix)
    return ok("A user name and a password are set, and this version accepts them.")


@of_settings
def exposed(facts: CheckInput, found: Findings, effect: EffectiveSettings) -> Finding:
    """Can anybody get in who should not?"""
    seen = exposure(effect)
    refused = effect.refuses_to_start
    if refused and effect.whitelist_on is False and effect.listens:
        return problem(refused.title, refused.advice, WHITELIST_ON)
    if seen.level == Level.BAD:
        if other := first_problem(found, "whitelist-entries", "login"):
            return skipped(f"Anyone who can reach this PC gets in. See {other}.")
        return problem(seen.who, seen.warnings[0] if seen.warnings else "Set a login.", WHITELIST_ON)
    if seen.mode is None:
        return unknown(seen.who, "Start SillyTavern, then check again.")
    return ok(seen.who, seen.warnings[0] if seen.warnings and seen.level == Level.CAREFUL else "")


CHECKS = (
    Check("whitelist-entries", entries, ("files",), ("config-file",)),
    Check("whitelist-covers", covers, (), ("config-file", "whitelist-entries", "address", "same-network")),
    Check("login", login, ("files",), ("config-file",)),
    Check("exposure", exposed, (), ("config-file", "whitelist-entries", "login")),
)
