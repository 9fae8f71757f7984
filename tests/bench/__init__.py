"""How fast and how small Tavernkeep is, each figure beside something known, in one run on one machine."""
