"""What the page says, and whose page a text is. The server fills in the address, `{{ipDetails}}`, as escaped HTML."""

import hashlib
from functools import cache
from pathlib import Path

from launcher.versions.refusal_page import ORIGINALS_SHA256
from launcher.versions.table import facts

# A comment of the server's template language: it is in the file and never sent to anyone.
MARKER = "{{!-- tavernkeep: waiting page --}}"


def page(version: str, login_on: bool) -> str:
    """The page for a server of `version`. `login_on`: who sees it has given the right password already."""
    text = _template()
    if login_on:
        text = text.replace('data-login="off"', 'data-login="on"', 1)
    if facts(version).favicon_refusal_logged:
        text = text.replace('data-favicon="quiet"', 'data-favicon="logged"', 1)
    return text


def is_ours(text: str) -> bool:
    """Whether this is a page of Tavernkeep, of this or an earlier version of it."""
    return text.lstrip("\ufeff").startswith(MARKER)


def is_original(text: str, default: str | None) -> bool:
    """Whether this is the server's own page; `default` is the one that came with the installation."""
    plain = text.replace("\r\n", "\n")
    if default is not None and plain == default.replace("\r\n", "\n"):
        return True
    return hashlib.sha256(plain.encode()).hexdigest() in ORIGINALS_SHA256


@cache
def _template() -> str:
    return Path(__file__).with_name("page.html").read_text("utf-8")
