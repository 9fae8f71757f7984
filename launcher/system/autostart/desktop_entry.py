"""~/.config/autostart/tavernkeep.desktop, which Linux desktops read at login.

After the Desktop Application Autostart Specification 0.5 and, for how words are quoted in `Exec`, the Desktop Entry
Specification 1.5.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from launcher.system.autostart.entry_file import AutostartEntry, EntryFile

GROUP = "Desktop Entry"
QUOTED = re.compile(r"[\s\"'\\><~|&;$*?#()`]")
SPECIAL_IN_QUOTES = re.compile(r'(["`$\\])')
# The escapes of every string value; they come off before the quoting is looked at.
STRING_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
STRING_UNESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
# The specification forbids `=` in the name of a program, and GLib (2.74) does not find one that has a `%`.
THROUGH_SHELL = ("sh", "-c", 'exec "$0" "$@"')
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)', re.DOTALL)


def xdg_folder(variable: str, usual: str) -> Path:
    """Return the folder that `variable` names, else `usual` in the user's home."""
    chosen = Path(os.environ.get(variable, ""))
    # The specification says to ignore one that is not absolute.
    return chosen if chosen.is_absolute() else Path.home() / usual


def path() -> Path:
    return xdg_folder("XDG_CONFIG_HOME", ".config") / "autostart" / "tavernkeep.desktop"


def encode(command: Sequence[str]) -> bytes:
    lines = (
        f"[{GROUP}]",
        "Type=Application",
        "Name=Tavernkeep",
        "Comment=Puts SillyTavern on your phone",
        f"Exec={exec_value(command)}",
        "Icon=tavernkeep",
        "Terminal=false",
        "StartupNotify=false",
        "X-GNOME-Autostart-enabled=true",
        "",
    )
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def exec_value(command: Sequence[str]) -> str:
    """Return `command` as the value of `Exec`."""
    words = [*THROUGH_SHELL, *command] if {"%", "="} & set(command[0]) else command
    return "".join(STRING_ESCAPES.get(c, c) for c in " ".join(_quoted(word) for word in words))


def _quoted(word: str) -> str:
    word = word.replace("%", "%%")
    if word and not QUOTED.search(word):
        return word
    return '"' + SPECIAL_IN_QUOTES.sub(r"\\\1", word) + '"'


def words_of(value: str) -> tuple[str, ...]:
    """Return the words of an `Exec` value, without field codes such as `%u`."""
    plain = re.sub(r"\\(.)", lambda found: STRING_UNESCAPES.get(found[1], found[0]), value, flags=re.DOTALL)
    words = []
    for found in WORD.finditer(plain):
        word = found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
        if not re.fullmatch(r"%[a-zA-Z]", word):
            words.append(word.replace("%%", "%"))
    return tuple(words[3:] if tuple(words[:3]) == THROUGH_SHELL else words)


def decode(data: bytes) -> AutostartEntry:
    """Return what the file starts, and whether the desktop was told not to start it."""
    keys: dict[str, str] = {}
    group = ""
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == f"[{GROUP}]" and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            keys.setdefault(key.strip(), value.strip())
    hidden = keys.get("Hidden", "").lower() == "true"
    off = keys.get("X-GNOME-Autostart-enabled", "").lower() == "false"
    return AutostartEntry(words_of(keys.get("Exec", "")), hidden or off)


ENTRY_FILE = EntryFile(path, encode, decode)
