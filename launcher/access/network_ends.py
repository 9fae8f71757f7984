"""How npm ip-matching spells the two ends of a network, for the entries where that changes what they mean. PURE.

It computes the ends group by group, writes them down and reads them again. For eight groups that is plain arithmetic;
for an "address" of fewer or more groups the arithmetic is done on groups of 128 / n bits, and odd ends come out.
"""

from launcher.access.address import WILD, Parts

_MAPPED = (0, 0, 0, 0, 0, 0xFFFF)
_TRANSLATED = (0, 0, 0, 0, 0xFFFF, 0)


def spelled(parts: Parts, bits: int) -> tuple[str, str]:
    """The first and the last address of `parts`/`bits` as text, for IPv6 parts that are not eight."""
    width = 128 / len(parts)
    left: float = bits
    first, last = [], []
    for part in parts:
        fixed = min(left, width)
        low = part & _int32(2.0**width - 2.0 ** (width - fixed))
        first.append(low)
        last.append(low | _int32(2.0 ** (width - fixed) - 1))
        left = 0 if left <= width else left - width
    return _spell(tuple(first)), _spell(tuple(last))


def _int32(number: float) -> int:
    """What a bit operation of JavaScript makes of a number: the lowest 32 bits, signed."""
    low = int(number) & 0xFFFFFFFF
    return low - (1 << 32) if low >> 31 else low


def _spell(parts: Parts) -> str:
    if parts[:6] not in (_MAPPED, _TRANSLATED):
        return _shorten(parts)
    seventh, eighth = (*parts[6:8], 0, 0)[:2]
    head = _shorten(parts[:6])
    return f"{head}:{'.'.join((*_octets(seventh), *_octets(eighth)))}"


def _octets(group: int) -> tuple[str, str]:
    return ("*", "*") if group == WILD else (str(group >> 8), str(group & 0xFF))


def _shorten(parts: Parts) -> str:
    """Join the groups with the longest run of zeros as `::`, looking for its start in the first eight groups only."""
    groups = ["*" if part == WILD else format(part, "x") for part in parts]
    runs = [_zeros_from(groups, i) for i in range(min(8, len(groups)))]
    longest = max(runs)
    if longest:
        start = runs.index(longest)
        groups[start : start + longest] = [""]
    if groups == [""]:
        return "::"
    text = ":".join(groups)
    if text.startswith(":"):
        return ":" + text
    return text + ":" if text.endswith(":") else text


def _zeros_from(groups: list[str], start: int) -> int:
    run = 0
    while start + run < len(groups) and groups[start + run] == "0":
        run += 1
    return run
