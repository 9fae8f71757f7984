"""How a UI reaches the keeper: find it, or start it and wait for it."""

import subprocess
import threading
import time
from collections.abc import Callable

from launcher.keeper.channel import Link, connect
from launcher.keeper.messages import Reply, Request, UIMessage
from launcher.problem import TavernkeepError
from launcher.system.folders import Folders
from launcher.system.ourselves import start_detached

START_PATIENCE_S = 15.0
ANSWER_PATIENCE_S = 10.0
POLL_INTERVAL_S = 0.005


def reach(folders: Folders, keeper: subprocess.Popen[bytes] | None = None, start: bool = False) -> tuple[Link, bool]:
    """The channel to the keeper, and whether it had to be started. Raises TavernkeepError when it does not come.

    `keeper` is on its way already. `start`: one that has to be started starts the server as well.
    """
    command = ["keeper", *(["start"] if start else [])]
    if not keeper:
        if link := connect(folders):
            return link, False
        folders.make()
        keeper = start_detached(*command, log=folders.own_log)
    give_up_at = time.monotonic() + START_PATIENCE_S
    pause = threading.Event()
    while time.monotonic() < give_up_at:
        if link := connect(folders):
            return link, True
        status = keeper.poll()
        if status == 0:
            # It found another keeper, which is just coming, and answers soon, or just going, and then comes our turn.
            keeper = start_detached(*command, log=folders.own_log)
        elif status is not None:
            break
        pause.wait(POLL_INTERVAL_S)
    raise _did_not_come(keeper, folders)


def _did_not_come(keeper: subprocess.Popen[bytes], folders: Folders) -> TavernkeepError:
    from launcher.system.logs import tail

    last = "".join(line for line in tail(folders.own_log, 1))
    return TavernkeepError(
        "Tavernkeep could not start its background part.", f"The log {folders.own_log} says why. {last}".strip()
    )


def ask(
    link: Link,
    request: Request,
    on_event: Callable[[UIMessage], None] | None = None,
    patience_s: float = ANSWER_PATIENCE_S,
) -> Reply:
    """Send `request` and wait for its reply; other events go to `on_event`. Raises TavernkeepError without a keeper.

    An installation takes minutes, so a reply may too. But a keeper that says nothing for `patience_s` has to show that
    it is still there: NoAnswerError, which names its process, when it does not.
    """
    try:
        number = link.send(request)
    except ConnectionError as error:
        raise keeper_gone() from error
    while event := link.receive(patience_s):
        if isinstance(event, Reply) and event.id == number:
            return event
        if on_event:
            on_event(event)
    raise keeper_gone()


class KeeperGoneError(TavernkeepError):
    """The keeper ended before it replied."""


def keeper_gone() -> KeeperGoneError:
    return KeeperGoneError("The connection to Tavernkeep's background part broke.", "Try again.")
