"""README and CONTRIBUTING name only files that exist."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_is_named_exists(document: str) -> None:
    text = (REPOSITORY / document).read_text("utf-8")
    named = set(re.findall(r"`((?:launcher|tests|assets)/[\w./-]*)`", text))
    assert named, f"{document} names no file"
    assert not [name for name in sorted(named) if not (REPOSITORY / name).exists()]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_picture_is_there(document: str) -> None:
    text = (REPOSITORY / document).read_text("utf-8")
    pictures = set(re.findall(r"(?:src|srcset)=\"([^\"]+)\"", text))
    assert not [name for name in sorted(pictures) if not (REPOSITORY / name).exists()]
