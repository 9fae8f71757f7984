"""config.yaml as people write it: what Node makes of it, and what an edit leaves alone."""

from itertools import cycle, pairwise
from random import Random

import pytest

from launcher.server_files import yaml_lines, yaml_parser
from launcher.server_files.config import edit_config, read_config
from launcher.server_files.config_yaml import edit, read
from launcher.server_files.value import UNKNOWN, EditRefused, UnreadableFile, Value, same, with_changes
from tests.server_files.node_reader import NodeRefuses, agrees, read_with_node
from tests.server_files.yaml_guesses import guesses

READ_ALIKE = [
    "password: 12345",
    "password: 0123",
    "password: 1e3",
    "password: 0x1F",
    "password: 0o14",
    "password: 0b1",
    "password: 1_000",
    "password: -0",
    "password: +5",
    "password: .5",
    "password: 5.",
    "password: .inf",
    "password: -.Inf",
    "password: .NaN",
    "password: 123456789012345678901234567890",
    "password: true",
    "password: TRUE",
    "password: tRUE",
    "password: null",
    "password: ~",
    "password:",
    "password: yes",
    "password: off",
    "password: 2024-01-01",
    "password: 12:30",
    "password: 12:30:45",
    "password: abc#c",
    "password: abc # c",
    "password: a\\b",
    "password: '0123'",
    'password: "a\\u00e4\\x41\\n\\\n  b"',
    "password: !!str 5",
    "password: !!int 5",
    "password: !!bool x",
    "password: !own 5",
    "password: a b  c",
    "password: a\tb",
    "port:\t8000\t# tab",
    "password: a\n  b\n\n  c",
    "password: |\n  a\n  b\n",
    "password: >-\n  a\n  b\n\n# c\nx: 1",
    "password: |+\n  a\n\n\nx: 1",
    "a: &x [1, 2]\nb: *x",
    "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2",
    "1: a\n0x1F: b\ntrue: c\nnull: d\n~x: e",
    "listen: true\n---\nlisten: false",
    "---\nlisten: true\n...\n",
    "listen: true\n...\n# end\n",
    "\ufefflisten: true\r\nport: 1\r\n",
    "a: 1\na: 2",
    "a: 1\n'a': 2",
    "1: a\n'1': b",
    "listen : true",
    "? listen\n: true",
    "'listen': true\n\"port\" : 5",
    "{listen: true, 'port': 5, \"x\": [a, b,], y}",
    '{\n  "listen": true,\n  "port": 5\n}',
    "w: [a,\n  b # c\n  ,c]",
    "w: [\n  a,\n]",
    "w: [\na,\n]",
    "w: [a]# c",
    "w:\n- a\n -b",
    "w:\n- 10\n- 192.168\n- 1.2.3.4\n- ::\n- ::1\n- fd00::/8",
    "w:\n  - *.*.*.*",
    "w:\n  - 192.168.0.*",
    "w:\n  -a",
    "w:\n  - a: b\n    c: d\n  - - e\n    - f",
    "listen: true\r\r\nport: 5",
    "a: x\u0085y\u2028z",
    "a: x\x07y",
    'a: "x\u2028y"',
    "a: 'x\n\n  y'",
    "a: 'x\ny'",
    "%YAML 1.2\n---\na: 1",
    "# nothing",
    "",
    "null",
    "just text",
    "[1, 2]",
    "a: @x",
    "a: `x`",
    "a: %x",
    "a: b: c",
    "a: 'x' y",
    'a: "x',
    "\ta: 1",
    "a:\n\tb: 1",
    "a: 1\n\t\nb: 2",
    "a: *nothing",
    "a: &x 1\nb: [*x, *x]",
    "".join(["a: &a [x, x]\n", *(f"{two}: &{two} [*{one}, *{one}, *{one}]\n" for one, two in pairwise("abcdef"))]),
    "a: &x b\nw: [" + "*x, " * 99 + "*x]",
    "a: &x b\nw: [" + "*x, " * 120 + "*x]",
]


def test_values_are_what_node_makes_of_them() -> None:
    answers = read_with_node([("config.yaml", text) for text in READ_ALIKE])
    for text, answer in zip(READ_ALIKE, answers, strict=True):
        if isinstance(answer, NodeRefuses):
            with pytest.raises(UnreadableFile):
                read(text)
        else:
            assert agrees(read(text), answer if isinstance(answer, dict) else {}), f"{text!r}: {read(text)}, {answer}"


def compare_guesses(seed: int, count: int) -> None:
    """Nearly good texts: we may refuse to read a few that Node reads, but hardly ever say something else."""
    texts = list(guesses(Random(seed), count))  # noqa: S311 - no secret
    wrong = []
    for text, answer in zip(texts, read_with_node([("config.yaml", text) for text in texts]), strict=True):
        try:
            ours = read(text)
        except UnreadableFile:
            continue
        if isinstance(answer, NodeRefuses) or not agrees(ours, answer if isinstance(answer, dict) else {}):
            wrong.append((text, ours, answer))
    assert len(wrong) <= count / 1000, wrong[:5]


