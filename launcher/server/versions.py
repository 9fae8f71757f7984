"""What each SillyTavern version reads, prints and needs: the only place that knows. PURE.

Measured by starting every published version, 1.9.0 to 1.19.0. Each table says since which version a value holds.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

Number = tuple[int, int, int, bool]

OLDEST = "1.9.0"
NEWEST_KNOWN = "1.19.0"


class Era(StrEnum):
    """Which file holds the configuration."""

    CONF = "config.conf"
    YAML = "config.yaml"


class MissingKeys(StrEnum):
    """What stands in for a key that the configuration lacks.

    UNDEFINED: nothing (JavaScript's undefined). CODE: the fallback in the code, which differs from the default file:
    it does not listen and its whitelist is empty. MERGED: the default file is merged in at start, lists by index.
    """

    UNDEFINED = "undefined"
    CODE = "code"
    MERGED = "merged"


class BadLine(StrEnum):
    """HTTP_500: whoever no earlier line let in gets HTTP 500. IGNORED: the line is skipped with a warning."""

    HTTP_500 = "http500"
    IGNORED = "ignored"


class NoList(StrEnum):
    """What a `whitelist` that is no list does.

    HTTP_500: every request fails. NULL_FAILS: null or false ends the start with exit 0, a text refuses everyone.
    REFUSES: everyone is refused.
    """

    HTTP_500 = "http500"
    NULL_FAILS = "null-fails"
    REFUSES = "refuses"


class BrokenConfig(StrEnum):
    """What an unreadable configuration does. OVERWRITES: as REFUSES_ALL, and the file is lost."""

    EXIT = "exit"
    REFUSES_ALL = "refuses-all"
    OVERWRITES = "overwrites"


class Rewrites(StrEnum):
    """When the server writes the whole configuration anew, comments lost. MERGES: also when a key is missing."""

    NEVER = "never"
    FIRST_START = "first-start"
    MERGES = "merges"


class Forwarded(StrEnum):
    """Whether the address in a request header is checked as well. CONFIGURED: `enableForwardedWhitelist` decides."""

    NEVER = "never"
    ALWAYS = "always"
    CONFIGURED = "configured"


@dataclass(frozen=True)
class Facts:
    """What one version does.

    era: the configuration file it reads. reads_conf_too: config.conf counts while there is no config.yaml.
    creates_config: a missing configuration is made at start from the default file; else the start fails.
    missing_keys, strict_whitelist_mode (only the bare `true` switches the whitelist on), string_booleans (the texts
    "true" and "false" are understood; else every text that is not empty counts as true).
    default_*: as in the default file of that version.
    flags: known command line flags; others are ignored by every version. autorun_flag_closes: `--autorun=false` keeps
    the browser closed; where neither it nor `--browserLaunchEnabled` does, only `browser_key` or the guard can.
    env_port: the environment variable of the port. env_any_key: SILLYTAVERN_<KEY_PATH> sets any key.
    whitelist_txt_warns: a whitelist.txt works, and is called deprecated.
    page_403, access_log: a file in the program folder, `<dataRoot>` standing for the data folder; None: there is none.
    log_level_key: the key that can silence the refusals; None: nothing can.
    security_refusal_code, port_in_use_code: exit codes. failed_start_may_exit_0: an exit code proves nothing.
    accounts_protect: `enableUserAccounts` counts as protection when the start is checked for an insecure setting.
    per_user_login: `perUserBasicAuth` is known. password_with_colon: can be logged in with.
    login_read_live: user name and password are read at each request. login_rate_limit: too many failures are shut out.
    protocol_keys, listen_address_keys, ssl_keys, host_whitelist: these keys are known.
    needs_data_folder: it must exist before the start. hoisted_first_start_fails: in an npm layout the second works.
    extra_packages: npm packages to add after installing. data: folder of chats and characters.
    global_mode: `--global` is known. engines: as its package says. node_minimum: the major version really needed.
    """

    version: str
    era: Era
    reads_conf_too: bool
    creates_config: bool
    config_in_npm: bool
    missing_keys: MissingKeys
    strict_whitelist_mode: bool
    string_booleans: bool
    default_listen: bool
    default_whitelist_mode: bool
    default_port: int
    default_basic_auth_mode: bool
    default_whitelist: tuple[str, ...]
    default_browser: bool
    browser_key: str
    flags: frozenset[str]
    autorun_flag_closes: bool
    env_port: str
    env_any_key: bool
    whitelist_txt_warns: bool
    bad_line: BadLine
    no_list: NoList
    forwarded: Forwarded
    refused_line: str
    refused_stream: str
    favicon_refusal_logged: bool
    new_connection_line: bool
    new_connection_for_refused: bool
    new_connection_forgeable: bool
    access_log: str | None
    log_level_key: str | None
    ready_regex: str
    title_before_ready: bool
    colours_when_piped: bool
    security_refusal_code: int
    accounts_protect: bool
    port_in_use_code: int
    failed_start_may_exit_0: bool
    per_user_login: bool
    password_with_colon: bool
    login_read_live: bool
    login_rate_limit: bool
    protocol_keys: bool
    listen_address_keys: bool
    ssl_keys: bool
    host_whitelist: bool
    broken_config: BrokenConfig
    rewrites_config: Rewrites
    needs_data_folder: bool
    hoisted_first_start_fails: bool
    extra_packages: tuple[str, ...]
    data: str
    page_403: str | None
    global_mode: bool
    engines: str | None
    node_minimum: int

    @property
    def browser_closed_by_flags(self) -> bool:
        """False: the flags cannot keep the browser closed, so the guard must."""
        return self.autorun_flag_closes or "browserLaunchEnabled" in self.flags

    @property
    def config_path_flag(self) -> bool:
        return "configPath" in self.flags

    @property
    def data_root_flag(self) -> bool:
        return "dataRoot" in self.flags

    @property
    def port_flag(self) -> bool:
        return "port" in self.flags


# Flag → the version that brought it. None was ever taken away.
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

# Field → the value of the oldest version, then the values by the version that brought them.
_SINCE: dict[str, tuple[Any, dict[str, Any]]] = {
    "era": (Era.CONF, {"1.10.10": Era.YAML}),
    "reads_conf_too": (False, {"1.10.10": True, "1.12.0-preview": False}),
    "creates_config": (False, {"1.9.7": True, "1.10.10": False, "1.13.2": True}),
    "config_in_npm": (True, {"1.9.7": False, "1.10.10": True, "1.18.0": False}),
    "missing_keys": (MissingKeys.UNDEFINED, {"1.10.10": MissingKeys.CODE, "1.13.0": MissingKeys.MERGED}),
    "strict_whitelist_mode": (True, {"1.12.13": False}),
    "string_booleans": (False, {"1.12.13": True}),
    "default_listen": (True, {"1.11.0": False}),
    "default_whitelist_mode": (True, {}),
    "default_port": (8000, {}),
    "default_basic_auth_mode": (False, {}),
    "default_whitelist": (("127.0.0.1",), {"1.12.5": ("::1", "127.0.0.1")}),
    "default_browser": (True, {}),
    "browser_key": ("autorun", {"1.13.1": "browserLaunch.enabled"}),
    "autorun_flag_closes": (False, {"1.10.10": True, "1.11.0": False, "1.11.7": True}),
    "env_port": ("SILLY_TAVERN_PORT", {"1.12.13": "SILLYTAVERN_PORT"}),
    "env_any_key": (False, {"1.12.13": True}),
    "whitelist_txt_warns": (False, {"1.18.0": True}),
    "bad_line": (BadLine.HTTP_500, {"1.14.0": BadLine.IGNORED}),
    "no_list": (NoList.HTTP_500, {"1.14.0": NoList.NULL_FAILS, "1.18.0": NoList.REFUSES}),
    "forwarded": (Forwarded.NEVER, {"1.11.8": Forwarded.ALWAYS, "1.12.0": Forwarded.CONFIGURED}),
    "refused_line": ("Forbidden: Connection attempt from", {"1.12.12": "Blocked connection from"}),
    "refused_stream": ("stdout", {"1.12.12": "stderr"}),
    "favicon_refusal_logged": (True, {"1.12.13": False}),
    "new_connection_line": (False, {"1.10.0": True}),
    "new_connection_for_refused": (False, {"1.10.0": True, "1.12.13": False}),
    "new_connection_forgeable": (False, {"1.12.13": True, "1.18.0": False}),
    "access_log": (None, {"1.10.0": "access.log", "1.12.13": "<dataRoot>/access.log"}),
    "log_level_key": (None, {"1.12.12": "minLogLevel", "1.12.13": "logging.minLogLevel"}),
    "ready_regex": (
        "SillyTavern is listening on: https?://",
        {"1.12.5": "SillyTavern is listening on (IPv6|IPv4): "},
    ),
    "title_before_ready": (False, {"1.11.8": True}),
    "colours_when_piped": (False, {"1.10.0": True, "1.12.13": False}),
    "security_refusal_code": (1, {}),
    "accounts_protect": (False, {"1.12.4": True}),
    "port_in_use_code": (1, {"1.12.0": 0, "1.12.5": 1}),
    "failed_start_may_exit_0": (False, {"1.13.0": True}),
    "per_user_login": (False, {"1.12.7": True}),
    "password_with_colon": (False, {"1.16.0": True}),
    "login_read_live": (False, {"1.10.10": True, "1.12.0-preview": False}),
    "login_rate_limit": (False, {"1.18.0": True}),
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
    "rewrites_config": (
        Rewrites.NEVER,
        {"1.12.0-preview": Rewrites.FIRST_START, "1.12.13": Rewrites.NEVER, "1.13.0": Rewrites.MERGES},
    ),
    "needs_data_folder": (False, {"1.12.13": True, "1.17.0": False}),
    "hoisted_first_start_fails": (False, {"1.12.14": True, "1.16.0": False}),
    # 0.1.6, which the two oldest ask for, no longer loads.
    "extra_packages": (("@mlc-ai/web-tokenizers@0.1.0",), {"1.10.0": ()}),
    "data": ("public", {"1.12.0-preview": "data"}),
    "page_403": (
        None,
        {
            "1.12.12": "public/error/forbidden-by-whitelist.html",
            "1.18.0": "<dataRoot>/_errors/forbidden-by-whitelist.html",
        },
    ),
    "global_mode": (False, {"1.13.2": True}),
    "engines": (None, {"1.12.1": ">= 18", "1.17.0": ">= 20"}),
    "node_minimum": (16, {"1.10.0": 20}),
}

_VERSION = re.compile(r"\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-.](\w+))?", re.ASCII)
_EARLIER = ("preview", "alpha", "beta", "rc")


def number(version: str) -> Number:
    """`version` for comparing: 1.12.0-preview comes before 1.12.0, other suffixes (`-staging`) change nothing.

    What is no version at all counts as older than everything.
    """
    match = _VERSION.match(version)
    if not match:
        return (0, 0, 0, True)
    major, minor, patch, suffix = match.groups()
    return (int(major), int(minor or 0), int(patch or 0), not (suffix or "").lower().startswith(_EARLIER))


@lru_cache(maxsize=16)
def facts(version: str) -> Facts:
    """What `version` does: that of the nearest known version below it; below 1.9.0, that of 1.9.0."""
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


def launch_flags(version: str, config_file: str | None = None, data_root: str | None = None) -> tuple[str, ...]:
    """The flags for starting our way: no browser, and configuration and data elsewhere when they are.

    `config_file` and `data_root` are for an installation that has them outside its folder; a version that cannot be
    told so gets no flag for it (`Facts.config_path_flag`, `Facts.data_root_flag`).
    """
    known = facts(version)
    flags = ["--autorun=false", "--browserLaunchEnabled=false"]
    if config_file and known.config_path_flag:
        flags.append(f"--configPath={config_file}")
    if data_root and known.data_root_flag:
        flags.append(f"--dataRoot={data_root}")
    return tuple(flags)
