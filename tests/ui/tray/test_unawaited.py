"""What asyncio tells of writings that nobody waited for."""

import asyncio
import logging

import pytest

from launcher.ui.tray.linux import _on_unawaited


@pytest.mark.parametrize(("error", "traceback"), [(BrokenPipeError(32, "Broken pipe"), False), (KeyError("a"), True)])
def test_a_bus_that_ends_while_it_is_written_to_is_no_bug(
    error: Exception, traceback: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def forget_a_future() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_on_unawaited)
        future = loop.create_future()
        future.set_exception(error)
        del future

    with caplog.at_level(logging.INFO):
        asyncio.run(forget_a_future())
    assert [bool(record.exc_info) for record in caplog.records if "selector" not in record.message] == [traceback]