def test_nearly_good_texts_are_read_as_node_reads_them() -> None:
    compare_guesses(1, 1500)


@pytest.mark.sweep
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(2, 4))
def test_many_nearly_good_texts_are_read_as_node_reads_them(seed: int) -> None:
    compare_guesses(seed, 20_000)


def compare_edits(seed: int, count: int) -> None:
    """Edits of nearly good texts: refused, or Node finds exactly the wanted keys changed."""
    cases = []
    for text, changes in zip(guesses(Random(seed), count), cycle(CHANGES), strict=False):  # noqa: S311 - no secret
        try:
            cases.append((text, changes, edit(text, changes)))
        except (UnreadableFile, EditRefused):
            continue
    assert len(cases) > count / 4, "too few edits are possible to compare much"
    before = read_with_node([("config.yaml", text) for text, _, _ in cases])
    after = read_with_node([("config.yaml", text) for _, _, text in cases])
    wrong = [
        (text, edited, new)
        for (text, changes, edited), old, new in zip(cases, before, after, strict=True)
        if not isinstance(old, NodeRefuses)
        and (isinstance(new, NodeRefuses) or not same(new, with_changes(old if isinstance(old, dict) else {}, changes)))
    ]
    assert len(wrong) <= count / 2000, wrong[:5]


CHANGES: list[dict[str, Value]] = [
    {"listen": False, "port": 81},
    {"whitelist": ["127.0.0.1", "192.168.0.*"]},
    {"z": ["b", "d"], "a": ["c"], "c": []},
    {"basicAuthUser.password": "x # 'y'", "user.pass": "z"},
    {"a": "b", "m.b.c": "e", "n.o": True},
    {"x": "one line", "y": False, "f.i.j": ["k"]},
]


def test_edits_of_nearly_good_texts_change_only_what_they_should() -> None:
    compare_edits(1, 1000)


@pytest.mark.sweep
@pytest.mark.timeout(1200)
def test_many_edits_of_nearly_good_texts_change_only_what_they_should() -> None:
    compare_edits(2, 20_000)


def compare_readers(seed: int, count: int) -> None:
    """Every text that the fast reader takes, the whole parser reads to the same tree."""
    fast = 0
    for text in guesses(Random(seed), count):  # noqa: S311 - no secret
        tree = yaml_lines.parse(text)
        if tree is not None:
            fast += 1
            assert tree == yaml_parser.parse(text, "config.yaml"), text
    assert fast > count / 20, "too few texts are plain to compare much"


def test_the_fast_reader_finds_what_the_whole_parser_finds() -> None:
    compare_readers(1, 1500)


@pytest.mark.sweep
@pytest.mark.timeout(1200)
def test_the_fast_reader_finds_what_the_whole_parser_finds_in_many_texts() -> None:
    compare_readers(2, 60_000)


def test_the_line_of_a_mistake_is_named() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_config("listen: true\nwhitelist:\n  - *.*.*.*\n", "config.yaml")
    assert caught.value.line == 3
    assert caught.value.problem.title.startswith("Line 3 of config.yaml cannot be read: ")


def test_another_version_of_yaml_is_not_guessed_at() -> None:
    with pytest.raises(UnreadableFile):
        read("%YAML 1.1\n---\nlisten: yes\n")


def test_a_binary_value_is_unknown() -> None:
    assert read("a: !!binary aGk=\n") == {"a": UNKNOWN}


