"""What a command's exit status means."""

DONE = 0  # or yes
NO = 1  # or refused
WRONG_USAGE = 2
COULD_NOT = 3  # the reason is on stderr
