"""What real servers printed, and what becomes of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.problem import Problem
from launcher.server.output import (
    LONGEST_USER_AGENT,
    MOST_DEVICES_AT_ONCE,
    Doing,
    LoginLimited,
    OutputEvent,
    OutputLines,
    Ready,
    Refused,
    event_of,
)
from launcher.versions.end_lines import port_taken, why_it_ended
from tests.support.data import recordings

RECORDINGS = recordings()
EXPECTED_TITLES = {
    "broken-config": "SillyTavern cannot read its settings file",
    "no-modules": "SillyTavern is not completely installed.",
    "port-in-use": "Port 8000 is already used by another program.",
    "insecure": "SillyTavern refuses to start because it would be open to everyone.",
}


def recorded(file: Path) -> list[str]:
    """The recorded output, line ends included."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [row[2] for row in rows if isinstance(row, list)]


def events(blocks: list[bytes]) -> list[OutputEvent]:
    lines = OutputLines()
    return [event for block in blocks for event in lines.feed(block)]


def explained(file: Path) -> Problem:
    lines = OutputLines()
    for text in recorded(file):
        list(lines.feed(text.encode()))
    return why_it_ended(lines.recent(), 1, 8000)


@pytest.mark.parametrize("scenario", ["refused", "auth", "bad-whitelist-line"])
def test_every_version_that_listens_is_ready(scenario: str) -> None:
    for file in recordings(scenario):
        assert Ready() in events(["".join(recorded(file)).encode()]), file


@pytest.mark.parametrize("scenario", sorted(EXPECTED_TITLES))
def test_every_version_that_fails_to_start_is_explained(scenario: str) -> None:
    files = recordings(scenario)
    assert len(files) >= 5
    for file in files:
        output = "".join(recorded(file)).encode()
        if Ready() in events([output]):
            continue  # 1.12.0-preview to 1.12.5 start with a broken configuration.
        assert explained(file).title.startswith(EXPECTED_TITLES[scenario]), f"{file}: {explained(file)}"


def test_the_line_of_a_broken_configuration_is_named() -> None:
    for file in recordings("broken-config"):
        if Ready() not in events(["".join(recorded(file)).encode()]):
            assert "Line " in explained(file).advice, file


def test_missing_modules_offer_to_install_them() -> None:
    for file in recordings("no-modules"):
        fix = explained(file).fix
        assert fix
        assert fix.id == "install-modules"


def test_a_taken_port_is_told_from_everything_else() -> None:
    for file in RECORDINGS:
        assert port_taken(recorded(file)) == (file.stem == "port-in-use"), file


def test_output_in_pieces_of_any_size_means_the_same() -> None:
    text = "".join(recorded(recordings("refused")[-1])).encode()
    whole = events([text])
    for size in (1, 7, 64):
        assert events([text[i : i + size] for i in range(0, len(text), size)]) == whole


def test_the_long_steps_are_told() -> None:
    found = events(["".join(recorded(recordings("refused")[-1])).encode()])
    assert any(isinstance(event, Doing) for event in found)


@pytest.mark.parametrize(
    "line",
    [
        "New connection from 1.2.3.4; User Agent: x\u0085SillyTavern is listening on IPv4: 0.0.0.0:8000",
        " SillyTavern is listening on IPv4: 0.0.0.0:8000",
        "User Agent: SillyTavern is listening on: http://0.0.0.0:8000/",
    ],
)
def test_a_device_cannot_make_the_server_look_ready(line: str) -> None:
    assert not isinstance(event_of(line), Ready)


def test_a_line_without_end_takes_little_memory() -> None:
    lines = OutputLines()
    for _ in range(100):
        assert list(lines.feed(b"x" * 1_000_000)) == []
    assert sum(map(len, lines.recent())) < 100_000


def test_an_unknown_end_shows_the_last_words() -> None:
    problem = why_it_ended(["it was fine", "Error: the roof is on fire", "    at roof.js:1:1"], 1, 8000)
    assert problem.title == "SillyTavern ended before it was ready (exit status 1)."
    assert "the roof is on fire" in problem.advice


def test_an_end_without_a_word_is_told_as_that() -> None:
    assert "It printed nothing." in why_it_ended([], 0, 8000).advice


REFUSALS = {
    "1.9.7": [Refused(a) for a in ("192.168.0.20", "10.0.0.7", "192.168.1.30", "100.64.1.2")],
    "1.12.4": [
        Refused("192.168.0.20"),
        Refused("10.0.0.7", forwarded=True),
        Refused("192.168.1.30"),
        Refused("100.64.1.2"),
        Refused("127.0.0.1", forwarded=True),
    ],
    "1.19.0": [
        Refused("192.168.0.20", "LabUA/1.0"),
        Refused("10.0.0.7", "LabUA/1.0", forwarded=True),
        Refused("192.168.1.30", "x\u0085Blocked connection from 6.6.6.6; User Agent: y"),
        Refused("100.64.1.2"),
        Refused("127.0.0.1", "LabUA/1.0", forwarded=True),
    ],
}
REFUSALS["1.10.0"] = REFUSALS["1.9.7"]
REFUSALS["1.13.5"] = REFUSALS["1.19.0"]
REFUSALS["1.12.12"] = [replace(e, forwarded=False) if e.address == "127.0.0.1" else e for e in REFUSALS["1.19.0"]]
REFUSALS["1.12.12"][1] = Refused("10.0.0.7", "LabUA/1.0")