EDITED = [
    # What stands beside the value stays.
    ("port: 8000 # eight\n", {"port": 80}, "port: 80 # eight\n"),
    ("a: {listen: no}\nlisten:   'no'   # c\n", {"listen": True}, "a: {listen: no}\nlisten:   true   # c\n"),
    ("listen:\r\nport: 1\r\n", {"listen": True}, "listen: true\r\nport: 1\r\n"),
    ("listen: # c\n", {"listen": False}, "listen: false # c\n"),
    ("listen: ~\n", {"listen": False}, "listen: false\n"),
    ("password: |\n  a\n  b\n# c\n", {"password": "x"}, 'password: "x"\n# c\n'),
    ("password: a\n  b\nx: 1\n", {"password": "x"}, 'password: "x"\nx: 1\n'),
    ("port: &p 8000\n", {"port": 1}, "port: &p 1\n"),
    ("\ufeff'port' : 8000", {"port": 1}, "\ufeff'port' : 1"),
    ("password:\n  'x'\n", {"password": "y"}, 'password:\n  "y"\n'),
    # Lists keep their style and the comments of other items.
    ("w: []\n", {"w": ["a"]}, 'w: ["a"]\n'),
    ("w: [ ]\n", {"w": ["a", "b"]}, 'w: ["a", "b" ]\n'),
    ("w: [a,'b' , c]\n", {"w": ["a", "b"]}, "w: [a,'b']\n"),
    ("w: [a,'b' , c]\n", {"w": ["b", "c", "d"]}, "w: ['b' , c, \"d\"]\n"),
    ("w: [a, b] # c\n", {"w": []}, "w: [] # c\n"),
    (
        "w: [\n  a, # A\n  b # B\n  ]\n",
        {"w": ["a", "b", "c"]},
        'w: [\n  a, # A\n  b, # B\n  "c"\n  ]\n',
    ),
    ("w: [\n  a, # A\n  b # B\n  ]\n", {"w": ["b"]}, "w: [\n  b # B\n  ]\n"),
    ("w: [\n  a, # A\n  b # B\n  ]\n", {"w": ["x", "b"]}, 'w: [\n  "x", # A\n  b # B\n  ]\n'),
    ("w: [a, # A\n  b # B\n  ]\n", {"w": ["b", "c"]}, 'w: [ # A\n  b, "c" # B\n  ]\n'),
    ("w:\n- a # A\n# C\n- b\nx: 1\n", {"w": ["a"]}, "w:\n- a # A\n# C\nx: 1\n"),
    ("w:\n  # C\n  - a\n  # D\nx: 1\n", {"w": []}, "w: []\n  # C\n  # D\nx: 1\n"),
    ("w: # W\n- a\n", {"w": []}, "w: [] # W\n"),
    ("w:\n  -   a\n  -   b", {"w": ["a", "c", "b"]}, 'w:\n  -   a\n  - "c"\n  -   b'),
    ("w:\r\n  - a", {"w": ["a", "b"]}, 'w:\r\n  - a\r\n  - "b"'),
    ("w:\n  - 10\n  - a\n", {"w": ["10", "a"]}, 'w:\n  - "10"\n  - a\n'),
    ("w:\n  # - a\nx: 1\n", {"w": ["b"]}, 'w: ["b"]\n  # - a\nx: 1\n'),
    ("w: false\n", {"w": ["b"]}, 'w: ["b"]\n'),
    ("w:\n  - a\n  - b\nx: 1\n", {"w": False}, "w: false\nx: 1\n"),
    # Missing keys.
    ("a: 1", {"b.c": "x"}, 'a: 1\nb:\n  c: "x"'),
    ("a: 1\r\n# end\r\n", {"b": True}, "a: 1\r\nb: true\r\n# end\r\n"),
    ("a: 1\n...\n", {"b": True}, "a: 1\nb: true\n...\n"),
    ("u:\n    name: x # n\n# end\np: 1\n", {"u.pass": "y"}, 'u:\n    name: x # n\n    pass: "y"\n# end\np: 1\n'),
    ("u: {name: x}\n", {"u.pass": "y"}, 'u: {name: x, pass: "y"}\n'),
    ("u: {}\n", {"u.pass": "y"}, 'u: {pass: "y"}\n'),
    ("u:\np: 1\n", {"u.pass": "y", "u.name": "n"}, 'u: { pass: "y", name: "n" }\np: 1\n'),
    ('{"a": 1}\n', {"b.c": 2}, '{"a": 1, "b": { "c": 2 }}\n'),
    ("", {"listen": True}, "listen: true\n"),
    ("# c", {"listen": True}, "# c\nlisten: true"),
    ("null\n", {"listen": True}, "listen: true\n"),
    ("  a: 1\n", {"b": 2}, "  a: 1\n  b: 2\n"),
    ("a: |\n  x\n", {"b": 2}, "a: |\n  x\nb: 2\n"),
    ("w:\n  - x\n", {"b": ["c", "d"]}, 'w:\n  - x\nb:\n  - "c"\n  - "d"\n'),
]


@pytest.mark.parametrize(("before", "changes", "after"), EDITED)
def test_an_edit_touches_nothing_else(before: str, changes: dict[str, Value], after: str) -> None:
    assert edit(before, changes) == after
    old, new = read_with_node([("config.yaml", before), ("config.yaml", after)])
    assert not isinstance(old, NodeRefuses)
    assert not isinstance(new, NodeRefuses)
    assert same(new, with_changes(old if isinstance(old, dict) else {}, changes))


REFUSED: list[tuple[str, dict[str, Value], int | None]] = [
    ("p: &x 8000\nport: *x\n", {"port": 1}, 2),
    ("p: &x 8000\nport: *x\n", {"p": 1}, 1),
    ("a: &x {port: 1}\nb: *x\n", {"b.port": 2}, 2),
    ("a: &x\n  port: 1\nb: *x\n", {"a.port": 2}, 2),
    ("a: &x [b]\nc:\n  <<: *x\n", {"a": ["d"]}, 1),
    ("listen: true\n", {"listen.deep": 1}, 1),
    ("whitelist: [a]\n", {"whitelist.deep": 1}, 1),
    ("- a\n", {"listen": True}, 1),
    ("text\n", {"listen": True}, 1),
    ("listen: !!str x\n", {"listen": True}, None),
    ("listen: true\n", {"password": "\ud800"}, None),
]


@pytest.mark.parametrize(("text", "changes", "line"), REFUSED)
def test_an_edit_that_would_change_more_is_refused(text: str, changes: dict[str, Value], line: int | None) -> None:
    with pytest.raises(EditRefused) as caught:
        edit_config(text, "config.yaml", changes)
    assert caught.value.line == line
    assert "config.yaml" in caught.value.problem.title
    assert caught.value.problem.advice
