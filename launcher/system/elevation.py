"""Do one thing as administrator, after the system has asked the person."""

from enum import StrEnum


class Answer(StrEnum):
    """What came of asking. DECLINED: the person said no, or closed the question; nothing was changed."""

    DONE = "done"
    DECLINED = "declined"
