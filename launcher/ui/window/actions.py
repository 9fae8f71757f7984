"""What the cards of the window can have done. They know nothing of the keeper or of each other."""

from typing import Protocol

from launcher.keeper.messages import Request


class Actions(Protocol):
    """All of these return at once; what comes of them arrives as a new view."""

    def ask(self, request: Request, then: Request | None = None) -> None:
        """Send `request` to the keeper, and `then` when it was done."""

    def open_page(self, url: str) -> None:
        """Open `url` in the browser of this PC."""

    def copy(self, text: str) -> None:
        """Put `text` on the clipboard."""

    def last_lines(self, most: int) -> list[str]:
        """The newest `most` lines of SillyTavern's log."""

    def show_window(self, name: str) -> None:
        """Open one of the windows that other_windows.py names, or bring it to the front."""

    def choose_folder(self) -> None:
        """Let the user point at a SillyTavern and use it."""

    def dismiss(self) -> None:
        """The user has read what went wrong."""

    def reconnect(self) -> None:
        """Look for the keeper again, and start one when there is none."""
