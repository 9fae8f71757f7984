"""This computer: folders, our settings, logs, atomic files."""
