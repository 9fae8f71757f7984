"""config.conf as people write it: what Node gets from it, and what an edit leaves alone."""

import pytest

from launcher.server_files.config import edit_config
from launcher.server_files.config_conf import edit, read
from launcher.server_files.value import UNKNOWN, EditRefused, UnreadableFile, Value, same, with_changes
from tests.server_files.node_reader import NodeRefuses, agrees, read_with_node

START = (
    "const port = 8000;\nlet whitelist = ['127.0.0.1', \"x\"]; // c\nvar listen = true\n"
    "const basicAuthUser = {username: 'a', 'password': `b`};\n"
)
END = "module.exports = { port, whitelist, listen, basicAuthUser, autorun: false };\n"
# Put before END.
BETWEEN = """
whitelist.push('z');
whitelist = ['q'];
let a = whitelist; a.push('r');
const b = { whitelist }; b.whitelist.push('t');
if (port) { listen = false }
basicAuthUser.password = 'n';
basicAuthUser['username'] = "u";
function f() { whitelist = [] } f();
(() => { listen = 0 })();
delete basicAuthUser.password;
listen++;
[listen] = [5];
({listen} = {listen: 6});
for (const x of whitelist) { }
const {username} = basicAuthUser;
Object.assign(basicAuthUser, {password: 'as'});
'use strict';
exports.port = 1;
const e = exports; e.port = 12;
this.port = 5;
var listen = 'twice';
let listen = 3;
whitelist[0] = 'w';
const q = () => whitelist; q().push('k');
eval('listen = 99');
const late = neverDeclared;
port = 1;
const g = whitelist.concat('x'); whitelist = g;
listen ||= 4; listen &&= 0;
{ let listen = 'inner'; listen = 2 }
{ listen = 'blk' }
try { whitelist.push(1) } catch {}
class K { static x = whitelist.push('st') }
const w2 = [...whitelist]; w2.push(1);
const u2 = {...basicAuthUser}; u2.password = 'no';
const o3 = {...{basicAuthUser}}; o3.basicAuthUser.password = 'o3';
global.listen = 3;
const other = basicAuthUser; other.password = 'al';
listen = -5;
const
""".strip().split("\n")
# Put after END.
AFTER = """
module.exports.listen = 'l';
exports.port = 1;
module.exports = {};
module['exports'].port = 9;
exports = module.exports = { port }; exports.port = 2;
Object.assign(module.exports, {listen: 77});
const m = module; m.exports = {port: 13};
whitelist.push('late');
listen = 'late';
/* not closed
""".strip().split("\n")
EXPORTED = [
    "{ port: 0x1F, listen: 0o17, x: 0b11, y: 010, z: 089, w: 1_000, v: 1e3, u: .5, t: 5. }",
    "{ a: '\\x41\\u0042\\u{43}\\n\\0\\'', b: `x\\`y\r\nz`, c: \"q\\\nw\", d: '\\ud83d\\ude00' }",
    "{ ...basicAuthUser, port }",
    "{ listen: listen && port, port: process.env.NOPE || 8000 }",
    "{ f() { whitelist.push('no') }, get g() { return 1 }, port }",
    "{ a: null, b: undefined, c: NaN, d: -Infinity, e: void 0, [1]: 2, 3: 4, g: !listen }",
    "{ whitelist: whitelist.concat(['x']), port }",
    "{ whitelist: [ , 'a'], p: [1,,2], q: ['a',] }",
    "{ port, port: 3, listen: (true) }",
    "{ a: basicAuthUser.username, b: basicAuthUser['password'], c: whitelist[0], d: basicAuthUser.nope }",
    "{ __proto__: null, port }",
    "Object.freeze({ port })",
    "{ , port }",
    "{ a: 'x\ny' }",
    "[1, 2]",
    "null",
    "{ port, lissten }",
]


def test_values_are_what_node_gets() -> None:
    texts = [f"{START}{line}\n{END}" for line in BETWEEN] + [f"{START}{END}{line}\n" for line in AFTER]
    texts += [f"{START}module.exports = {exported};\n" for exported in EXPORTED]
    texts += [f"\ufeff{START}{END}".replace("\n", "\r\n"), "#!/bin/node\n" + END.replace("{", "{ ...{},"), "", "// c"]
    for text, answer in zip(texts, read_with_node([("config.conf", text) for text in texts]), strict=True):
        if isinstance(answer, NodeRefuses):
            with pytest.raises(UnreadableFile):
                print(text, read(text))  # noqa: T201 - shown when the test fails
        else:
            ours = read(text)
            is_unknown = bool(ours) and all(value is UNKNOWN for value in ours.values())
            assert is_unknown or agrees(ours, answer if isinstance(answer, dict) else {}), f"{text}\n{ours}\n{answer}"


def test_only_what_a_script_computes_is_unknown() -> None:
    text = f"{START}const all = whitelist.concat(['y']);\nmodule.exports = {{ port, listen, whitelist: all }};"
    assert read(text) == {"port": 8000, "listen": True, "whitelist": UNKNOWN}


