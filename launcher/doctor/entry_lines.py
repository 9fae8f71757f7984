"""The line of each whitelist entry in its file, so that people find it. PURE."""

import re

from launcher.access.javascript import trim

_ITEM = re.compile(r"\s*-\s+(.*)")
_QUOTED = re.compile(r"(['\"])(.*?)\1")


def of_text_list(text: str) -> dict[str, int]:
    """Return the line of each entry of a whitelist.txt, counted from 1; of an entry that is there twice, the first."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if line:
            found.setdefault(trim(line), number)
    return found


def of_configuration(text: str) -> dict[str, int]:
    """Return the lines of a configuration that look like whitelist entries. It misses an entry in another notation."""
    found: dict[str, int] = {}
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"(?:const |let |var )?\s*whitelist\s*[:=]", line):
            inside, line = True, re.split("[:=]", line, maxsplit=1)[1]
        elif inside and re.match(r"[^\s#\-\]'\"/]", line):
            return found
        if inside:
            item = _ITEM.match(line)
            texts = [each[2] for each in _QUOTED.finditer(line)] or ([item[1]] if item else [])
            for each in texts:
                found.setdefault(trim(each), number)
    return found
