"""A .desktop file as text, after the Desktop Entry Specification 1.5: how words are quoted in `Exec`. PURE."""

import re
from collections.abc import Sequence

from launcher.system.autostart.entry import AutostartEntry

GROUP = "Desktop Entry"
QUOTED = re.compile(r"[\s\"'\\><~|&;$*?#()`]")
SPECIAL_IN_QUOTES = re.compile(r'(["`$\\])')
# The escapes of every string value; they come off before the quoting is looked at.
STRING_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
STRING_UNESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
# The specification forbids `=` in the name of a program, and GLib (2.74) does not find one that has a `%`.
THROUGH_SHELL = ("sh", "-c", 'exec "$0" "$@"')
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)', re.DOTALL)


def desktop_entry(command: Sequence[str]) -> str:
    """The file that starts `command` at login."""
    return "\n".join(
        (
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
    )


def exec_value(command: Sequence[str]) -> str:
    """`command` as the value of `Exec`."""
    words = [*THROUGH_SHELL, *command] if {"%", "="} & set(command[0]) else command
    return "".join(STRING_ESCAPES.get(c, c) for c in " ".join(_quoted(word) for word in words))


def _quoted(word: str) -> str:
    word = word.replace("%", "%%")
    if word and not QUOTED.search(word):
        return word
    return '"' + SPECIAL_IN_QUOTES.sub(r"\\\1", word) + '"'


def words_of(value: str) -> tuple[str, ...]:
    """The words of an `Exec` value, without field codes such as `%u`."""
    plain = re.sub(r"\\(.)", lambda found: STRING_UNESCAPES.get(found[1], found[0]), value, flags=re.DOTALL)
    words = []
    for found in WORD.finditer(plain):
        word = found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
        if not re.fullmatch(r"%[a-zA-Z]", word):
            words.append(word.replace("%%", "%"))
    return tuple(words[3:] if tuple(words[:3]) == THROUGH_SHELL else words)


def read_entry(text: str) -> AutostartEntry:
    """What a file starts, and whether the desktop was told not to start it."""
    keys: dict[str, str] = {}
    group = ""
    for line in text.splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == f"[{GROUP}]" and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            keys.setdefault(key.strip(), value.strip())
    hidden = keys.get("Hidden", "").lower() == "true"
    off = keys.get("X-GNOME-Autostart-enabled", "").lower() == "false"
    return AutostartEntry(words_of(keys.get("Exec", "")), hidden or off)
