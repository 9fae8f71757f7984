"""The command `doctor`: a line for each check as it comes, and one sentence about all of them."""

import threading
from argparse import Namespace
from ipaddress import ip_address

from launcher.access.interlock import RefusedError
from launcher.doctor.cures import cure
from launcher.doctor.examination import examine
from launcher.doctor.facts import Patient
from launcher.doctor.finding import CHECKS, Finding, Status
from launcher.doctor.readings import patient_of
from launcher.doctor.report import MARKS, problems, summary
from launcher.faces import terminal
from launcher.faces.commands import COULD_NOT, DONE, NO, Command, current_view
from launcher.faces.keeper_link import ask, reach
from launcher.keeper.channel import connect
from launcher.keeper.messages import Repair, Reply, Request, WhoGetsIn
from launcher.keeper.view import View
from launcher.problem import Problem, TavernkeepError

WRONG_USAGE = 2
ABOUT_ONE_PHONE = "Does one phone still not get in? Say its address: tavernkeep doctor --phone 192.168.0.20"


def doctor(command: Command, options: Namespace) -> int:
    """Examine, and do one fix first when it was asked for. `NO` when something is in the way."""
    try:
        phone = None if options.phone is None else real_address(options.phone)
    except ValueError:
        return _wrong(command, Problem(f"“{options.phone[:60]}” is no address.", "Write one such as 192.168.0.20."))
    if options.fix:
        failed = _fix(command, phone, options.fix.strip())
        if failed is not None:
            return failed
    findings = _examined(command, _patient(command, phone), quiet=command.as_json)
    status = _told(command, findings)
    if phone is None and status == DONE and not command.as_json:
        terminal.say(ABOUT_ONE_PHONE)
    return status


def real_address(text: str) -> str:
    """The address that `text` is, as SillyTavern sees it. Raises ValueError when it is none."""
    address = ip_address(text.strip())
    return str(getattr(address, "ipv4_mapped", None) or address)


def _wrong(command: Command, problem: Problem) -> int:
    terminal.show_problem(problem, command.as_json)
    return WRONG_USAGE


def _patient(command: Command, phone: str | None) -> Patient:
    return patient_of(command.folders, current_view(command), phone, command.folder)


def _examined(command: Command, patient: Patient, quiet: bool) -> tuple[Finding, ...]:
    return examine(patient, (lambda finding: None) if quiet else _tell, threading.Event())


def _tell(finding: Finding) -> None:
    terminal.say(f"{MARKS[finding.status]} {finding.id}: {finding.title}")
    if finding.status in (Status.PROBLEM, Status.UNKNOWN) and finding.advice:
        terminal.say(f"    {finding.advice}")
    if finding.fix:
        terminal.say(f"    {finding.fix.label}: tavernkeep doctor --fix {finding.id}")


def _told(command: Command, findings: tuple[Finding, ...]) -> int:
    if command.as_json:
        terminal.say_json([_document(finding) for finding in findings])
    else:
        terminal.say(summary(findings))
    return NO if problems(findings) else DONE


def _document(finding: Finding) -> dict[str, object]:
    fix = {"id": finding.fix.id, "label": finding.fix.label} if finding.fix else None
    return {
        "id": finding.id,
        "status": finding.status,
        "title": finding.title,
        "advice": finding.advice,
        "fix": fix,
    }


def _fix(command: Command, phone: str | None, wanted: str) -> int | None:
    """Do the fix of the check, or with the id, `wanted`. The exit status when it was not done."""
    patient = _patient(command, phone)
    findings = _examined(command, patient, quiet=True)
    found = next((each for each in findings if wanted == each.id or (each.fix and each.fix.id == wanted)), None)
    if not found and wanted not in CHECKS:
        known = ", ".join(each.id for each in findings if each.fix) or "there is none now"
        return _wrong(command, Problem(f"There is no fix “{wanted[:60]}”.", f"What can be fixed: {known}."))
    if not found or not found.fix:
        title = found.title if found else ""
        advice = f"{title} {found.advice}".strip() if found else ""
        terminal.show_problem(
            Problem(f"There is nothing that Tavernkeep can do about {wanted}.", advice), command.as_json
        )
        return COULD_NOT
    try:
        cure(found.fix.id, patient, lambda request: _ask(command, patient, request))
    except TavernkeepError as error:
        terminal.show_problem(error.problem, command.as_json)
        return NO if isinstance(error, RefusedError) else COULD_NOT
    if not command.as_json:
        terminal.say(f"Done: {found.fix.label}.")
    return None


def _ask(command: Command, patient: Patient, request: Request) -> Reply:
    """By the keeper when it keeps this installation; what only changes files is done here when there is none."""
    view = patient.view
    if not isinstance(request, Repair | WhoGetsIn):
        return ask(reach(command.folders)[0], request)
    link = connect(command.folders) if view.keeper_pid else None
    if link and current_view(Command(command.folders, None, True)).installation == view.installation:
        return ask(link, request)
    return _done_here(command, view, request)


def _done_here(command: Command, view: View, request: Repair | WhoGetsIn) -> Reply:
    from launcher.keeper import work

    try:
        work.do(request, command.folders, view, lambda progress: None, threading.Event())
    except TavernkeepError as error:
        return Reply(0, error.problem, isinstance(error, RefusedError))
    return Reply(0)
