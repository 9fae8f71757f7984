"""One thing that keeps a phone out, and what becomes of it: the doctor names it, and what helps helps."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.e2e.faults.place import Finding, Place, gets_in
from tests.support.hosts import PHONE_ADDRESS

NEW, OLD = "1.19.0", "1.9.7"
Proof = Callable[[Place], bool]


@dataclass(frozen=True)
class Fault:
    """`check`: the one that must name it. `inject`: the place has the fault inside of it; it takes back its own.

    `fix`: the fix that must be offered; "": none, then leaving `inject` is what a person does by hand (`by_hand` says
    it) and `healthy()` must be true again. `proof`: false while the fault is there, true afterwards. `phone`: the
    address that the doctor is asked about. `usual`: tried in every run of the tests.
    """

    name: str
    check: str
    inject: Callable[[Place], AbstractContextManager[None]]
    fix: str = ""
    by_hand: str = ""
    proof: Proof = gets_in
    phone: str | None = PHONE_ADDRESS
    versions: tuple[str, ...] = (NEW, OLD)
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
    """Inject `fault`, ask the doctor, press its button or take the fault back, and ask again."""
    result = Result(fault, place.version)
    with fault.inject(place):
        result.real = not fault.proof(place)
        if not result.real:
            result.wrong.append("the phone gets in all the same")
        _diagnosed(place, fault, result)
        if result.offered and fault.fix:
            _fixed(place, fault, result)
    place.healthy()
    if not fault.fix:
        _well_again(place, Fault(fault.name, fault.check, fault.inject, proof=fault.proof), result, "by hand")
    return result


def _diagnosed(place: Place, fault: Fault, result: Result) -> None:
    code, findings = place.doctor(fault.phone)
    problems = [each for each in findings if each.status == "problem"]
    result.named = tuple(each.id for each in problems)
    if result.named != (fault.check,):
        result.wrong.append(f"named {', '.join(result.named) or 'nothing'}; {_told(findings)}")
    if code != 1:
        result.wrong.append(f"the doctor ended with {code}")
    named = next((each for each in findings if each.id == fault.check), None)
    if named:
        result.said, result.offered = named.title, named.fix
    offered = (result.offered or "").partition(" ")[0]
    if offered != fault.fix:
        result.wrong.append(f"offers {offered or 'no fix'} instead of {fault.fix or 'none'}")


def _fixed(place: Place, fault: Fault, result: Result) -> None:
    done = place.fix(result.offered or "", fault.phone)
    if done.returncode != 0:
        result.wrong.append(f"the fix ended with {done.returncode}: {done.stdout}{done.stderr}")
    _well_again(place, fault, result, "the fix")


def _well_again(place: Place, fault: Fault, result: Result, by: str) -> None:
    if not fault.proof(place):
        result.wrong.append(f"the phone does not get in after {by}")
    result.wrong += [f"after {by}: {each}" for each in alarms(place, fault.phone)]


def alarms(place: Place, phone: str | None = PHONE_ADDRESS) -> list[str]:
    """What the doctor finds in the way; nothing when all is well."""
    code, findings = place.doctor(phone)
    problems = [f"{each.id}: {each.title}" for each in findings if each.status == "problem"]
    return problems or ([f"the doctor ended with {code}"] if code else [])


def _told(findings: list[Finding]) -> str:
    return "; ".join(f"{each.id} {each.status}: {each.title}" for each in findings if each.status != "ok")
