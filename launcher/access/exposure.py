"""What the settings together really let in, in words. PURE."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from launcher.access.javascript import Value, text_of
from launcher.problem import Problem

THIS_PC = ("127.0.0.1", "::1")
MANY_IPV4 = 1 << 16
MANY_PUBLIC_IPV4 = 1 << 8
MANY_PUBLIC_IPV6 = 1 << 72  # a /56, what one household gets
TOLD_LINES = 3


class Mode(StrEnum):
    """Who may come. THIS_PC: does not listen on the network. WHITELIST: listens, list on. EVERYONE: all who log in."""

    THIS_PC = "this-pc"
    WHITELIST = "whitelist"
    EVERYONE = "everyone"


class Level(StrEnum):
    """The colour of the meter: green, amber, red; UNKNOWN when the settings could not be read."""

    GOOD = "good"
    CAREFUL = "careful"
    BAD = "bad"
    UNKNOWN = "unknown"


class LoginFit(StrEnum):
    """FIT: protects. WEAK: empty, or the user/password that everyone knows. BROKEN: nobody can log in."""

    FIT = "fit"
    WEAK = "weak"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Exposure:
    """The answer to "who can get in, and why?".

    `mode` is None when it could not be found out. `who` is one sentence. `reasons` say which setting decides what,
    `warnings` what a person should change, the worst first: it is also the reason for `level` (a Level).
    """

    mode: Mode | None
    listens: bool | None
    who: str
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    level: str = Level.UNKNOWN


class Effect(Protocol):
    """What a server will do (`launcher.server.read_settings.InEffect` is one); None is "could not be found out"."""

    @property
    def version(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def listens(self) -> bool | None: ...
    @property
    def ipv4(self) -> bool | None: ...
    @property
    def ipv6(self) -> bool | None: ...
    @property
    def whitelist_on(self) -> bool | None: ...
    @property
    def entries(self) -> Sequence[Value]: ...
    @property
    def entries_complete(self) -> bool: ...
    @property
    def every_request_fails(self) -> bool: ...
    @property
    def login_on(self) -> bool | None: ...
    @property
    def login_fit(self) -> LoginFit: ...
    @property
    def login_problem(self) -> Problem | None: ...
    @property
    def accounts(self) -> bool | None: ...
    @property
    def open_accounts(self) -> bool | None: ...
    @property
    def refuses_to_start(self) -> Problem | None: ...
    @property
    def problem(self) -> Problem | None: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


def exposure(effect: Effect) -> Exposure:
    """Who can get in with these settings, and what a person should change about them."""
    everyone = _everyone(effect)
    mode = _mode(effect, everyone)
    warnings = tuple(_warnings(effect, mode, everyone))
    return Exposure(mode, effect.listens, _who(effect, mode), effect.reasons, warnings, _level(effect, mode, warnings))


def _everyone(effect: Effect) -> str | None:
    """Why everyone gets past the whitelist; None when not everyone does."""
    if effect.whitelist_on is False:
        return "The whitelist is off."
    from launcher.access.internet_coverage import is_everyone

    return is_everyone(effect.entries) if effect.whitelist_on else None


def _mode(effect: Effect, everyone: str | None) -> Mode | None:
    if effect.listens is None:
        return None
    if not effect.listens:
        return Mode.THIS_PC
    if everyone:
        return Mode.EVERYONE
    return Mode.WHITELIST if effect.whitelist_on else None


def _who(effect: Effect, mode: Mode | None) -> str:
    if mode is None:
        return "Nobody can tell: the settings cannot be read." if effect.problem else "That could not be found out."
    if effect.refuses_to_start:
        return "Nobody: SillyTavern does not start with these settings."
    if effect.every_request_fails:
        return "Nobody: the whitelist is no list, so every request fails."
    if effect.login_on and effect.login_fit is LoginFit.BROKEN:
        return "Nobody: the login that is set can never succeed."
    if mode is Mode.THIS_PC:
        return "Nobody, not even this PC: it is not in the whitelist." if _locked_out(effect) else "Only this PC."
    if mode is Mode.EVERYONE:
        return _who_of_everyone(effect)
    return _who_of_whitelist(effect)


def _who_of_everyone(effect: Effect) -> str:
    if effect.login_on:
        return "Anyone who can reach this PC and knows the user name and password."
    if effect.accounts and effect.open_accounts is False:
        return "Anyone who can reach this PC and knows the password of an account in SillyTavern."
    return "Anyone who can reach this PC, without a password."


def _who_of_whitelist(effect: Effect) -> str:
    listed = _listed(effect)
    if not listed:
        if _locked_out(effect):
            return "Nobody: the whitelist lets in no address."
        return "Only this PC, until another address is in the whitelist."
    who = f"{'' if _locked_out(effect) else 'This PC and the '}{listed} in the whitelist."
    asked = " All of them are asked for the user name and password." if effect.login_on else ""
    return f"{who[0].upper()}{who[1:]}{asked} Everyone else is refused."


def _listed(effect: Effect) -> str:
    """`3 addresses and networks`; empty when no other device is listed."""
    from launcher.access.internet_coverage import readable, size

    listed = {entry.text.strip(): size(entry) for entry in readable(effect.entries)}
    sizes = [many for text, many in listed.items() if many and not text.startswith("127.") and text != "::1"]
    if not sizes:
        return ""
    address, network = any(many == 1 for many in sizes), any(many > 1 for many in sizes)
    if len(sizes) == 1:
        return f"one {'address' if address else 'network'}"
    return f"{len(sizes)} {'addresses and networks' if address and network else 'addresses' if address else 'networks'}"


def _level(effect: Effect, mode: Mode | None, warnings: Sequence[str]) -> Level:
    if mode is None:
        return Level.UNKNOWN
    if mode is Mode.EVERYONE and not effect.refuses_to_start and not _is_protected(effect):
        return Level.BAD
    return Level.CAREFUL if warnings else Level.GOOD


def _is_protected(effect: Effect) -> bool:
    if effect.login_on:
        return effect.login_fit is not LoginFit.WEAK
    return bool(effect.accounts) and effect.open_accounts is False


def _warnings(effect: Effect, mode: Mode | None, everyone: str | None) -> Iterator[str]:
    if effect.problem:
        yield f"{effect.problem.title} {effect.problem.advice}".strip()
    elif effect.refuses_to_start:
        yield f"{effect.refuses_to_start.title} {effect.refuses_to_start.advice}".strip()
    if mode is Mode.EVERYONE:
        yield from _warnings_of_everyone(effect, everyone)
    if effect.login_on and effect.login_problem:
        yield f"{effect.login_problem.title} {effect.login_problem.advice}".strip()
    if effect.login_on and effect.listens and effect.scheme == "http":
        yield "On plain http the password can be read by others on the network."
    if not effect.whitelist_on or effect.every_request_fails:
        return
    yield from _warnings_of_list(effect, mode)


def _warnings_of_everyone(effect: Effect, everyone: str | None) -> Iterator[str]:
    if not effect.login_on and not (effect.accounts and effect.open_accounts is False):
        yield f"{everyone or ''} No password is asked for. Set a login.".strip()
    elif everyone:
        yield everyone
    yield "SillyTavern is made for one person: everyone who gets in can see and change everything."


def _warnings_of_list(effect: Effect, mode: Mode | None) -> Iterator[str]:
    if _locked_out(effect):
        yield "The whitelist locks out this PC: add 127.0.0.1."
    if not effect.entries_complete:
        yield "Some entries are computed by the configuration itself, so Tavernkeep cannot tell who they let in."
    yield from _bad_lines(effect)
    if mode is not Mode.THIS_PC:
        yield from _broad(effect)


def _bad_lines(effect: Effect) -> Iterator[str]:
    from launcher.access.entry import shown
    from launcher.access.list_verdict import bad_line_fails, ignored

    bad = [f"“{shown(text)}”" if text else "An empty line" for text in map(text_of, ignored(effect.entries))]
    if not bad:
        return
    names = ", ".join(bad[:TOLD_LINES]) + (" and more" if len(bad) > TOLD_LINES else "")
    if bad_line_fails(effect.version):
        yield f"{names}: no entry for SillyTavern. Whoever is not let in by a line above it gets an error page."
    else:
        yield f"{names}: no entry for SillyTavern, which ignores it."


def _broad(effect: Effect) -> Iterator[str]:
    from launcher.access.entry import shown
    from launcher.access.internet_coverage import count, public_ipv4, public_ipv6, readable, size

    for entry in readable(effect.entries):
        many, strangers = size(entry), count([entry], public_ipv4() if entry.ipv4 else public_ipv6())
        if entry.text.rstrip().endswith("/"):
            yield f"“{shown(entry.text)}” ends with a slash, which SillyTavern reads as /0. Remove the slash."
        elif strangers is None or strangers > (MANY_PUBLIC_IPV4 if entry.ipv4 else MANY_PUBLIC_IPV6):
            yield f"“{shown(entry.text)}” lets in a large part of the Internet, not only your devices."
        elif entry.ipv4 and many > MANY_IPV4 and not entry.text.strip().startswith("100.64."):
            yield f"“{shown(entry.text)}” lets in {many:,} addresses, more than a home network has."


def _locked_out(effect: Effect) -> bool:
    """Whether the whitelist keeps out this PC on every protocol that the server speaks."""
    if not effect.whitelist_on or not effect.entries_complete:
        return False
    spoken = [address for address, on in zip(THIS_PC, (effect.ipv4, effect.ipv6), strict=True) if on is not False]
    return not any(_lets_in(effect, address) for address in spoken)


def _lets_in(effect: Effect, address: str) -> bool:
    from launcher.access.list_verdict import WhitelistAnswer, verdict

    return verdict(tuple(effect.entries), address, effect.version).answer is WhitelistAnswer.ALLOW
