"""The interlock: every road to everyone needs a login that protects. PURE."""

from collections.abc import Iterable, Sequence

from launcher.access.exposure import THIS_PC, Effect, LoginFit
from launcher.access.internet_coverage import is_everyone
from launcher.access.javascript import Value
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.problem import TavernkeepError

SET_ONE = "Set them first, under “User name and password” or with: tavernkeep login set USER"
LIST_FIRST = "Let only listed devices in first, under “Who can get in” or with: tavernkeep access whitelist"


class RefusedError(TavernkeepError):
    """Not allowed, rather than failed; nothing has changed."""


def protects(effect: Effect) -> bool:
    """Whether a login is asked for that this version can check and that not everybody knows."""
    if not effect.login_on:
        return False
    by_accounts = effect.login_fit is LoginFit.UNKNOWN and bool(effect.accounts)
    return effect.login_fit is LoginFit.FIT or (by_accounts and effect.open_accounts is False)


def lets_everyone_in(effect: Effect) -> str | None:
    """Why everyone on the network gets past the whitelist of a server that listens; None when not everyone does."""
    if effect.listens is False:
        return None
    if effect.whitelist_on is False:
        return "The whitelist is off."
    return is_everyone(effect.entries)


def forbid_open_mode(after: Effect) -> None:
    """Raise RefusedError when these settings let everyone in without a login that protects."""
    reason = lets_everyone_in(after)
    if reason and not protects(after):
        raise _needs_login(reason, after)


def forbid_opening(before: Effect, after: Effect) -> None:
    """The same for a change that is about something else: what was open before may stay so."""
    if lets_everyone_in(before) and not protects(before):
        return
    forbid_open_mode(after)


def forbid_open_list(before: Iterable[Value], entries: Sequence[Value], added: Sequence[Value], heard: Effect) -> None:
    """Raise RefusedError when the list comes to let in everyone, or is widened by another road to everyone.

    `heard`: the settings as if the server listened. A list that is not used yet is kept closed too, because switching
    the whitelist on or listening must never be what opens it.
    """
    if protects(heard):
        return
    reason = is_everyone(entries)
    if reason and (not is_everyone(before) or is_everyone(added)):
        raise _needs_login(reason, heard)


def forbid_lockout(before: Effect, after: Effect) -> None:
    """Raise RefusedError when this PC gets in no more, or SillyTavern starts no more."""
    if after.refuses_to_start and not before.refuses_to_start:
        raise RefusedError.from_problem(after.refuses_to_start)
    if locks_out_this_pc(after) and not locks_out_this_pc(before):
        raise RefusedError(
            "That would lock this PC out of its own SillyTavern.", f"Keep {THIS_PC[0]} in the whitelist."
        )


def locks_out_this_pc(effect: Effect) -> bool:
    """Whether the whitelist is on and does not let in 127.0.0.1, through which this PC opens SillyTavern."""
    if effect.whitelist_on is False or not effect.entries_complete:
        return False
    return verdict(tuple(effect.entries), THIS_PC[0], effect.version).answer is not WhitelistAnswer.ALLOW


def _needs_login(reason: str, effect: Effect) -> RefusedError:
    advice = SET_ONE
    if effect.login_problem and (effect.login_on or effect.login_fit is LoginFit.BROKEN):
        advice = f"{effect.login_problem.title} {SET_ONE}"
    elif effect.login_fit is LoginFit.FIT and not effect.login_on:
        advice = "One is set but not asked for: set it again, which switches it on."
    if reason == "The whitelist is off.":
        return RefusedError("Letting everyone in needs a user name and a password of your own.", advice)
    return RefusedError(
        f"{reason.removesuffix('.')}, and letting everyone in needs a user name and a password of your own.", advice
    )
