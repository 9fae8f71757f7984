"""User name and password: what a version cannot check, how good a password is, and readable ones. PURE.

Facts: 1.9.7, 1.10.10, 1.12.12, 1.14.0, 1.16.0 and 1.19.0 were logged in to with passwords of every kind.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from launcher.problem import Problem
from launcher.versions.table import facts

DEFAULT_USERNAME = "user"
DEFAULT_PASSWORD = "password"  # noqa: S105  the one that SillyTavern ships with

# Five of 1,024 words are 50 bits: at 1,000 guesses a second, more than a server answers, 18,000 years on average.
READABLE_WORDS = 5

# Letters in a row are taken for a word, of some language; random ones are worth more than that.
LETTER_OF_A_WORD_BITS = 2.5
SEPARATORS = set(" -_.,/+")

_FAIR_BITS = 36
_STRONG_BITS = 49
_TYPED_FIRST = (
    "password passwort 123456 qwerty qwertz azerty letmein admin welcome iloveyou dragon monkey abc123 login "
)
_TYPED_FIRST += (
    "master secret sillytavern silly tavern tavernkeep user guest root test hello football sunshine princess"
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm")


class PasswordLevel(StrEnum):
    """How long a password holds. WEAK: guessed in a day. FAIR: enough at home. STRONG: enough on the Internet."""

    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"


@dataclass(frozen=True)
class Strength:
    """`text` says the level in words; `bits`: about how many halvings a guesser needs."""

    level: PasswordLevel
    text: str
    bits: float


def login_problem(username: str, password: str, version: str) -> Problem | None:
    """Why this version of SillyTavern cannot check this login, or why it protects nothing; None when it is fit."""
    if not username or not password:
        what = "user name" if not username else "password"
        return Problem(f"The {what} is empty.", "Both are needed before everyone may come in.")
    if password == DEFAULT_PASSWORD:
        title = "This is the password that SillyTavern ships with, so everyone knows it."
        return Problem(title, "Choose another one.")
    if ":" in username:
        return Problem("With a “:” in the user name nobody can log in.", "Leave it out.")
    if ":" in password and not facts(version).password_with_colon:
        title = f"SillyTavern {version} cannot check a password with a “:” in it, so nobody could log in."
        return Problem(title, "Leave it out, or update SillyTavern to 1.16.0 or newer.")
    for what, text in (("user name", username), ("password", password)):
        if not all(map(_typeable, text)):
            title = f"The {what} has a character in it that cannot be seen or typed."
            return Problem(title, "Use letters, digits, signs and spaces.")
    return None


def strength(password: str) -> Strength:
    """How hard the password is to guess. An estimate that knows words, rows of keys and repetitions, not the person."""
    bits = _bits(password)
    if bits < _FAIR_BITS:
        return Strength(PasswordLevel.WEAK, "Weak: a program guesses it. Make it longer.", bits)
    if bits < _STRONG_BITS:
        return Strength(PasswordLevel.FAIR, "Fair: good enough at home, not on the Internet.", bits)
    return Strength(PasswordLevel.STRONG, "Strong: nobody guesses it.", bits)


def readable_password(choose: Callable[[Sequence[str]], str]) -> str:
    """Five words joined by "-" (50 bits). `choose` picks one of a sequence unpredictably: `secrets.choice`."""
    from launcher.access.password_words import WORDS

    return "-".join(choose(WORDS) for _ in range(READABLE_WORDS))


def _typeable(letter: str) -> bool:
    # U+200D joins emoji; everything else that is not printable is a control, a format mark or half a character.
    return letter.isprintable() or letter in "\u00a0\u200d"


def _bits(password: str) -> float:
    from launcher.access.password_words import WORDS

    known = {*WORDS, *_TYPED_FIRST.split()}
    pieces = set(_pieces(password))
    words = {piece for piece in pieces if piece.lower() in known or _looks_like_a_word(piece)}
    bits = sum(10 if word.lower() in known else _word_bits(word) for word in words)
    for piece in pieces - words:
        bits += 1 if piece in SEPARATORS else math.log2(_alphabet(piece if words else password)) * _surprises(piece)
    return bits


def _looks_like_a_word(piece: str) -> bool:
    return len(piece) > 3 and piece.isalpha() and (piece[1:].islower() or piece.isupper())


def _word_bits(word: str) -> float:
    return min(LETTER_OF_A_WORD_BITS * len(word), math.log2(26) * _surprises(word))


def _pieces(password: str) -> list[str]:
    """The runs of letters in it, and the other runs."""
    pieces, before = [""] if password else [], ""
    for letter in password:
        if before and letter.isalpha() != before.isalpha():
            pieces.append("")
        pieces[-1] += letter
        before = letter
    return pieces


def _alphabet(password: str) -> int:
    """About how many characters the password draws from."""
    kinds = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10), (lambda letter: not letter.isalnum(), 20))
    size = sum(count for kind, count in kinds if any(map(kind, password)))
    return max(2, size + (60 if not password.isascii() else 0))


def _surprises(text: str) -> float:
    """Its length, where what follows from the letter before (repeated, next in a row of keys) counts little."""
    total = 1.0
    text = text.lower()
    for before, letter in zip(text, text[1:], strict=False):
        pair = before + letter
        expected = before == letter or any(pair in row or pair in row[::-1] for row in _ROWS)
        total += 0.25 if expected else 1.0
    # "abababab" repeats what came before.
    return min(total, 2.0 * len({text[i : i + 2] for i in range(len(text))}))
