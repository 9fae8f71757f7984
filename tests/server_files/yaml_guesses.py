"""Texts that are nearly a config.yaml: good ones with a few things put in or taken out."""

from collections.abc import Iterator
from random import Random

GOOD = [
    'listen: true\nport: 8000\nwhitelist:\n  - ::1\n  - 127.0.0.1 # c\nbasicAuthUser:\n  username: "user"\n'
    "  password: 'p'\nx: |\n  hi\n  yo\n\ny: >-\n  a\n  b\nz: [a, 'b', \"c\"] # d\nm: {a: 1, b: {c: d}}\nn:\no: ~\n",
    "listen: true\nwhitelist:\n- 127.0.0.1\n# c\n-   'b'\nuser:\n    name: a\n    pass: \"b\"\nport: 8000\n",
    "a: [b, 'c', \"d\"] # e\nf: { g: 1, 'h': [2, 3], i: {j: k} }\nl: m\n",
    "a: &x [1, 2]\nb: *x\nc:\n- 1\n- - 2\n  - 3\n- k: v\n  w: u\n",
    "---\na: 1\n...\n",
    "# c\n\na: b\r\nc:\r\n  - d\r\n",
]
PIECES = [
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    ": ",
    ":",
    "- ",
    "-",
    "#",
    " #",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
]
PIECES += ["!", "!!str ", "|", ">", "%", "@", "`", "\\", "\\n", "0x1F", "0o17", "1e3", "012", "-0", ".5", "1.", ".inf"]
PIECES += [
    "true",
    "True",
    "null",
    "~",
    "yes",
    "2024-01-01",
    "\u0085",
    "\u2028",
    "\x07",
    "\u00a0",
    "\u00e9",
    "\U0001f600",
]
PIECES += [
    "<<: ",
    "=",
    "''",
    '""',
    "|-\n  a\n",
    "|+\n  a\n\n",
    "http://x:1",
    "::1",
    "- *.*",
    "a:b",
    "a: b: c",
    "[\n a,\n]",
]
PIECES += ["[a, b]", "{a: b}", "\n- z", "\n  - z", "\n  x: y", "(", ")", ".", "null: 1\n", "\n---\n", "...\n"]


def guesses(random: Random, count: int) -> Iterator[str]:
    for _ in range(count):
        text = random.choice(GOOD)
        for _ in range(random.choice([1, 1, 1, 2, 2, 3])):
            at = random.randrange(len(text) + 1)
            if random.random() < 0.6:
                text = text[:at] + random.choice(PIECES) + text[at:]
            else:
                text = text[:at] + text[at + random.choice([1, 1, 2, 4]) :]
        yield text.replace("\r\n", "\n").replace("\r", "") if "\r" in text.replace("\r\n", "") else text
