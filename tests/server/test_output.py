"""What real servers printed, and what becomes of it."""

import json
from pathlib import Path

import pytest

from launcher.problem import Problem
from launcher.server.output import Doing, Lines, OutputEvent, Ready, event_of, port_taken, why_it_ended
from tests.support.machine import REPOSITORY, shared_folder

RECORDINGS = sorted((REPOSITORY.parent / "shared/data/console").glob("*/*.jsonl"))
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


def recordings(scenario: str) -> list[Path]:
    return sorted((shared_folder() / "data/console").glob(f"*/{scenario}.jsonl"))


def events(blocks: list[bytes]) -> list[OutputEvent]:
    lines = Lines()
    return [event for block in blocks for event in lines.feed(block)]


def explained(file: Path) -> Problem:
    lines = Lines()
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
    lines = Lines()
    for _ in range(100):
        assert list(lines.feed(b"x" * 1_000_000)) == []
    assert sum(map(len, lines.recent())) < 100_000


def test_an_unknown_end_shows_the_last_words() -> None:
    problem = why_it_ended(["it was fine", "Error: the roof is on fire", "    at roof.js:1:1"], 1, 8000)
    assert problem.title == "SillyTavern ended before it was ready (exit status 1)."
    assert "the roof is on fire" in problem.advice


def test_an_end_without_a_word_is_told_as_that() -> None:
    assert "It said nothing." in why_it_ended([], 0, 8000).advice
