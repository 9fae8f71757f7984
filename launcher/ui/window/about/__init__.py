"""Versions, folders, and removing Tavernkeep."""
