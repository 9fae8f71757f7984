"""Makes up whitelist entries and addresses, right, odd and broken, to compare with the real matcher."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

OCTETS = [
    "0",
    "1",
    "5",
    "10",
    "20",
    "127",
    "168",
    "192",
    "255",
    "256",
    "010",
    "007",
    "000",
    "300",
    "1000",
    "*",
    "",
    "x",
]
GROUPS = ["0", "1", "ff", "fd00", "FE80", "ffff", "FFFF", "2001", "db8", "0000", "00a", "*", "", "g", "10000", "8000"]
NUMBERS = ["0", "1", "8", "16", "24", "31", "32", "33", "64", "96", "127", "128", "129", "-1", "", " ", "24 ", "\t8"]
NUMBERS += ["024", "0x10", "0X18", "1e1", ".8e1", "8.", "24.0", "16.5", "+16", "0b11000", "0o30", "0x", "1_0", "٢٤"]
NUMBERS += [
    "Infinity",
    "NaN",
    "1e400",
    "0.0",
    "24.00000000000000000001",
    "24/junk",
    "/24",
    "\u00a024",
    "\ufeff",
    "24\u200b",
]
NUMBERS += [
    "abc",
    "0x8.",
    "0e0",
    "1E1",
    "00",
    "+",
    ".",
    "e1",
    "1e",
    "1e+1",
    "0B1",
    "0xg",
    "٣",
    "3٢",
    "\n24\n",
    "\x8524",
]
JUNK = [
    " ",
    "\t",
    "\r",
    "\n",
    "\u2028",
    "\ufeff",
    "\u00a0",
    "\u200b",
    "\x85",
    "\x1c",
    "-",
    "/",
    ":",
    "::",
    ".",
    ",",
    "*",
    "%",
    "#",
]
JUNK += [
    "%eth0",
    ":8000",
    "[",
    "]",
    " # phone",
    "é",
    "١",
    "１",
    "ﬀ",
    "K",
    "ſ",
    "\ud83d\ude00",
    "\x00",
    "0",
    "f",
    "ffff",
    "::ffff:",
    "x:",
]
MASKS = ["255.255.255.0", "255.255.0.0", "255.0.255.0", "0.0.0.255", "0.0.0.0", "ffff::", "::", "ffff:0:ffff::"]


class Guesses:
    """The same guesses for the same `seed`."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311

    def pairs(self, count: int) -> Iterator[tuple[str, str]]:
        """`count` pairs of an entry and an address; about half of the addresses have to do with the entry."""
        for _ in range(count):
            entry = self.entry()
            yield entry, self.related(entry) if self.random.random() < 0.6 else self.address()

    def entry(self) -> str:
        made = self.pick(
            [self.single, self.single, self.network, self.network, self.masked, self.range, self.odd_range]
        )()
        while self.random.random() < 0.25:
            made = self.mutated(made)
        return made

    def address(self) -> str:
        made = self.pick([self.ipv4, self.ipv4, self.ipv6, self.ipv6, self.single])()
        return self.mutated(made) if self.random.random() < 0.08 else made

    def related(self, entry: str) -> str:
        """An address made from the entry: one of its ends, stars filled in, one part changed."""
        text = self.pick(entry.replace("/", "-").split("-"))
        mark, among = (":", GROUPS) if ":" in text else (".", OCTETS)
        if self.random.random() < 0.8:
            while "*" in text:
                text = text.replace("*", self.pick(among[:9]), 1)
        parts = text.split(mark)
        if self.random.random() < 0.5:
            parts[self.random.randrange(len(parts))] = self.pick(among)
        if mark == ":" and self.random.random() < 0.3:
            parts = [*parts, *[self.pick(["0", "ffff", "1"])] * 8][:8]
        return mark.join(parts)

    def pick(self, among: Sequence[T]) -> T:
        return self.random.choice(among)

    def ipv4(self) -> str:
        return ".".join(self.octet() for _ in range(4))

    def octet(self) -> str:
        return self.pick(OCTETS[:9]) if self.random.random() < 0.7 else str(self.random.randrange(256))

    def ipv6(self) -> str:
        groups = [self.group() for _ in range(8)]
        if self.random.random() < 0.5:
            start, end = sorted(self.random.sample(range(9), 2))
            return ":".join(groups[:start]) + "::" + ":".join(groups[end:])
        return ":".join(groups)

    def group(self) -> str:
        return self.pick(GROUPS[:11]) if self.random.random() < 0.7 else f"{self.random.randrange(0x10000):x}"

    def single(self) -> str:
        return self.pick(
            [self.ipv4, self.ipv6, self.wild4, self.wild6, self.few_groups, self.mixed, self.any4, self.any6]
        )()

    def wild4(self) -> str:
        return ".".join("*" if self.random.random() < 0.4 else self.octet() for _ in range(4))

    def wild6(self) -> str:
        text = self.ipv6().split(":")
        return ":".join("*" if group and self.random.random() < 0.3 else group for group in text)

    def few_groups(self) -> str:
        return ":".join(self.pick([self.group(), "0", "ffff", "1"]) for _ in range(self.random.randint(2, 17)))

    def mixed(self) -> str:
        head = self.pick(
            ["::ffff", "::FFFF", "::ffff:0", ":", "64:ff9b:", "::", self.few_groups(), self.ipv6(), "\n:", "x\u2028 :"]
        )
        return f"{head}:{self.pick([self.ipv4, self.ipv4, self.any4])()}"

    def any4(self) -> str:
        return ".".join(self.pick(OCTETS) for _ in range(self.random.choice([3, 4, 4, 4, 5])))

    def any6(self) -> str:
        return self.pick([":", ":", "::"]).join(self.pick(GROUPS) for _ in range(self.random.randint(1, 10)))

    def base(self) -> str:
        return self.pick([self.ipv4, self.ipv4, self.ipv6, self.ipv6, self.few_groups, self.mixed, self.single])()

    def network(self) -> str:
        number = self.pick(NUMBERS) if self.random.random() < 0.6 else str(self.random.randrange(-1, 130))
        return f"{self.base()}/{number}"

    def masked(self) -> str:
        mask = self.pick(
            ["255.255.255.0", "255.255.0.0", "255.0.255.0", "0.0.0.255", "0.0.0.0", "ffff::", "::", "ffff:0:ffff::"]
        )
        return f"{self.base()}/{mask if self.random.random() < 0.6 else self.base()}"

    def range(self) -> str:
        first = self.pick([self.ipv4, self.ipv6, self.few_groups, self.mixed])
        dash = self.pick(["-", "-", " - ", "- ", "--", "–"])
        return f"{first()}{dash}{first()}" if self.random.random() < 0.8 else f"{first()}{dash}{self.base()}"

    def odd_range(self) -> str:
        first = self.pick([self.ipv4, self.ipv6])()
        mark = ":" if ":" in first else "."
        parts = first.split(mark)
        return f"{first}-{mark.join([*parts[:-1], self.pick(['255', '99', 'ffff', '1', parts[-1], parts[-1] + '0'])])}"

    def mutated(self, text: str) -> str:
        at = self.random.randint(0, len(text))
        what = self.random.randrange(5)
        if what == 0:
            return text[:at] + text[at + 1 :]
        if what == 1:
            return text[:at] + self.pick(JUNK) + text[at:]
        if what == 2:
            return self.pick(JUNK) + text
        if what == 3:
            return text + self.pick(JUNK)
        return text[:at] + text[at : at + 3] * 2 + text[at + 3 :]
