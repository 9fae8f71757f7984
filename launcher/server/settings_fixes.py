"""The fixes of SillyTavern's settings files. Each keeps a backup; one that raises TavernkeepError changes nothing."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server import access_changes
from launcher.server.installation import Installation
from launcher.server.listening import EVERY_IPV4
from launcher.server.misplaced_file import wrong_file
from launcher.server.read_settings import config_file, read_settings, text_if_readable
from launcher.server_files.value import Value, value_at
from launcher.system.files import rewrite_as_text
from launcher.versions.table import facts


def take_over(installation: Installation, backups: Path) -> None:
    """Copy what a person changed in the wrong file into the right one. The wrong file stays as it is."""
    wrong = wrong_file(installation)
    if not wrong or not wrong.values:
        raise TavernkeepError("There is nothing to take over.", "Look again: the file was changed in the meantime.")
    access_changes.configuration(installation, wrong.values, backups)


def save_as_utf8(installation: Installation, backups: Path) -> None:
    """Save the settings files in the encoding that SillyTavern reads."""
    for file in (config_file(installation), installation.whitelist_file):
        if file.exists():
            rewrite_as_text(file, decoded, backups)


def decoded(data: bytes) -> str:
    """Return what an editor meant by these bytes: UTF-8, UTF-16 with or without its mark, or old Windows' encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def listen_everywhere(installation: Installation, backups: Path) -> None:
    """Listen on the network, with IPv4 and at every address."""
    known = facts(installation.version)
    changes: dict[str, Value] = {"listen": True}
    if known.protocol_keys:
        changes["protocol.ipv4"] = True
    if known.listen_address_keys:
        changes["listenAddress.ipv4"] = EVERY_IPV4
    access_changes.configuration(installation, changes, backups)


def listen_ipv6(installation: Installation, backups: Path) -> None:
    """Listen on the network with IPv6 too."""
    access_changes.configuration(installation, {"listen": True, "protocol.ipv6": True}, backups)


def make_config(installation: Installation, backups: Path) -> None:
    """Make the missing configuration from the default one."""
    access_changes.configuration(installation, {}, backups)


def make_list(installation: Installation, backups: Path) -> None:
    """Replace a setting `whitelist` that is no list by a list of this PC."""
    this_pc = list(facts(installation.version).default_whitelist)
    access_changes.configuration(installation, {"whitelist": this_pc}, backups)


def login_as_text(installation: Installation, backups: Path) -> None:
    """Put a user name and password that are bare numbers into quotes."""
    written = login_as_written(installation)
    if not written:
        raise TavernkeepError("Tavernkeep cannot tell what the password was meant to be.", "Set it again.")
    access_changes.login(installation, *written, backups)


def login_as_written(installation: Installation) -> tuple[str, str] | None:
    """Return user name and password as the configuration spells them, when one is a bare number; else None."""
    config, text = read_settings(installation), text_if_readable(config_file(installation)) or ""
    values = {key: value_at(config, f"basicAuthUser.{key}") for key in ("username", "password")}
    if all(isinstance(value, str) for value in values.values()):
        return None
    username, password = (_as_written(key, value, text) for key, value in values.items())
    return None if username is None or password is None else (username, password)


def _as_written(key: str, value: object, text: str) -> str | None:
    """Return `value` as it was typed; None when that cannot be told: 0123 and 1e3 are read as other numbers."""
    if isinstance(value, str):
        return value
    known = isinstance(value, int) and re.search(rf"\b{key}\s*:\s*{value}\s*(?:[,;}}#/\r\n]|$)", text)
    return str(value) if known and not isinstance(value, bool) else None


# What a `Fix` is called → what does it.
FIXES: Mapping[str, Callable[[Installation, Path], None]] = {
    "take-over": take_over,
    "save-as-utf8": save_as_utf8,
    "listen-everywhere": listen_everywhere,
    "listen-ipv6": listen_ipv6,
    "login-as-text": login_as_text,
    "make-config": make_config,
    "make-list": make_list,
}
