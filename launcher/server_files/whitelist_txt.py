"""Add and remove entries of whitelist.txt; every other byte stays as it is. PURE.

`launcher.access.list_verdict.parse_text` reads the entries.
"""

import re

from launcher.access.javascript import trim
from launcher.access.list_verdict import parse_text
from launcher.server_files.splice import newline
from launcher.server_files.value import EditRefused

FILE_NAME = "whitelist.txt"
ONE_LINE = "Type one address, such as 192.168.0.20, or one network, such as 192.168.0.*."


def add(text: str, entry: str) -> str:
    """Return the text with the entry as its last line; the same text when it is there already.

    Raises EditRefused when `entry` is empty or not one line.
    """
    entry = _entry(entry)
    if entry in parse_text(text):
        return text
    line_break = newline(text)
    if text.strip("\ufeff") and not text.endswith("\n"):
        return f"{text}{line_break}{entry}"
    return f"{text}{entry}{line_break}"


def add_above(text: str, entry: str, line: str) -> str:
    """Return the text with the entry above the first line that is `line`; as its last line when there is none.

    Raises EditRefused when `entry` is empty or not one line.
    """
    place = 0
    for found in re.findall(r"[^\n]*\n|[^\n]+", text):
        if found != "\n" and trim(found) == line:
            mark = "\ufeff" if found.startswith("\ufeff") else ""
            return f"{text[:place]}{mark}{_entry(entry)}{newline(text)}{text[place:].removeprefix(mark)}"
        place += len(found)
    return add(text, entry)


def remove(text: str, entry: str) -> str:
    """Return the text without the lines that are this entry; the same text when there is none.

    "" removes the blank lines that the server takes for entries (in a file with CRLF). Raises EditRefused when `entry`
    has several lines.
    """
    wanted = _entry(entry) if entry else ""
    kept, mark = [], ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        if line != "\n" and trim(line) == wanted:
            mark = mark or ("\ufeff" if line.startswith("\ufeff") else "")
        else:
            kept.append(line)
    return mark + "".join(kept) if kept else ""


def _entry(entry: str) -> str:
    trimmed = trim(entry)
    if not trimmed or "\n" in trimmed or "\r" in trimmed:
        raise EditRefused(FILE_NAME, repr(entry), "an entry is one line that is not empty", advice=ONE_LINE)
    try:
        trimmed.encode()
    except UnicodeEncodeError as error:
        raise EditRefused(FILE_NAME, repr(entry), "it holds half a character", advice=ONE_LINE) from error
    return trimmed
