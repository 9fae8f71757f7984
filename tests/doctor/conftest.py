"""A SillyTavern for the doctor's tests."""

from pathlib import Path

import pytest

from tests.doctor.patients import DEFAULTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A SillyTavern 1.19.0 without its program, as far as files tell."""
    place = tmp_path / "st"
    (place / "default").mkdir(parents=True)
    (place / "package.json").write_text('{"name": "sillytavern", "version": "1.19.0"}')
    (place / "server.js").write_text("")
    (place / "default" / "config.yaml").write_text(DEFAULTS)
    (place / "config.yaml").write_text(DEFAULTS)
    return place
