"""What a device is: its kind by its User-Agent, its place and MAC by this system's tables. Runs in a worker thread.

ua-parser costs 2.7 MB and 0.1 s once, and then 1 to 15 ms for each User-Agent, hostile ones included (measured); so it
is loaded for the first device that came, and its own cache of 2,000 is left out.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from launcher.keeper.devices import DeviceDetails, DeviceRecord
from launcher.network import neighbours

if TYPE_CHECKING:
    from ua_parser import Result

LONGEST_PART = 24
APPLE = ("iPhone", "iPad", "iPod")
SYSTEMS = {"Mac OS X": "Mac", "Chrome OS": "Chromebook"}
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .+-]*", re.ASCII)


def recognise(devices: Sequence[DeviceRecord]) -> tuple[DeviceDetails, ...]:
    """Return what is device about each of them."""
    sights = []
    for one in devices:
        where = neighbours.whereabouts(one.address)
        kind = kind_of(one.user_agent) if one.user_agent else ""
        sights.append(DeviceDetails(one.address, kind, where.mac, bool(where.own), where.nearby))
    return tuple(sights)


@lru_cache(maxsize=256)
def kind_of(user_agent: str) -> str:
    """ "iPhone · Safari", "Android · Chrome", "Samsung Internet"; empty when it says nothing a person would know.

    An iPad calls itself a Mac unless told otherwise, so Safari on a Mac is "Mac or iPad · Safari".
    """
    found = _parser()(user_agent)
    system = found.os.family if found.os else ""
    browser = found.user_agent.family if found.user_agent else ""
    browser = browser.removeprefix("Mobile ").removesuffix(" iOS").removesuffix(" WebView").removesuffix(" Mobile")
    if browser == "Samsung Internet":
        return browser
    device = SYSTEMS.get(system, system)
    if system == "iOS":
        device = found.device.family if found.device and found.device.family in APPLE else "iPhone or iPad"
    elif system == "Mac OS X" and browser == "Safari":
        device = "Mac or iPad"
    parts = [part for part in (device, browser) if len(part) <= LONGEST_PART and _PART.fullmatch(part)]
    return " · ".join(dict.fromkeys(parts))


@lru_cache(maxsize=1)
def _parser() -> "Callable[[str], Result]":
    from ua_parser import BasicResolver, Parser, load_lazy_builtins

    return Parser(BasicResolver(load_lazy_builtins())).parse
