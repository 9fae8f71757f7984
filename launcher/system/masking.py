"""Takes out of a text what a stranger need not know, so that it can be sent to someone who helps. PURE.

Public addresses, names of persons and machines, passwords and keys go. Of private addresses the last part goes, except
for those of this PC: whether a phone is in the same network can still be seen.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

LEAST_NAME = 3
# Names that say nothing about anyone, and are words that a report needs.
COMMON_NAMES = {
    "root",
    "user",
    "admin",
    "administrator",
    "home",
    "localhost",
    "public",
    "node",
    "tavernkeep",
    "default",
}

KEYS = re.compile(
    r"\b(?:sk|pk|rk|hf|xai|gsk|ghp|gho|github_pat|glpat)[-_][\w-]{8,}"
    r"|\bAIza[\w-]{20,}"
    r"|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
    r"|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}={0,2}"
)
AUTHORISATION = re.compile(r"\b(bearer|basic)\s+[\w.+/=~-]{8,}", re.IGNORECASE)
NAMED_SECRET = re.compile(
    r"([\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization|cookie)[\w-]*[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+",
    re.IGNORECASE,
)
IN_URL = re.compile(r"(//)[^\s/@]+@")
QUERY = re.compile(r"(https?://[^\s?]*)\?\S+")
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![\w:-])")
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}(?:\d{1,3}|\*)(?!\.?\d|\w)")
IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:%\w+)?(?![\w:])")

PUBLIC = "<public address>"


@dataclass(frozen=True)
class Private:
    """What is secret here. `home`: the user's folder. `addresses`: this PC's own. `secrets`: such as passwords."""

    home: str = ""
    user: str = ""
    host: str = ""
    addresses: Sequence[str] = ()
    secrets: Sequence[str] = ()


def masked(text: str, private: Private) -> str:
    """`text` without anything secret. What looks like a key is taken for one."""
    for secret in sorted(filter(None, private.secrets), key=len, reverse=True):
        text = text.replace(secret, "<secret>")
    for spelling in _spellings(private.home):
        text = re.sub(rf"{re.escape(spelling)}(?![\w-])", "~", text, flags=re.IGNORECASE)
    text = QUERY.sub(r"\1?…", IN_URL.sub(r"\1<secret>@", text))
    text = AUTHORISATION.sub(r"\1 <key>", NAMED_SECRET.sub(r"\1<secret>", text))
    text = E_MAIL.sub("<e-mail>", KEYS.sub("<key>", text))
    names = ((private.user, "<user>"), (private.host, "<this-pc>"))
    # The longer first: a machine is often called after its user.
    for name, shown in sorted(names, key=lambda each: -len(each[0])):
        if len(name) >= LEAST_NAME and name.lower() not in COMMON_NAMES:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", shown, text, flags=re.IGNORECASE)
    text = MAC.sub("<MAC address>", text)
    own = set(private.addresses)
    return IPV6.sub(_hider(own), IPV4.sub(_hider(own), text))


def _spellings(home: str) -> list[str]:
    """Also finds Windows paths with other or doubled slashes."""
    if len(home) < 2:
        return []
    return list(dict.fromkeys((home.replace("\\", "\\\\"), home, home.replace("\\", "/"))))


def _hider(own: set[str]) -> Callable[[re.Match[str]], str]:
    def hidden(found: re.Match[str]) -> str:
        text = found[0]
        try:
            address = ip_address(text.partition("%")[0].replace("*", "0"))
        except ValueError:
            return text
        if address.is_global:
            return PUBLIC
        if text in own or text.endswith("*") or address.is_loopback or address.is_unspecified:
            return text
        return _without_last_part(address, text)

    return hidden


def _without_last_part(address: IPv4Address | IPv6Address, text: str) -> str:
    """What names a network, 192.168.0.0, stays."""
    if isinstance(address, IPv6Address):
        return text if text.endswith("::") else f"{text.partition(':')[0]}:…"
    start, _, last = text.rpartition(".")
    return text if last == "0" else f"{start}.…"
