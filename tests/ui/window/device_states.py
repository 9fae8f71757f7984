"""What the window is shown about devices: who was here, and questions about them."""

from dataclasses import replace
from time import time

from launcher.keeper.view import Device, Question, View
from tests.ui.window.states import RUNNING, longer

NOW = time()
IPAD = Device(
    "192.168.0.20",
    "Kitchen iPad",
    "iPad · Safari",
    "a4:83:e7:00:00:20",
    NOW - 9e5,
    NOW - 5,
    let_in=True,
    by="192.168.0.20",
)
ANDROID = Device(
    "192.168.0.31", "", "Android · Chrome", "02:00:00:00:00:31", NOW - 4000, NOW - 3700, let_in=True, by="192.168.0.*"
)
STRANGER = Device("192.168.0.44", "", "", None, NOW - 400, NOW - 300, let_in=False)
NEVER = Device("192.168.0.45", "Neighbour", "Windows · Firefox", None, NOW - 4e5, NOW - 3e5, False, never_ask=True)
PROXIED = Device("fd00::7", "", "Samsung Internet", None, NOW - 500, NOW - 450, True, "fd00::/64", forwarded=True)

SOME = replace(RUNNING, devices=(IPAD, STRANGER))
MANY = replace(RUNNING, devices=(IPAD, STRANGER, ANDROID, NEVER, PROXIED))

IPHONE = Question("192.168.0.21", "", "iPhone · Safari", network="192.168.0.*")
QUESTIONS: dict[str, View] = {
    "question": replace(SOME, question=IPHONE),
    "question-unknown": replace(SOME, question=Question("192.168.0.44", "", "", network="192.168.0.*", more=2)),
    "question-moved": replace(
        SOME, question=Question("192.168.0.77", "Kitchen iPad", "iPad · Safari", "192.168.0.*", replaces="192.168.0.20")
    ),
    "question-busy": replace(SOME, question=replace(IPHONE, busy=True, more=1)),
    "question-far": replace(
        SOME,
        question=Question(
            "203.0.113.9", "", "Android · Chrome", warning="It comes from the Internet, not from your own network."
        ),
    ),
    "question-all": replace(
        SOME,
        question=Question(
            "2001:db8:1234:5678:9abc:def0:1234:5678",
            longer("Kitchen iPad of my aunt Ida"),
            "Mac or iPad · Safari",
            network="192.168.*.*",
            replaces="2001:db8:1234:5678:9abc:def0:1234:1111",
            more=19,
            busy=True,
            warning="It comes from the Internet, not from your own network.",
        ),
    ),
}
