"""The command `doctor`: a line for each check as it comes, and one sentence about all of them."""

import threading
from argparse import Namespace
from ipaddress import ip_address

from launcher.access.interlock import RefusedError
from launcher.access.real_address import unmapped
from launcher.doctor.check import Finding, Status
from launcher.doctor.check_input import Patient
from launcher.doctor.check_run import examine
from launcher.doctor.checks import CHECKS
from launcher.doctor.fixes import apply_fix
from launcher.doctor.readings import patient_of
from launcher.doctor.report import MARKS, problems, summary
from launcher.keeper.channel import connect
from launcher.keeper.messages import ApplyFix, Reply, Request, WhoGetsIn
from launcher.keeper.view import View
from launcher.problem import Problem, TavernkeepError
from launcher.ui.keeper_connection import ask, reach
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import COULD_NOT, DONE, NO, WRONG_USAGE
from launcher.ui.terminal.server_commands import Command, current_view

ABOUT_ONE_PHONE = "Does one phone still not get in? Say its address: tavernkeep doctor --phone 192.168.0.20"


def doctor(command: Command, options: Namespace) -> int:
    """Examine, and do one fix first when it was asked for. `NO` when something is in the way."""
    try:
        phone = None if options.phone is None else address_of_phone(options.phone)
    except ValueError:
        return _wrong(command, Problem(f"“{options.phone[:60]}” is no address.", "Write one such as 192.168.0.20."))
    if options.fix:
        failed = _fix(command, phone, options.fix.strip())
        if failed is not None:
            return failed
    findings = _examined(command, _patient(command, phone), quiet=command.as_json)
    status = _told(command, findings)
    if phone is None and status == DONE and not command.as_json:
        console.say(ABOUT_ONE_PHONE)
    return status


def address_of_phone(text: str) -> str:
    """The address that `text` is, as SillyTavern sees it. Raises ValueError when it is none."""
    return str(unmapped(ip_address(text.strip())))


def _wrong(command: Command, problem: Problem) -> int:
    console.show_problem(problem, command.as_json)
    return WRONG_USAGE


def _patient(command: Command, phone: str | None) -> Patient:
    return patient_of(command.folders, current_view(command), phone, command.folder)


def _examined(command: Command, patient: Patient, quiet: bool) -> tuple[Finding, ...]:
    return examine(patient, (lambda finding: None) if quiet else _tell, threading.Event())


def _tell(finding: Finding) -> None:
    console.say(f"{MARKS[finding.status]} {finding.id}: {finding.title}")
    if finding.status in (Status.PROBLEM, Status.UNKNOWN) and finding.advice:
        console.say(f"    {finding.advice}")
    if finding.fix:
        console.say(f"    {finding.fix.label}: tavernkeep doctor --fix {finding.id}")


def _told(command: Command, findings: tuple[Finding, ...]) -> int:
    if command.as_json:
        console.say_json([_document(finding) for finding in findings])
    else:
        console.say(summary(findings))
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
        console.show_problem(
            Problem(f"There is nothing that Tavernkeep can do about {wanted}.", advice), command.as_json
        )
        return COULD_NOT
    try:
        apply_fix(found.fix.id, patient, lambda request: _ask(command, patient, request))
    except TavernkeepError as error:
        console.show_problem(error.problem, command.as_json)
        return NO if isinstance(error, RefusedError) else COULD_NOT
    if not command.as_json:
        console.say(f"Done: {found.fix.label}.")
    return None


def _ask(command: Command, patient: Patient, request: Request) -> Reply:
    """By the keeper when it keeps this installation; what only changes files is done here when there is none."""
    view = patient.view
    if not isinstance(request, ApplyFix | WhoGetsIn):
        return ask(reach(command.folders)[0], request)
    link = connect(command.folders) if view.keeper_pid else None
    if link and current_view(Command(command.folders, None, True)).installation == view.installation:
        return ask(link, request)
    return _done_here(command, view, request)


def _done_here(command: Command, view: View, request: ApplyFix | WhoGetsIn) -> Reply:
    from launcher.keeper import worker

    try:
        worker.do(request, command.folders, view, lambda progress: None, threading.Event())
    except TavernkeepError as error:
        return Reply(0, error.problem, isinstance(error, RefusedError))
    return Reply(0)