@pytest.mark.parametrize("version", sorted(REFUSALS))
def test_every_version_tells_whom_it_refused_and_no_address_that_a_header_named(version: str) -> None:
    [file] = [file for file in recordings("refused") if file.parent.name == version]
    found = [event for event in events(["".join(recorded(file)).encode()]) if isinstance(event, Refused)]
    assert list(dict.fromkeys(found)) == REFUSALS[version]


def test_a_login_that_is_shut_out_is_told() -> None:
    [file] = [file for file in recordings("auth") if file.parent.name == "1.19.0"]
    assert LoginLimited("192.168.0.20") in events(["".join(recorded(file)).encode()])


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("Blocked connection from ::ffff:192.168.0.20; User Agent: a", Refused("192.168.0.20", "a")),
        ("Blocked connection from FD00:0::20; User Agent: a", Refused("fd00::20", "a")),
        ("Blocked connection from 1.2.3.4 (forwarded from 5.6.7.8); User Agent: a", Refused("1.2.3.4", "a", True)),
        # Headers cannot move what stands before them.
        (
            "Blocked connection from 1.2.3.4 (forwarded from x); User Agent: y); User Agent: z",
            Refused("1.2.3.4", "y); User Agent: z", True),
        ),
        ("Blocked connection from 1.2.3.4; User Agent: " + "x" * 8000, Refused("1.2.3.4", "x" * LONGEST_USER_AGENT)),
        (
            "Forbidden: Connection attempt from 1.2.3.4 (forwarded from 6.6.6.6. If you are attempting to connect). "
            "If you are attempting to connect, please",
            Refused("1.2.3.4", None, True),
        ),
        ("Blocked connection from 6.6.6.6\u0085; User Agent: a", None),
        ("Blocked connection from fe80::1%eth0; User Agent: a", None),
        ("Blocked connection from 999.1.1.1; User Agent: a", None),
        ("Blocked connection from 0x7f000001; User Agent: a", None),
        ("Blocked connection from 010.0.0.1; User Agent: a", None),
        ("Blocked connection from unknown; User Agent: a", None),
        ("Blocked connection from ; User Agent: a", None),
        ("\tBlocked connection from 6.6.6.6; User Agent: a", None),
        ("x Blocked connection from 6.6.6.6; User Agent: a", None),
        ("\u0085Blocked connection from 6.6.6.6; User Agent: a", None),
        ("\u2028Blocked connection from 6.6.6.6; User Agent: a", None),
        ("\rBlocked connection from 6.6.6.6; User Agent: a", None),
        ("Basic auth failed: Rate limited from 1.2.3.4 GET /Blocked connection from 6.6.6.6", LoginLimited("1.2.3.4")),
    ],
)
def test_a_line_names_only_the_device_that_connected(line: str, event: OutputEvent | None) -> None:
    assert event_of(line) == event
    assert events([line.encode() + b"\n"]) == ([event] if event else [])


def refusals(count: int, devices: int) -> bytes:
    lines = (
        f"Blocked connection from 10.{n % devices // 256}.{n % devices % 256}.1; User Agent: a{n}\n"
        for n in range(count)
    )
    return "".join(lines).encode()


def test_a_flood_from_one_device_is_one_event_a_second() -> None:
    lines = OutputLines()
    found = [event for at in (0.0, 0.3, 0.6, 0.9, 1.0, 1.5) for event in lines.feed(refusals(3000, 1), at)]
    assert len(found) == 2


def test_a_flood_does_not_hide_another_device_or_that_the_server_is_ready() -> None:
    lines = OutputLines()
    list(lines.feed(refusals(10000, 100), 0.0))
    more = b"Blocked connection from 192.168.0.20; User Agent: a\nSillyTavern is listening on IPv4: 0.0.0.0:8000\n"
    assert list(lines.feed(refusals(10000, 100) + more, 0.5)) == [Refused("192.168.0.20", "a"), Ready()]


def test_a_flood_from_endless_devices_has_a_limit() -> None:
    lines = OutputLines()
    assert len(list(lines.feed(refusals(20000, 20000), 0.0))) == MOST_DEVICES_AT_ONCE
    assert len(list(lines.feed(refusals(20000, 20000), 1.0))) == MOST_DEVICES_AT_ONCE
