"""Which UI asks about a device: the window when it is open, else a process that the tray starts for it. PURE."""

from dataclasses import replace

from launcher.keeper.effects import Effect, Tell
from launcher.keeper.messages import Close, ShowYourself
from launcher.keeper.state import Client, State, Step

ASKING_UIS = ("window", "question")


def first_of(state: State, ui: str, newcomer: int) -> Client | None:
    """Return the client that makes the new `ui` needless: there is one tray, and one window or question."""
    rivals = {"tray": ("tray",), "window": ("window",), "question": ASKING_UIS}.get(ui, ())
    return next((c for c in state.clients if c.ui in rivals and c.id != newcomer), None)


def made_needless(state: State, ui: str) -> list[Effect]:
    """Close the question when a window has come, which asks by itself."""
    return [Tell(c.id, Close()) for c in state.clients if ui == "window" and c.ui == "question"]


def call(state: State) -> Step:
    """Have the tray open the question when no UI asks it. Once for each device: a closed question stays closed."""
    question = state.view.question
    if question is None:
        return (replace(state, called_for="") if state.called_for else state), []
    tray = next((client for client in state.clients if client.ui == "tray"), None)
    asked = any(client.ui in ASKING_UIS for client in state.clients)
    if tray is None or asked or state.called_for == question.address:
        return state, []
    return replace(state, called_for=question.address), [Tell(tray.id, ShowYourself("question"))]
