"""The tests, in the rooms of launcher/; what several of them use is in support/."""
