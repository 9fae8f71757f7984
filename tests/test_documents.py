"""The documents name only files that exist."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
# A package may be named by its place below one of these.
PLACES = (REPOSITORY, REPOSITORY / "launcher", REPOSITORY / "launcher/ui")
# Made by run.py, so not in a fresh clone.
MADE = {".venv/bin/python", "./add-to-menu", "dist/"}


def paths(text: str) -> set[str]:
    """Return the words between backticks that look like a path of this project."""
    # What begins with ~ or % is a folder of the user.
    words = {word for code in re.findall(r"`([^`~%\n][^`\n]*)`", text) for word in code.split()}
    return {word for word in words if re.fullmatch(r"[a-zA-Z_.][\w.-]*(/[\w.-]*)+|[\w-]+\.(py|md)", word)} - MADE


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str) -> None:
    named = paths((REPOSITORY / document).read_text("utf-8"))
    assert named or document == "CHANGELOG.md", f"{document} names no file"
    assert not [name for name in sorted(named) if not any((place / name).exists() for place in PLACES)]


def test_a_path_is_told_from_an_address_and_a_command() -> None:
    text = "`run.py test tests/a.py` `0.0.0.0/0` `access/` `config.yaml` `doctor --phone 192.168.0.20` `x.md`"
    assert paths(text) == {"run.py", "tests/a.py", "access/", "x.md"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_picture_is_there(document: str) -> None:
    text = (REPOSITORY / document).read_text("utf-8")
    pictures = set(re.findall(r"(?:src|srcset)=\"([^\"]+)\"", text))
    assert not [name for name in sorted(pictures) if not (REPOSITORY / name).exists()]
