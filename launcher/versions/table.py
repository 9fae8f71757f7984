"""Every fact with the versions that changed it. PURE.

Measured by starting every published version, 1.9.0 to 1.19.0.
"""

from functools import lru_cache
from typing import Any

from launcher.versions.facts import BadLine, BrokenConfig, ConfigName, Facts, Forwarded, MissingKeys, NoList
from launcher.versions.number import OLDEST, Number, number
from launcher.versions.refusal_page import DATA_FOLDER, IN_PROGRAM, NAME

# The version that brought a flag → the flags. None was ever taken away.
_FLAGS = {
    "1.9.0": "ssl certPath keyPath",
    "1.9.7": "disableCsrf",
    "1.10.10": "autorun corsProxy",
    "1.11.7": "port listen",
    "1.12.0-preview": "whitelist dataRoot basicAuthMode",
    "1.12.5": "enableIPv6 enableIPv4 dnsPreferIPv6 autorunHostname autorunPortOverride avoidLocalhost",
    "1.12.6": "requestProxyEnabled requestProxyUrl requestProxyBypass",
    "1.12.12": "listenAddressIPv6 listenAddressIPv4",
    "1.13.0": "configPath",
    "1.13.1": "browserLaunchEnabled browserLaunchHostname browserLaunchPort browserLaunchAvoidLocalhost",
    "1.13.2": "global",
    "1.13.4": "keyPassphrase",
    "1.16.0": "heartbeatInterval",
    "1.18.0": "enableKeepAlive",
}

# The flags that are a yes or no; the others take a text, except `port`.
_SWITCHES = (
    "autorun avoidLocalhost basicAuthMode browserLaunchAvoidLocalhost browserLaunchEnabled corsProxy disableCsrf"
    " dnsPreferIPv6 enableKeepAlive global listen requestProxyEnabled ssl whitelist"
)
SWITCH_FLAGS = frozenset(_SWITCHES.split())

# Keys that a start from 1.13.0 on renames. They count only where the default file no longer has them.
_RENAMED = (
    "autheliaAuth authentikAuth autorun autorunHostname autorunPortOverride avatarThumbnailsPng avoidLocalhost"
    " cardsCacheCapacity chatBackupThrottleInterval cookieSecret disableChatBackup disableThumbnails enableExtensions"
    " enableExtensionsAutoUpdate extras.captioningModel extras.classificationModel extras.disableAutoDownload"
    " extras.embeddingModel extras.promptExpansionModel extras.speechToTextModel extras.textToSpeechModel"
    " maxTotalChatBackups minLogLevel numberOfBackups thumbnailsQuality"
)
RENAMED_KEYS = tuple(_RENAMED.split())

# Field → the value of the oldest version, then the values by the version that brought them.
_SINCE: dict[str, tuple[Any, dict[str, Any]]] = {
    "config_name": (ConfigName.CONF, {"1.10.10": ConfigName.YAML}),
    "reads_conf_too": (False, {"1.10.10": True, "1.12.0-preview": False}),
    "creates_config": (False, {"1.9.7": True, "1.10.10": False, "1.13.2": True}),
    "missing_keys": (MissingKeys.UNDEFINED, {"1.10.10": MissingKeys.CODE, "1.13.0": MissingKeys.MERGED}),
    "strict_whitelist_mode": (True, {"1.12.13": False}),
    "string_booleans": (False, {"1.12.13": True}),
    "default_listen": (True, {"1.11.0": False}),
    "default_whitelist_mode": (True, {}),
    "default_port": (8000, {}),
    "default_basic_auth_mode": (False, {}),
    "default_whitelist": (("127.0.0.1",), {"1.12.5": ("::1", "127.0.0.1")}),
    "autorun_flag_closes": (False, {"1.10.10": True, "1.11.0": False, "1.11.7": True}),
    "env_port": ("SILLY_TAVERN_PORT", {"1.12.13": "SILLYTAVERN_PORT"}),
    "env_any_key": (False, {"1.12.13": True}),
    "bad_line": (BadLine.HTTP_500, {"1.14.0": BadLine.IGNORED}),
    "no_list": (NoList.HTTP_500, {"1.14.0": NoList.NULL_FAILS, "1.18.0": NoList.REFUSES}),
    "forwarded": (Forwarded.NEVER, {"1.11.8": Forwarded.ALWAYS, "1.12.0": Forwarded.CONFIGURED}),
    "favicon_refusal_logged": (True, {"1.12.13": False}),
    "new_connection_line": (False, {"1.10.0": True}),
    "new_connection_forgeable": (False, {"1.12.13": True, "1.18.0": False}),
    "accounts_known": (False, {"1.12.0-preview": True}),
    "accounts_protect": (False, {"1.12.4": True}),
    "per_user_login": (False, {"1.12.7": True}),
    # Up to 1.14.0 everything from the second ":" on is lost. 1.15 is not on npm; 1.16.0 works.
    "password_with_colon": (False, {"1.16.0": True}),
    "protocol_keys": (False, {"1.12.5": True}),
    "listen_address_keys": (False, {"1.12.12": True}),
    "ssl_keys": (False, {"1.12.13": True}),
    "host_whitelist": (False, {"1.13.4": True}),
    "broken_config": (
        BrokenConfig.EXIT,
        {
            "1.10.10": BrokenConfig.REFUSES_ALL,
            "1.12.0-preview": BrokenConfig.OVERWRITES,
            "1.12.6": BrokenConfig.EXIT,
        },
    ),
    "needs_data_folder": (False, {"1.12.13": True, "1.17.0": False}),
    # 0.1.6, which the two oldest ask for, no longer loads.
    "extra_packages": (("@mlc-ai/web-tokenizers@0.1.0",), {"1.10.0": ()}),
    "data": ("public", {"1.12.0-preview": "data"}),
    "page_403": (
        None,
        {
            "1.12.12": IN_PROGRAM,
            "1.18.0": f"{DATA_FOLDER}/_errors/{NAME}",
        },
    ),
    "global_mode": (False, {"1.13.2": True}),
    "node_minimum": (16, {"1.10.0": 20}),
}


@lru_cache(maxsize=16)
def facts(version: str) -> Facts:
    """Return what `version` does: what the nearest known version below it does; below 1.9.0, what 1.9.0 does."""
    ours = number(version)
    flags = " ".join(names for since, names in _FLAGS.items() if since == OLDEST or number(since) <= ours)
    values: dict[str, Any] = {field: _value(oldest, changes, ours) for field, (oldest, changes) in _SINCE.items()}
    return Facts(version=version, flags=frozenset(flags.split()), **values)


def _value(oldest: object, changes: dict[str, Any], ours: Number) -> object:
    value = oldest
    for since, changed in changes.items():
        if number(since) <= ours:
            value = changed
    return value
