"""Versions, where files lie, and removing Tavernkeep."""
