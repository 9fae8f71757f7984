"""Fixes of SillyTavern's settings files, each with a backup. One that raises TavernkeepError has changed nothing."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server import access_changes
from launcher.server.installation import Installation
from launcher.server.listening import EVERY_IPV4
from launcher.server.misplaced_file import wrong_file
from launcher.server.read_settings import read_settings
from launcher.server_files.value import Value, value_at
from launcher.system.files import rewrite_as_text
from launcher.versions.table import facts


def take_over(installation: Installation, backups: Path) -> None:
    """Put what a person changed in the wrong file into the one that counts. The wrong file stays as it is."""
    wrong = wrong_file(installation)
    if not wrong or not wrong.values:
        raise TavernkeepError("There is nothing to take over.", "Look again: the file was changed in the meantime.")
    access_changes.configuration(installation, wrong.values, backups)


def save_as_utf8(installation: Installation, backups: Path) -> None:
    """Save the settings files in the encoding that SillyTavern reads."""
    _, name = read_settings(installation)
    for file in (installation.config_file.with_name(name), installation.whitelist_file):
        if file.exists():
            rewrite_as_text(file, decoded, backups)


def decoded(data: bytes) -> str:
    """What an editor meant by these bytes: UTF-8, UTF-16 with or without its mark, or the encoding of old Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def listen_everywhere(installation: Installation, backups: Path) -> None:
    """Listen on the network, with IPv4 and on every card."""
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
    """Make the configuration that is missing from the default one."""
    access_changes.configuration(installation, {}, backups)


def make_list(installation: Installation, backups: Path) -> None:
    """Put a list with this PC in it in the place of what is no list."""
    access_changes.configuration(
        installation, {"whitelist": list(facts(installation.version).default_whitelist)}, backups
    )


def login_as_text(installation: Installation, backups: Path) -> None:
    """Put the user name and the password that stand there as bare numbers into quotes."""
    written = login_as_written(installation)
    if not written:
        raise TavernkeepError("Tavernkeep cannot tell what the password was meant to be.", "Set it again.")
    access_changes.login(installation, *written, backups)


def login_as_written(installation: Installation) -> tuple[str, str] | None:
    """User name and password as they stand in the configuration, where one is a bare number; None otherwise."""
    config, name = read_settings(installation)
    values = [value_at(config, f"basicAuthUser.{key}") for key in ("username", "password")]
    text = _text_of(installation.config_file.with_name(name))
    if all(isinstance(value, str) for value in values):
        return None
    username, password = (
        _as_written(key, value, text) for key, value in zip(("username", "password"), values, strict=True)
    )
    return None if username is None or password is None else (username, password)


def _as_written(key: str, value: object, text: str) -> str | None:
    """0123 and 1e3 are numbers too, but other ones than was typed: only what stands there digit by digit is known."""
    if isinstance(value, str):
        return value
    known = isinstance(value, int) and re.search(rf"\b{key}\s*:\s*{value}\s*(?:[,;}}#/\r\n]|$)", text)
    return str(value) if known and not isinstance(value, bool) else None


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


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