def test_a_module_with_export_has_no_settings_for_the_server() -> None:
    assert read("const port = 1;\nexport default { port };\n") == {}
    assert read("export const port = 1;\n") == {"port": UNKNOWN}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("const a = 1;\nconst b = = 2;\n", 2, "no correct JavaScript"),
        ("const a = 1;\n\nmodule.exports = { a, b };\n", 3, "b is not defined"),
        ("const a = 1;\nconst a = 2;\n", 2, "a is declared twice"),
        ("const a = 1;\na = 2;\n", 2, "a is a const and is given a second value"),
        ("module.exports = { a };\nconst a = 1;\n", 1, "a is used before its line"),
        ("const a;\n", 1, "a const has no value"),
    ],
)
def test_what_stops_node_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(text)
    assert (caught.value.line, caught.value.reason.removeprefix("it is ")) == (line, reason)


EDITED: list[tuple[str, dict[str, Value], str]] = [
    (
        "const port = 8000 // eight\nmodule.exports = {port}",
        {"port": 1},
        "const port = 1 // eight\nmodule.exports = {port}",
    ),
    ("let a = 1; a = 2;\nmodule.exports = {a}", {"a": 3}, "let a = 1; a = 3;\nmodule.exports = {a}"),
    ("module.exports = {};\nmodule.exports.a = 1;\n", {"a": 3}, "module.exports = {};\nmodule.exports.a = 3;\n"),
    ("exports.a = (1);\n", {"a": "x"}, 'exports.a = ("x");\n'),
    ("const w = false;\nmodule.exports = { w };", {"w": ["a"]}, 'const w = ["a"];\nmodule.exports = { w };'),
    ("module.exports = { w: [] }", {"w": ["a"]}, 'module.exports = { w: ["a"] }'),
    (
        "module.exports = { w: [\r\n\t'a', // A\r\n\t/* x, */\r\n\t`b`, // B\r\n] }",
        {"w": ["a", "c"]},
        "module.exports = { w: [\r\n\t'a', // A\r\n\t/* x, */\r\n\t\"c\", // B\r\n] }",
    ),
    (
        "module.exports = { w: ['é', /* , */ 'b'] }",
        {"w": ["é", "b", "c"]},
        "module.exports = { w: ['é', /* , */ 'b', \"c\"] }",
    ),
    ("module.exports = { w: ['a', /* , */ 'b'] }", {"w": ["b"]}, "module.exports = { w: [ /* , */ 'b'] }"),
    ("module.exports = {\n  a: 1,\n};", {"b": True}, "module.exports = {\n  a: 1,\n  b: true,\n};"),
    ("module.exports = {\n  a: 1 // A\n};", {"b": True}, "module.exports = {\n  a: 1, // A\n  b: true\n};"),
    ("module.exports = {};", {"u.p": "x"}, 'module.exports = {u: { p: "x" }};'),
    (
        "const u = {n: 'a'}; // u\nmodule.exports = { u };",
        {"u.n": "b", "u.p": "c"},
        'const u = {n: "b", p: "c"}; // u\nmodule.exports = { u };',
    ),
    ("module.exports = { u: null }", {"u.p": "c"}, 'module.exports = { u: { p: "c" } }'),
]


@pytest.mark.parametrize(("before", "changes", "after"), EDITED)
def test_an_edit_touches_nothing_else(before: str, changes: dict[str, Value], after: str) -> None:
    assert edit(before, changes) == after
    old, new = read_with_node([("config.conf", before), ("config.conf", after)])
    assert isinstance(old, dict)
    assert same(new if isinstance(new, dict) else {}, with_changes(old, changes))


REFUSED: list[tuple[str, dict[str, Value], int | None]] = [
    ("const base = ['a'];\nmodule.exports = {\n  w: base.concat('b'),\n};", {"w": ["c"]}, 3),
    ("const a = 1;\nmodule.exports = { a, b: a };", {"a": 2}, None),
    ("const a = [];\nconst f = () => a.push(1); f();\nmodule.exports = { a };", {"a": ["x"]}, 1),
    ("module.exports = Object.freeze({ a: 1 });", {"a": 2}, 1),
    ("module.exports = { a: 1 };", {"a.b": 2}, 1),
    ("let a;\nmodule.exports = { a };", {"a": 2}, None),
    ("const a = 1;", {"a": 2}, None),
    ("module.exports = { a: 1 };", {"a": "\udc80"}, None),
]


@pytest.mark.parametrize(("text", "changes", "line"), REFUSED)
def test_an_expression_is_refused_with_advice(text: str, changes: dict[str, Value], line: int | None) -> None:
    with pytest.raises(EditRefused) as caught:
        edit_config(text, "config.conf", changes)
    assert caught.value.line == line
    assert caught.value.problem.advice
