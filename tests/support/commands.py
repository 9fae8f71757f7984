"""The real `tavernkeep` command, here or on a host of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-P", "-m", "launcher"]


@dataclass(frozen=True)
class Tavernkeep:
    """`prefix` is put before each command line, such as `hosts.on_pc()`; `more` is added to the environment."""

    home: Path
    prefix: list[str] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return ours | {"TAVERNKEEP_HOME": str(self.home)} | self.more

    def command(self, *words: str) -> list[str]:
        return [*self.prefix, *COMMAND, *words]

    def run(self, *words: str, timeout_s: float = 90, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """What the command did, whatever that was."""
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def popen(self, *words: str) -> subprocess.Popen[str]:
        """The command, running, with its output and its errors in one pipe."""
        return subprocess.Popen(
            self.command(*words),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, *words: str, timeout_s: float = 90) -> str:
        """The output of a command that must succeed."""
        done = self.run(*words, timeout_s=timeout_s)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> Any:  # noqa: ANN401 - JSON is anything
        """The JSON document of a command that must succeed."""
        return json.loads(self.do(*words, "--json"))

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json("status")
        return found
