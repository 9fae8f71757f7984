"""Tavernkeep: puts SillyTavern on the phone. The map of the rooms is in README.md."""

__version__ = "0.1.0"
