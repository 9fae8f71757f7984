"""The default configuration, and what a start from 1.13.0 on makes of a file that lacks some of its keys. PURE."""

from collections.abc import Iterator, Mapping

from launcher.server_files.value import UNDEFINED, value_at
from launcher.versions.facts import Facts

# Keys that a start renames. They count only where the default file no longer has them.
_RENAMED = [
    "cookieSecret",
    "minLogLevel",
    "autorun",
    "autorunHostname",
    "autorunPortOverride",
    "avoidLocalhost",
    "disableThumbnails",
    "thumbnailsQuality",
    "avatarThumbnailsPng",
    "disableChatBackup",
    "numberOfBackups",
    "maxTotalChatBackups",
    "chatBackupThrottleInterval",
    "enableExtensions",
    "enableExtensionsAutoUpdate",
    "cardsCacheCapacity",
    "autheliaAuth",
    "authentikAuth",
    "extras.disableAutoDownload",
    "extras.classificationModel",
    "extras.captioningModel",
    "extras.embeddingModel",
    "extras.speechToTextModel",
    "extras.textToSpeechModel",
    "extras.promptExpansionModel",
]


def default_values(known: Facts) -> dict[str, object]:
    """The access settings of the default file of that version."""
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
    """`config` after the start has put in what `defaults` has more; None when nothing is missing.

    Once one key is missing or renamed, lists are merged as well, by index: `[]` becomes the default list.
    """
    complete = _deep(config, defaults)
    missing = set(_keys(complete)) - set(_keys(config))
    renamed = any(_has(config, key) and not _has(defaults, key) for key in _RENAMED)
    return complete if missing or renamed else None


def _has(values: Mapping[str, object], key: str) -> bool:
    return value_at(values, key) is not UNDEFINED


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
