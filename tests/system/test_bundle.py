"""What the loader of the built program put around this process, and what other programs get of it."""

import os
import sys

import pytest

from launcher.system.bundle import forget_tk, leave_environment, users_environment

BUILT = {"LD_LIBRARY_PATH": "/bundle", "TCL_LIBRARY": "/bundle/tcl", "_PYI_ARCHIVE_FILE": "/bundle/it", "HOME": "/h"}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)


@pytest.mark.usefixtures("built")
def test_what_the_loader_set_is_dropped() -> None:
    assert users_environment(BUILT) == {"HOME": "/h"}


@pytest.mark.usefixtures("built")
def test_the_users_own_library_path_comes_back() -> None:
    assert users_environment(BUILT | {"LD_LIBRARY_PATH_ORIG": "/own"}) == {"HOME": "/h", "LD_LIBRARY_PATH": "/own"}


def test_without_the_built_program_their_paths_are_theirs() -> None:
    theirs = {"LD_LIBRARY_PATH": "/own", "TCL_LIBRARY": "/tcl"}
    assert users_environment(theirs) == theirs
    # Started by another program that was built so, which is not ours.
    assert users_environment({"LD_LIBRARY_PATH": "/x", "LD_LIBRARY_PATH_ORIG": "/own"}) == {"LD_LIBRARY_PATH": "/own"}


@pytest.mark.usefixtures("built")
@pytest.mark.skipif(sys.platform == "win32", reason="changes the library folder of this very process")
def test_this_process_keeps_only_what_tk_still_has_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(BUILT))
    leave_environment(opens_window=True)
    assert os.environ == {"HOME": "/h", "TCL_LIBRARY": "/bundle/tcl"}
    forget_tk()
    assert os.environ == {"HOME": "/h"}


@pytest.mark.usefixtures("built")
@pytest.mark.skipif(sys.platform == "win32", reason="changes the library folder of this very process")
def test_a_process_without_a_window_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(BUILT))
    leave_environment(opens_window=False)
    assert os.environ == {"HOME": "/h"}
