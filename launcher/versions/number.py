"""Version numbers, for comparing. PURE."""

import re

Number = tuple[int, int, int, bool]

OLDEST = "1.9.0"
NEWEST_KNOWN = "1.19.0"

_VERSION = re.compile(r"\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-.](\w+))?", re.ASCII)
_EARLIER = ("preview", "alpha", "beta", "rc")


def number(version: str) -> Number:
    """Return `version` for comparing: 1.12.0-preview comes before 1.12.0, other suffixes (`-staging`) change nothing.

    A text that is no version is older than all versions.
    """
    match = _VERSION.match(version)
    if not match:
        return (0, 0, 0, True)
    major, minor, patch, suffix = match.groups()
    return (int(major), int(minor or 0), int(patch or 0), not (suffix or "").lower().startswith(_EARLIER))
