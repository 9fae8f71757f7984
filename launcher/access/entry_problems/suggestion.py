"""What was probably meant by an entry that SillyTavern refuses. PURE.

A suggestion is made only when every version reads its result and the result is neither dangerous nor useless.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from launcher.access.entry_problems.matched_entry import HARDWARE_ADVICE, HARDWARE_TITLE, is_hardware_address, sound
from launcher.access.javascript import trim

# Longer lines are no mistyped addresses.
READ_LENGTH = 300
# A URL in quotes with a comment behind it needs several; more than this many are a guess.
MOST_CORRECTIONS = 4

_NUMBER = r"\d{1,3}"
_COMMENT = re.compile(r"(.*?)\s*(?:#|;|//|<!--|--\s).*", re.ASCII)
_WRAPPED = " \t,;'\"`“”‘’„()<>{}"
_BRACKETS = re.compile(r"\[([^\[\]]+)\](?::\d*)?(?:/.*)?", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/{2,}(?:[^/@]*@)?([^/?#]+).*", re.ASCII)
_PORT = re.compile(rf"({_NUMBER}(?:\.(?:{_NUMBER}|\*)){{3}}):\d+(?:/.*)?", re.ASCII)
_SHORT_RANGE = re.compile(rf"((?:{_NUMBER}\.){{3}})({_NUMBER})\s*-\s*({_NUMBER})", re.ASCII)
_STARRED = re.compile(rf"({_NUMBER}(?:\.{_NUMBER}){{0,2}})((?:\.\*){{1,3}})/(\d+)", re.ASCII)
_UNFINISHED = re.compile(rf"{_NUMBER}(?:\.(?:{_NUMBER}|\*)){{0,2}}\.?", re.ASCII)
_NAME = re.compile(r"(?=[^:]*[A-Za-z_])[A-Za-z0-9_](?:[A-Za-z0-9_.-]*)", re.ASCII)
_DASHES = re.compile(r"\s*(?:[‐‑‒–—−]|\.\.+|…|\bto\b|\bbis\b|->|→)\s*")
_ANYONE = {"all", "any", "everyone", "everybody"}


@dataclass(frozen=True)
class Suggestion:
    """Why the entry is refused, and the entries that were meant (None: unknown).

    `mild`: where refused entries are merely left out, this one does no harm and nothing else was meant.
    """

    title: str
    entries: tuple[str, ...] | None
    advice: str = ""
    mild: bool = False


def suggest(entry: str) -> Suggestion | None:
    """What was probably meant by a refused entry; None when there is no good guess."""
    text = trim(entry)
    if not text:
        return Suggestion("An empty line.", (), mild=True)
    if len(text) > READ_LENGTH:
        return None
    if text.startswith(("#", ";", "//", "<!--")):
        return Suggestion("A comment: SillyTavern reads every line as an address.", (), mild=True)
    for title, attempt in _CORRECTIONS:
        meant = attempt(text)
        entries = _all_sound(meant, MOST_CORRECTIONS) if meant else None
        if entries:
            return Suggestion(title, entries)
    return _name(text)


def host_name(entry: str) -> str | None:
    """The name of a device that `entry` holds instead of its address; None: it holds something else."""
    text = trim(entry)
    if url := _URL.fullmatch(text):
        text = url[1].partition(":")[0]
    other = len(text) > READ_LENGTH or text.lower() in (*_ANYONE, "localhost") or is_hardware_address(text)
    return text if not other and _NAME.fullmatch(text) else None


def _all_sound(texts: tuple[str, ...], left: int) -> tuple[str, ...] | None:
    """Return the texts, corrected up to `left` times each; None when one of them cannot be."""
    entries: list[str] = []
    for text in texts:
        meant = (text,) if sound(text) else _again(text, left - 1)
        if meant is None:
            return None
        entries += meant
    return tuple(entries)


def _again(text: str, left: int) -> tuple[str, ...] | None:
    if left == 0 or not text:
        return None
    for _, attempt in _CORRECTIONS:
        meant = attempt(text)
        if meant and meant != (text,) and (entries := _all_sound(meant, left)):
            return entries
    return None


def _name(text: str) -> Suggestion | None:
    if is_hardware_address(text):
        return Suggestion(HARDWARE_TITLE, None, HARDWARE_ADVICE, True)
    if url := _URL.fullmatch(text):
        text = url[1].partition(":")[0]
    if text.lower() in _ANYONE:
        return Suggestion("Words do not work here. To let everyone in, choose that under “Who can get in”.", None)
    if text.lower() == "localhost":
        return Suggestion("Names do not work here.", ("127.0.0.1", "::1"), "Use this PC's own addresses.", True)
    if _NAME.fullmatch(text):
        return Suggestion("Names do not work here.", None, "Use the device's address.", True)
    return None


def _plain(text: str) -> tuple[str, ...] | None:
    from unicodedata import category, normalize

    plain = "".join(letter for letter in normalize("NFKC", text) if category(letter) not in ("Cf", "Cc", "Mn"))
    return (trim(plain),) if plain != text else None


def _without_comment(text: str) -> tuple[str, ...] | None:
    found = _COMMENT.fullmatch(text)
    return (found[1],) if found and found[1] else None


def _unwrapped(text: str) -> tuple[str, ...] | None:
    bare = text.strip(_WRAPPED)
    bare = bare[1:].strip(_WRAPPED) if bare.startswith(("- ", "• ", "* ")) else bare
    if bare.startswith("[") and bare.endswith("]") and "," in bare:
        bare = bare[1:-1].strip(_WRAPPED)
    return (bare,) if bare and bare != text else None


def _from_brackets(text: str) -> tuple[str, ...] | None:
    found = _BRACKETS.fullmatch(text)
    return (found[1].strip(_WRAPPED),) if found else None


def _host(text: str) -> tuple[str, ...] | None:
    found = _URL.fullmatch(text)
    return (found[1],) if found else None


def _without_port(text: str) -> tuple[str, ...] | None:
    found = _PORT.fullmatch(text)
    return (found[1],) if found else None


def _several(text: str) -> tuple[str, ...] | None:
    pieces = tuple(piece for piece in re.split(r"[\s,;|]+", text) if piece)
    return pieces if len(pieces) > 1 and not any(piece in ("-", "–", "to") for piece in pieces) else None


def _with_note(text: str) -> tuple[str, ...] | None:
    first, _, rest = text.partition(" ")
    return (first,) if re.search(r"[^\W\d_]", rest) and len(re.findall(r"\d+\.\d+", rest)) == 0 else None


def _full_range(text: str) -> tuple[str, ...] | None:
    found = _SHORT_RANGE.fullmatch(text)
    return (f"{found[1]}{found[2]}-{found[1]}{found[3]}",) if found else None


def _with_hyphen(text: str) -> tuple[str, ...] | None:
    plain = _DASHES.sub("-", text)
    return (plain,) if plain != text else None


def _swapped(text: str) -> tuple[str, ...] | None:
    first, dash, last = text.partition("-")
    return (f"{trim(last)}-{trim(first)}",) if dash else None


def _stars(text: str) -> tuple[str, ...] | None:
    found = _STARRED.fullmatch(text)
    if not found:
        return None
    fixed, stars = found[1].count(".") + 1, found[2].count("*")
    return (found[1] + found[2],) if fixed + stars == 4 and int(found[3]) == 8 * fixed else None


def _finished(text: str) -> tuple[str, ...] | None:
    if not _UNFINISHED.fullmatch(text):
        return None
    parts = text.rstrip(".").split(".")
    return (".".join([*parts, *["*"] * (4 - len(parts))]),)


def _x_for_star(text: str) -> tuple[str, ...] | None:
    starred = re.sub(r"(?<=\.)[xX?](?=\.|$)", "*", text)
    return (starred,) if starred != text else None


def _without_zone(text: str) -> tuple[str, ...] | None:
    address, percent, zone = text.partition("%")
    _, slash, mask = zone.partition("/")
    return (address + slash + mask,) if percent else None


def _with_dots(text: str) -> tuple[str, ...] | None:
    dotted = re.sub(r"\s*[.,]+\s*", ".", text)
    return (dotted,) if dotted != text else None


_CORRECTIONS: tuple[tuple[str, Callable[[str], tuple[str, ...] | None]], ...] = (
    ("It contains invisible or unusual characters.", _plain),
    ("A comment cannot stand behind an entry.", _without_comment),
    ("Commas, quotes and dashes around an entry are not understood.", _unwrapped),
    ("Brackets around an address are not understood.", _from_brackets),
    ("A web address is not understood; only the address of the device is.", _host),
    ("An entry has no port: it is about the device that connects.", _without_port),
    ("Two entries on one line.", _several),
    ("Only an address may stand here, without words.", _with_note),
    ("A range needs two whole addresses.", _full_range),
    ("The two ends of a range are joined by “-”.", _with_hyphen),
    ("The lower end of a range comes first.", _swapped),
    ("An entry has stars or a slash, not both.", _stars),
    ("This is not complete: an address has four parts.", _finished),
    ("A placeholder is written “*”.", _x_for_star),
    ("The part from % on is not understood.", _without_zone),
    ("The parts of an address are joined by dots, without spaces.", _with_dots),
)
