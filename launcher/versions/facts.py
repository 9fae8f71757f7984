"""The facts that are known of each SillyTavern version, and the values they take. PURE."""

from dataclasses import dataclass
from enum import StrEnum


class ConfigName(StrEnum):
    """The file that holds the configuration."""

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
    """HTTP_500: a device that no earlier line let in gets HTTP 500. IGNORED: the line is skipped with a warning."""

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


class Forwarded(StrEnum):
    """Whether the address in a request header is checked as well. CONFIGURED: `enableForwardedWhitelist` decides."""

    NEVER = "never"
    ALWAYS = "always"
    CONFIGURED = "configured"


@dataclass(frozen=True)
class Facts:
    """What one version does.

    config_name: the configuration file it reads. reads_conf_too: config.conf counts while there is no config.yaml.
    creates_config: a missing configuration is made at start from the default file; else the start fails.
    missing_keys, strict_whitelist_mode (only the bare `true` switches the whitelist on), string_booleans (the texts
    "true" and "false" are understood; else every text that is not empty counts as true).
    default_*: as in the default file of that version.
    flags: known command line flags; others are ignored by every version. autorun_flag_closes: `--autorun=false` keeps
    the browser closed; where neither it nor `--browserLaunchEnabled` does, only the guard can.
    env_port: the environment variable of the port. env_any_key: SILLYTAVERN_<KEY_PATH> sets any key.
    page_403: a file in the program folder, `<dataRoot>` standing for the data folder; None: there is none.
    accounts_protect: `enableUserAccounts` counts as protection when the start is checked for an insecure setting.
    per_user_login: `perUserBasicAuth` is known. password_with_colon: can be logged in with.
    protocol_keys, listen_address_keys, ssl_keys, host_whitelist: these keys are known.
    needs_data_folder: it must exist before the start.
    extra_packages: npm packages to add after installing. data: folder of chats and characters.
    global_mode: `--global` is known. node_minimum: the major version really needed.
    """

    version: str
    config_name: ConfigName
    reads_conf_too: bool
    creates_config: bool
    missing_keys: MissingKeys
    strict_whitelist_mode: bool
    string_booleans: bool
    default_listen: bool
    default_whitelist_mode: bool
    default_port: int
    default_basic_auth_mode: bool
    default_whitelist: tuple[str, ...]
    flags: frozenset[str]
    autorun_flag_closes: bool
    env_port: str
    env_any_key: bool
    bad_line: BadLine
    no_list: NoList
    forwarded: Forwarded
    favicon_refusal_logged: bool
    new_connection_line: bool
    new_connection_forgeable: bool
    accounts_protect: bool
    per_user_login: bool
    password_with_colon: bool
    protocol_keys: bool
    listen_address_keys: bool
    ssl_keys: bool
    host_whitelist: bool
    broken_config: BrokenConfig
    needs_data_folder: bool
    extra_packages: tuple[str, ...]
    data: str
    page_403: str | None
    global_mode: bool
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
