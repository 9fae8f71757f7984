"""One thing that keeps a phone out, and what becomes of it: the doctor names it, and what helps helps."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.e2e.faults.place import Finding, Place, gets_in, scan
from tests.support.hosts import PHONE_ADDRESS
from tests.support.waiting import wait_until

NEW, OLD = "1.19.0", "1.9.7"
# A card that was just plugged in, or a server on a busy computer, takes a moment.
PATIENCE_S = 10
Proof = Callable[[Place], bool]


@dataclass(frozen=True)
class Fault:
    """`check`: the one that must name it. `inject`: the place has the fault inside of it; it takes back its own.

    `status`: what the check finds; "unknown" is no problem, and the doctor ends as where all is well.
    `fix`: the fix that must be offered, and `then` the one that is offered after it. Before it a person does `help`,
    which `by_hand` tells. Without both `by_hand` is to leave `inject`. `proof`: false while the fault is there, true
    afterwards. `scans`: what helps is, or ends with, to scan the code anew. `phone`: the address that the doctor is
    asked about. `usual`: tried in every run of the tests.
    """

    name: str
    check: str
    inject: Callable[[Place], AbstractContextManager[None]]
    fix: str = ""
    then: str = ""
    by_hand: str = ""
    help: Callable[[Place], None] | None = None
    proof: Proof = gets_in
    scans: bool = False
    phone: str | None = PHONE_ADDRESS
    versions: tuple[str, ...] = (NEW, OLD)
    status: str = "problem"
    usual: tuple[str, ...] = ()


@dataclass
class Result:
    """What became of a fault. `wrong`: sentences; none means that all was as it should be."""

    fault: Fault
    version: str
    real: bool = False
    named: tuple[str, ...] = ()
    said: str = ""
    offered: str | None = None
    wrong: list[str] = field(default_factory=list)


def tried(place: Place, fault: Fault) -> Result:
    """Inject `fault`, ask the doctor, press its button or do by hand what helps, and ask again."""
    result = Result(fault, place.version)
    with fault.inject(place):
        result.real = not fault.proof(place)
        if not result.real:
            result.wrong.append("the phone gets in all the same")
        _diagnosed(place, fault, result)
        if fault.help:
            fault.help(place)
        if fault.fix and result.offered:
            _fixed(place, fault, result)
        if _helped_inside(fault):
            _well_again(place, fault, result, fault.phone)
    place.healthy()
    if not _helped_inside(fault):
        _well_again(place, fault, result, PHONE_ADDRESS)
    return result


def _helped_inside(fault: Fault) -> bool:
    return bool(fault.fix or fault.help or fault.scans)


def _diagnosed(place: Place, fault: Fault, result: Result) -> None:
    code, findings = place.doctor(fault.phone)
    problems = [each for each in findings if each.status == "problem"]
    result.named = tuple(each.id for each in problems)
    wanted = (fault.check,) if fault.status == "problem" else ()
    if result.named != wanted:
        result.wrong.append(f"named {', '.join(result.named) or 'nothing'}; {_told(findings)}")
    if code != len(wanted):
        result.wrong.append(f"the doctor ended with {code}")
    named = next((each for each in findings if each.id == fault.check), None)
    if named and named.status != fault.status:
        result.wrong.append(f"{fault.check} is {named.status} instead of {fault.status}")
    if named:
        result.said, result.offered = _as_anywhere(place, named.title), named.fix
    offered = (result.offered or "").partition(" ")[0]
    if offered != fault.fix:
        result.wrong.append(f"offers {offered or 'no fix'} instead of {fault.fix or 'none'}")


def _as_anywhere(place: Place, title: str) -> str:
    """Without what is of this run alone."""
    return re.sub(r"process \d+", "process 4242", title.replace(str(place.folder), "/home/me/SillyTavern"))


def _fixed(place: Place, fault: Fault, result: Result) -> None:
    _pressed(place, fault, result, result.offered or "")
    if fault.then:
        _, findings = place.doctor(fault.phone)
        offered = [each.fix for each in findings if each.fix and each.fix.partition(" ")[0] == fault.then]
        if not offered:
            result.wrong.append(f"afterwards {fault.then} is not offered")
        for each in offered:
            _pressed(place, fault, result, each)


def _pressed(place: Place, fault: Fault, result: Result, fix: str) -> None:
    done = place.fix(fix, fault.phone)
    # 1: something is still in the way, such as the old code on the phone.
    if done.returncode not in (0, 1):
        result.wrong.append(f"the fix ended with {done.returncode}: {done.stdout}{done.stderr}")


def _well_again(place: Place, fault: Fault, result: Result, phone: str | None) -> None:
    def inside() -> bool:
        return gets_in(place, scan(place)) if fault.scans else fault.proof(place)

    try:
        wait_until(inside, PATIENCE_S)
    except AssertionError:
        result.wrong.append("afterwards the phone does not get in")
    result.wrong += [f"afterwards: {each}" for each in alarms(place, phone)]


def alarms(place: Place, phone: str | None = PHONE_ADDRESS) -> list[str]:
    """What the doctor finds in the way; nothing when all is well."""
    code, findings = place.doctor(phone)
    problems = [f"{each.id}: {each.title}" for each in findings if each.status == "problem"]
    return problems or ([f"the doctor ended with {code}"] if code else [])


def _told(findings: list[Finding]) -> str:
    return "; ".join(f"{each.id} {each.status}: {each.title}" for each in findings if each.status != "ok")
