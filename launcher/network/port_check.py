"""Can the server use a port with this number? Whether the port is free now is another question (ports.py). PURE."""

from launcher.problem import Problem

LEAST, MOST = 1, 65535
# Browsers refuse to open these: the "bad ports" of fetch.spec.whatwg.org, read in 2026.
_REFUSED_BELOW_1024 = """
    1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135
    137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995
"""
_REFUSED_ABOVE = "1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080"
REFUSED_BY_BROWSERS = frozenset(map(int, (_REFUSED_BELOW_1024 + _REFUSED_ABOVE).split()))


def problem_with_port(port: int) -> Problem | None:
    """Return why no server can use `port`, or no browser would open it; None when the number is fine."""
    if not LEAST <= port <= MOST:
        return Problem(f"There is no port {port}.", f"Ports are numbers from {LEAST} to {MOST}; 8000 is the usual one.")
    if port in REFUSED_BY_BROWSERS:
        return Problem(
            f"Browsers refuse to open port {port}: it belongs to another service.",
            "Choose another one, such as 8000.",
        )
    return None
