"""What a refused phone sees: a page that asks to press Allow on the PC, and opens SillyTavern after that."""

from launcher.server.waiting_page.install_page import put_in_place, restore

__all__ = ["put_in_place", "restore"]
