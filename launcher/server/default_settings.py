"""The default configuration, and how a start from 1.13.0 on completes a file that lacks some of its keys. PURE."""

from collections.abc import Iterator, Mapping

from launcher.server_files.value import UNDEFINED, value_at
from launcher.versions.facts import Facts
from launcher.versions.table import RENAMED_KEYS


def default_values(known: Facts) -> dict[str, object]:
    """Return the access settings in the default file of that version."""
    values: dict[str, object] = {
        "port": known.default_port,
        "listen": known.default_listen,
        "whitelistMode": known.default_whitelist_mode,
        "whitelist": list(known.default_whitelist),
        "basicAuthMode": known.default_basic_auth_mode,
        "basicAuthUser": {"username": "user", "password": "password"},
        "securityOverride": False,
    }
    if known.protocol_keys:
        values["protocol"] = {"ipv4": True, "ipv6": False}
    return values


def merged(config: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object] | None:
    """Return `config` as a start completes it from `defaults`; None when it changes nothing.

    When one key is missing or renamed, the start merges lists too, by index: `[]` becomes the default list.
    """
    complete = _deep(config, defaults)
    missing = set(_keys(complete)) - set(_keys(config))
    renamed = any(value_at(defaults, key) is UNDEFINED is not value_at(config, key) for key in RENAMED_KEYS)
    return complete if missing or renamed else None


def _keys(values: Mapping[str, object], before: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{before}{key}.")
        elif value is not None:
            yield f"{before}{key}"


def _deep(config: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    complete = dict(config)
    for key, default in defaults.items():
        complete[key] = _either(complete[key], default) if key in complete else default
    return complete


def _either(value: object, default: object) -> object:
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return _deep(value, default)
    if isinstance(value, list) and isinstance(default, list):
        both = [_either(one, other) for one, other in zip(value, default, strict=False)]
        return both + value[len(both) :] + default[len(both) :]
    return value
