"""The tests of rooms whose behaviour depends on the system, run by the Windows Python itself."""

import pytest

from tests.support.machine import REPOSITORY
from tests.support.windows import WindowsPC, windows_path

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]

RUN_PYTEST = "import os, sys, pytest; os.chdir(sys.argv[1]); sys.exit(pytest.main(sys.argv[2:]))"
ROOMS = ["tests/keeper/test_channel.py", "tests/keeper/test_next_state.py", "tests/system", "tests/server_files"]
# They look at modes, UNIX sockets or file descriptors of sockets, which Windows does not have.
NOT_ON_WINDOWS = [
    "tests/keeper/test_channel.py::test_only_the_user_can_reach_the_channel",
    "tests/keeper/test_channel.py::test_a_client_that_sends_nonsense_is_dropped_and_nobody_else[b'xxxx",
    "tests/keeper/test_channel.py::test_a_client_that_announces_more_than_it_may_send_is_dropped",
    "tests/keeper/test_channel.py::test_a_client_that_never_says_a_word_holds_up_nobody",
    "tests/keeper/test_channel.py::test_a_short_folder_that_others_can_enter_is_refused",
    "tests/system/test_logs.py::test_only_the_user_can_read_it",
    "tests/system/test_settings.py::test_what_was_saved_is_loaded",
]


def test_the_rooms_hold_on_windows(pc: WindowsPC) -> None:
    options = ["-p", "no:cacheprovider", "--noconftest", "--no-header", "-q", "--timeout", "60"]
    options += [f"--deselect={name}" for name in NOT_ON_WINDOWS]
    status, output = pc.run("-c", RUN_PYTEST, windows_path(REPOSITORY), *options, *ROOMS, time_limit_s=400)
    assert status == 0, output[-8000:]
