"""whitelist.txt: an entry added or removed, and every other byte as it was. PURE.

What the lines mean is `launcher.access.listing`'s to say.
"""

import re

from launcher.server_files.splice import newline
from launcher.server_files.value import EditRefused

# What JavaScript's trim() removes; Python's strip() takes other characters too.
JS_BLANKS = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
JS_BLANKS += "\u2028\u2029\u202f\u205f\u3000\ufeff"
FILE_NAME = "whitelist.txt"


def read(text: str) -> list[str]:
    """The entries as the server takes them: split at line feeds, empty lines dropped, then trimmed as JavaScript does.

    A blank line of a CRLF file is an empty entry.
    """
    return [line.strip(JS_BLANKS) for line in text.split("\n") if line]


def add(text: str, entry: str) -> str:
    """The text with the entry as its last line; the same text when it is there already. EditRefused for no entry."""
    entry = _entry(entry)
    if entry in read(text):
        return text
    line_break = newline(text)
    if text.strip("\ufeff") and not text.endswith("\n"):
        return f"{text}{line_break}{entry}"
    return f"{text}{entry}{line_break}"


def remove(text: str, entry: str) -> str:
    """The text without the lines that are this entry; the same text when there is none."""
    entry = _entry(entry)
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text[len(mark) :])
    kept = "".join(line for line in lines if line.strip(JS_BLANKS) != entry)
    return mark + kept if kept else ""


def _entry(entry: str) -> str:
    trimmed = entry.strip(JS_BLANKS)
    if not trimmed or "\n" in trimmed or "\r" in trimmed:
        raise EditRefused(FILE_NAME, repr(entry), "an entry is one line that is not empty")
    try:
        trimmed.encode()
    except UnicodeEncodeError as error:
        raise EditRefused(FILE_NAME, repr(entry), "it holds half a character, which no file can hold") from error
    return trimmed
