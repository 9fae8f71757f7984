"""How the keeper logs: to its standard error, which is tavernkeep.log, and never more than that may hold."""

import logging
from pathlib import Path
from typing import TextIO

from launcher.system.own_log import LIMIT_BYTES, keep_small


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes to the standard error and keeps the file `log`, which that is, small."""

    def __init__(self, log: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        super().__init__()
        self._log = log
        self._limit = limit_bytes

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        keep_small(self._log, self._limit)
