"""Every line in the table comes out of a stream as its event."""

import pytest

from launcher.server.output import Connected, Doing, LoginLimited, OutputLines, Ready, Refused
from launcher.versions.console_lines import DEVICE_LINES, READY_START, STEP_LINES, DeviceLine, LineMeaning, StepLine

ENDS = {
    "Forbidden: Connection attempt from": ". If you are attempting to connect, add it.",
    "Basic auth failed: Rate limited from": "",
}
EVENTS = {LineMeaning.REFUSED: Refused, LineMeaning.CONNECTED: Connected, LineMeaning.LOGIN_LIMITED: LoginLimited}


@pytest.mark.parametrize("line", DEVICE_LINES, ids=lambda line: line.start)
@pytest.mark.parametrize("colour", ["", "\x1b[31m"])
def test_a_line_about_a_device_is_told(line: DeviceLine, colour: str) -> None:
    end = ENDS.get(line.start, "; User Agent: Phone")
    found = list(OutputLines().feed(f"some text\n{colour}{line.start} 192.168.0.20{end}\n".encode(), at=1.0))
    assert [(type(event), getattr(event, "address", None)) for event in found] == [(EVENTS[line.said], "192.168.0.20")]


@pytest.mark.parametrize("line", STEP_LINES, ids=lambda line: line.start)
def test_a_step_of_the_start_is_told(line: StepLine) -> None:
    assert list(OutputLines().feed(f"{line.start}\n".encode())) == [Doing(line.shown)]


def test_the_line_that_says_ready_is_told() -> None:
    assert list(OutputLines().feed(f"{READY_START} IPv4: 0.0.0.0:8000\n".encode())) == [Ready()]
