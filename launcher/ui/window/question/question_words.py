"""What the question “Let this iPhone in?” says. PURE."""

from time import localtime, strftime

from launcher.keeper.view import Question
from launcher.ui.device_words import beside_name, called, this_device

MEANING = "It would see and change everything in SillyTavern."
RESTART = "SillyTavern restarts, about 3 seconds."
CHATTING = "Someone is chatting now. A restart cuts off the answer that is being written."


def title(question: Question) -> str:
    return f"Let {this_device(question)} in?"


def who(question: Question, asked_at: float, now: float) -> str:
    """Safari · 192.168.0.20 · asked just now. Times are seconds of the Unix clock."""
    since = "asked just now" if now - asked_at < 60 else f"asked at {strftime('%H:%M', localtime(asked_at))}"
    return " · ".join(part for part in (beside_name(question), question.address, since) if part)


def network(question: Question) -> str:
    """What allowing the network means; empty when that is not offered."""
    if not question.network:
        return ""
    from launcher.access.entry_meaning import meaning

    return f"The network, {question.network}: {meaning(question.network).text}."


def replaced(question: Question) -> str:
    """What becomes of the entry for its earlier address."""
    if not question.replaces:
        return ""
    known = f"your {called(question)}" if question.name else f"a {called(question)} that you let in"
    return f"This looks like {known} with a new address; its old entry {question.replaces} is replaced."


def waiting(question: Question) -> str:
    """How many others wait."""
    if not question.more:
        return ""
    return "1 more is waiting." if question.more == 1 else f"{question.more} more are waiting."
