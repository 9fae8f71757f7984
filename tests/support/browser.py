"""A browser tab that stays open, driven through Chromium's DevTools protocol over a pipe: no port, on any host."""

import base64
import fcntl
import json
import os
import selectors
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.hosts import Hosts
from tests.support.machine import need
from tests.support.phone import FLAGS
from tests.support.waiting import wait_until

Message = dict[str, Any]

ANSWER_TIMEOUT_S = 60
# The protocol is spoken on the descriptors 3 (to the browser) and 4 (from it).
WITH_PIPES = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'


class ProtocolError(Exception):
    """What the browser said instead of an answer."""


class _Pipe:
    """Messages to the browser and its answers, as JSON ended by a zero byte.

    `reactions`: what to command at an event, by its name. It is done while an answer is waited for.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out, self._in = to_browser, from_browser
        self._number, self._buffer = 0, b""
        self.reactions: dict[str, Callable[[Message], tuple[str, Message]]] = {}

    def ask(self, method: str, parameters: Message, session: str | None = None) -> Message:
        number = self._send(method, parameters, session)
        while True:
            answer = self._next()
            if answer.get("id") == number:
                if "error" in answer:
                    raise ProtocolError(f"{method}: {answer['error']['message']}")
                result: Message = answer["result"]
                return result
            if reaction := self.reactions.get(answer.get("method", "")):
                self._send(*reaction(answer["params"]), answer.get("sessionId"))

    def _send(self, method: str, parameters: Message, session: str | None) -> int:
        self._number += 1
        message: Message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return self._number

    def _next(self) -> Message:
        end = time.monotonic() + ANSWER_TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._in, selectors.EVENT_READ)
            while b"\0" not in self._buffer:
                assert selector.select(end - time.monotonic()), "the browser does not answer"
                block = os.read(self._in, 1 << 20)
                assert block, "the browser has ended"
                self._buffer += block
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: Message = json.loads(line)
        return message


@dataclass(frozen=True)
class Tab:
    """One tab, 412 × 915 as on a phone."""

    _pipe: _Pipe
    _session: str

    def call(self, method: str, **parameters: object) -> Message:
        """The answer to any command of the protocol, such as `Network.setExtraHTTPHeaders`. ProtocolError for none."""
        return self._pipe.ask(method, parameters, self._session)

    def open(self, url: str) -> None:
        """Goes to `url`; returns when its server has answered."""
        self.call("Page.navigate", url=url)

    def log_in(self, username: str, password: str) -> list[str]:
        """From now on a person types this at each of the browser's prompts for a login.

        Returns what prompted, which grows while the tab is used: `Document` for a page, `Fetch` for a script's request.
        All requests of the tab then wait for the test to use it.
        """
        prompted: list[str] = []

        def typed(event: Message) -> tuple[str, Message]:
            prompted.append(event["resourceType"])
            login = {"response": "ProvideCredentials", "username": username, "password": password}
            return "Fetch.continueWithAuth", {"requestId": event["requestId"], "authChallengeResponse": login}

        self._pipe.reactions["Fetch.authRequired"] = typed
        self._pipe.reactions["Fetch.requestPaused"] = lambda event: (
            "Fetch.continueRequest",
            {"requestId": event["requestId"]},
        )
        self.call("Fetch.enable", handleAuthRequests=True)
        return prompted

    def value(self, script: str) -> Any:  # noqa: ANN401 - JSON is anything
        """The JSON value of a JavaScript expression in the page; None also while the page is being replaced."""
        try:
            answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        except ProtocolError:
            return None
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def text(self) -> str:
        """The words that a person sees."""
        return self.value("document.body ? document.body.innerText : ''") or ""

    def wait_for(self, script: str, timeout_s: float = 30) -> Any:  # noqa: ANN401 - JSON is anything
        """The JSON value of `script` as soon as that is true in Python: not empty, not 0."""
        try:
            return wait_until(lambda: self.value(script), timeout_s, script)
        except AssertionError as error:
            raise AssertionError(f"{error}; the page says {self.text()[:300]!r}") from error

    def picture(self, file: Path, dark: bool = False) -> None:
        """Writes what the tab shows, in the light or the dark colours, into a PNG file."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def open_browser(hosts: Hosts | None = None) -> Iterator[Tab]:
    """A new browser with one empty tab on the phone of `hosts`, or on this computer. Skips without Chromium."""
    need("chromium", "bash")
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        command = ["chromium", *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        with _running(hosts.on_phone(*command) if hosts else command) as pipe:
            target = pipe.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
            session = pipe.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
            tab = Tab(pipe, session)
            size = {"width": 412, "height": 915, "deviceScaleFactor": 1, "mobile": True}
            tab.call("Emulation.setDeviceMetricsOverride", **size)
            yield tab


@contextmanager
def _running(command: list[str]) -> Iterator[_Pipe]:
    browser_in, to_browser = _pipe_ends()
    from_browser, browser_out = _pipe_ends()
    process = subprocess.Popen(
        ["bash", "-c", WITH_PIPES, "browser", str(browser_in), str(browser_out), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(browser_in, browser_out),
    )
    os.close(browser_in)
    os.close(browser_out)
    try:
        yield _Pipe(to_browser, from_browser)
    finally:
        # It ends when nobody can talk to it any more.
        os.close(to_browser)
        os.close(from_browser)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _pipe_ends() -> tuple[int, int]:
    """A pipe whose descriptors are above those that the browser expects."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]
