"""Wishes in any order, on any list, by any version: nobody is let in who should not be, and nobody is locked out."""

import json
from pathlib import Path
from random import Random

import pytest

from launcher.access.exposure import Mode
from launcher.access.interlock import lets_everyone_in, locks_out_this_pc, protects
from launcher.access.internet_coverage import is_everyone
from launcher.problem import TavernkeepError
from launcher.server import access_changes
from launcher.server.installation import Installation, inspect
from launcher.server.read_settings import effective_settings
from launcher.server.resolve_settings import EffectiveSettings
from launcher.server_files.config import edit_config
from launcher.server_files.value import Value
from tests.server.test_access_changes import CONFIGS, folder_with

ENTRIES = [
    *("127.0.0.1", "::1", "192.168.0.20", "192.168.0.*", "10.0.0.0/24", "fd00::/64", " 192.168.0.7 "),
    *("0.0.0.0/0", "*.*.*.*", "::/0", "192.168.0.20/", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/6", "127.0.0.0/8"),
    *("192.168.*", "my-phone", "# phones", "", "1:2", "192.168.0.0/0.0.0.255"),
]
LOGINS = [("tavern", "correct horse"), ("tavern", "a:b c"), ("user", "password"), ("", ""), ("t:v", "fine words")]


def wish(random: Random, installation: Installation, backups: Path) -> None:
    """Some change, or TavernkeepError."""
    some = random.sample(ENTRIES, random.randint(1, 2))
    match random.randrange(8):
        case 0 | 1:
            access_changes.whitelist(installation, some, [], backups)
        case 2:
            lines = [str(entry) for entry in effective_settings(installation).entries] or some
            access_changes.whitelist(installation, [], [random.choice(lines)], backups)
        case 3:
            access_changes.access(installation, random.choice(list(Mode)), backups)
        case 4:
            access_changes.move_whitelist(installation, random.choice(["txt", "config"]), backups)
        case 5:
            access_changes.undo_whitelist(installation, backups)
        case 6:
            access_changes.login(installation, *random.choice(LOGINS), backups)
        case _:
            access_changes.login_off(installation, backups)


def files(installation: Installation) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in installation.folder.iterdir() if file.is_file()}


@pytest.mark.parametrize("seed", range(60))
def test_no_order_of_changes_opens_it_or_locks_this_pc_out(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - the same every time
    version = random.choice(list(CONFIGS))
    installation = folder_with(tmp_path / "st", version, CONFIGS[version])
    text = installation.config_file.read_text()
    listed = ["127.0.0.1", *random.sample(ENTRIES, random.randint(0, 3))]
    settings: dict[str, Value] = {
        "listen": random.random() < 0.7,
        "whitelistMode": random.random() < 0.8,
        "whitelist": listed,
    }
    installation.config_file.write_text(edit_config(text, installation.config_file.name, settings))
    for _ in range(12):
        if random.random() < 0.1:
            installation.whitelist_file.write_text("\n".join(random.sample(ENTRIES, 4)))
        before, was = files(installation), effective_settings(installation)
        try:
            wish(random, installation, tmp_path / "backups")
        except TavernkeepError:
            assert files(installation) == before
            continue
        will = effective_settings(inspect(installation.folder))
        told = json.dumps([version, [str(entry) for entry in was.entries], [str(entry) for entry in will.entries]])
        put_aside = {"whitelist.off.txt"} & (before.keys() | files(installation).keys())
        assert not is_open(will) or is_open(was), told
        assert not is_everyone(will.entries) or is_everyone(was.entries) or will.login_switch or put_aside, told
        assert not locks_out_this_pc(will) or locks_out_this_pc(was), told
        assert not will.refuses_to_start or was.refuses_to_start, told


def is_open(effect: EffectiveSettings) -> bool:
    return bool(lets_everyone_in(effect)) and not protects(effect)
