"""All faults, and what became of them as a table to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.e2e.faults import files, firewall, network, program, windows
from tests.e2e.faults.fault import NEW, OLD, Fault, Result
from tests.e2e.faults.healthy import HEALTHY

FILE = Path(__file__).with_name("README.md")
FAULTS: Sequence[Fault] = (*files.FAULTS, *program.FAULTS, *network.FAULTS, *firewall.FAULTS)
VERSIONS = (NEW, OLD)
HEAD = """# What keeps a phone out, and what the doctor says

Each line was tried on a PC and a phone in network namespaces, with real SillyTaverns and real firewalls: the fault was
made and the phone did not get in; `tavernkeep doctor` named this check and no other; its fix was pressed, or the person
did by hand what the line says; then the phone got in and the doctor was content. Where the fault is that others get in,
read it the other way round. The rules of ufw are shown to administrators only: there the check says that it could not
see them, and offers to open the port. An empty field: that version does not have this fault.

Made by `.venv/bin/python -m tests.e2e.faults`.

"""
OF_WINDOWS = """
## On Windows

Firewall rules as Windows keeps them in its registry, through the same code to what the doctor says, and the same rules
after the fix. That code reads a registry under Wine in `tests/windows`; it was not tried on a real Windows.

"""
BETWEEN = """
## Nothing wrong

Unusual, perhaps, but nothing is in the way, and the doctor finds nothing either. An empty field: not tried with that
version, which does not have it.

"""


def written(faults: Mapping[tuple[str, str], Result], healthy: Mapping[tuple[str, str], list[str]]) -> str:
    """The table, from results by name and version."""
    lines = [_line("fault", "check", "the doctor says", "what helps", *VERSIONS), _line(*["---"] * (4 + len(VERSIONS)))]
    for fault in FAULTS:
        found = [faults.get((fault.name, version)) for version in VERSIONS]
        said = next((each.said for each in found if each), "")
        steps = [fault.by_hand, *(f"`{fix}`" for fix in (fault.fix, fault.then) if fix)]
        helps = ", then ".join(step for step in steps if step)
        cells = [_cell(each.wrong if each else None) for each in found]
        lines.append(_line(fault.name, f"`{fault.check}`", said, helps, *cells))
    of_windows = [_line("fault", "check", "the doctor says", "what helps", "result"), _line(*["---"] * 5)]
    for each_fault in windows.FAULTS:
        said, wrong = windows.wrong_with(each_fault)
        helps = f"`{each_fault.fix}`" if each_fault.fix else "a person's own choice"
        of_windows.append(_line(each_fault.name, f"`{each_fault.check}`", said, helps, _cell(wrong)))
    well = [_line("what is so", *VERSIONS), _line(*["---"] * (1 + len(VERSIONS)))]
    for each in HEALTHY:
        well.append(_line(each.name, *(_cell(healthy.get((each.name, version))) for version in VERSIONS)))
    well += ["\n", _line("what is so on Windows", "result"), _line("---", "---")]
    for name, computer in windows.HEALTHY.items():
        well.append(_line(name, _cell([each.title for each in windows.said(computer)])))
    return HEAD + "".join(lines) + OF_WINDOWS + "".join(of_windows) + BETWEEN + "".join(well)


def _cell(wrong: Sequence[str] | None) -> str:
    """Empty: this version has no such fault, or it was not tried."""
    if wrong is None:
        return ""
    return "; ".join(wrong) if wrong else "✓"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"
