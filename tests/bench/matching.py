"""1,000 entries × 1,000 addresses decided, against the real matcher in Node.

Each side answers every pair; `from text` gets entry and address as text for each pair, as the server itself does it,
`read once` reads each entry once and each address for every pair (Node) or once (here), as the matcher allows.
"""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher.access import matches, parse
from launcher.access.address import parse_address
from launcher.access.list_verdict import WhitelistAnswer, verdict
from tests.access.node_matcher import node, node_modules
from tests.bench.measuring import Row

COUNT = 1000
WHAT = {"fromText": "each pair from text", "readOnce": "entries read once", "lists": "whole lists"}
NODE = """
const {entries, addresses, modules} = JSON.parse(require('fs').readFileSync(0));
const {getMatch, matches} = require(modules + '/ip-matching');
function timed(decide) {
    const begun = performance.now();
    const hits = decide();
    return {seconds: (performance.now() - begun) / 1000, hits};
}
function every(admits) {
    let n = 0;
    for (const a of addresses) for (let i = 0; i < entries.length; i++) if (admits(a, i)) n++;
    return n;
}
const fromText = timed(() => every((a, i) => matches(a, getMatch(entries[i]))));
const readOnce = timed(() => {
    const read = entries.map(e => getMatch(e));
    return every((a, i) => read[i].matches(a));
});
const lists = timed(() => addresses.filter(a => entries.some(e => matches(a, getMatch(e)))).length);
console.log(JSON.stringify({fromText, readOnce, lists}));
"""


@dataclass(frozen=True)
class Timed:
    """How long it took, and how many pairs (or addresses) were let in."""

    seconds: float
    hits: int


def entries_and_addresses() -> tuple[list[str], list[str]]:
    entries, addresses = [], []
    for i in range(COUNT):
        net = f"{10 + i % 7}.{i % 256}.{i * 7 % 256}"
        kinds = (f"{net}.9", f"{net}.*", f"{net}.0/24", f"{net}.1-{net}.99", f"fd00:{i:x}::/64", f"{net}.0/255.0.255.0")
        entries.append(kinds[i % len(kinds)])
        addresses.append(f"fd00:{i:x}::5" if i % 5 == 4 else f"{net}.9")
    return entries, addresses


def timed(decide: Callable[[], int]) -> Timed:
    begun = time.perf_counter()
    hits = decide()
    return Timed(time.perf_counter() - begun, hits)


def ours() -> dict[str, Timed]:
    entries, addresses = entries_and_addresses()

    def read_once() -> int:
        read = [parse(entry) for entry in entries]
        return sum(entry.admits(address) for address in map(parse_address, addresses) for entry in read)

    return {
        "fromText": timed(lambda: sum(matches(entry, address) for address in addresses for entry in entries)),
        "readOnce": timed(read_once),
        "lists": timed(lambda: sum(verdict(entries, a, "1.19.0").answer is WhitelistAnswer.ALLOW for a in addresses)),
    }


def theirs() -> dict[str, Timed]:
    entries, addresses = entries_and_addresses()
    question = json.dumps({"entries": entries, "addresses": addresses, "modules": str(node_modules())})
    done = subprocess.run([node(), "-e", NODE], input=question, capture_output=True, text=True, check=True)
    return {name: Timed(**answer) for name, answer in json.loads(done.stdout).items()}


def rows(_: Path) -> list[Row]:
    here, real = ours(), theirs()
    found = []
    for name, mine in here.items():
        other = real[name]
        assert mine.hits == other.hits, name
        times = f"{mine.seconds:.3f} s", f"Node {other.seconds:.3f} s"
        found.append(
            Row(f"1,000 entries x 1,000 addresses, {WHAT[name]}", *times, mine.seconds / other.seconds, "<= 1")
        )
    return found
