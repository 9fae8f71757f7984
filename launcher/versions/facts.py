"""The facts that differ between SillyTavern versions, and the values they take. PURE."""

from dataclasses import dataclass
from enum import StrEnum


class ConfigName(StrEnum):
    """The file that holds the configuration."""

    CONF = "config.conf"
    YAML = "config.yaml"


class MissingKeys(StrEnum):
    """What takes the place of a key that the configuration lacks.

    UNDEFINED: nothing (JavaScript's undefined). CODE: the fallback in the code, which differs from the default file:
    it does not listen and its whitelist is empty. MERGED: the default file is merged in at start, lists by index.
    """

    UNDEFINED = "undefined"
    CODE = "code"
    MERGED = "merged"


class BadLine(StrEnum):
    """What a line of the whitelist does that is no entry.

    HTTP_500: a device that no earlier line lets in gets HTTP 500. IGNORED: the line is skipped with a warning.
    """

    HTTP_500 = "http500"
    IGNORED = "ignored"


class NoList(StrEnum):
    """What a setting `whitelist` does that is no list.

    HTTP_500: every request fails. NULL_FAILS: null or false ends the start with exit 0, a text refuses everyone.
    REFUSES: everyone is refused.
    """

    HTTP_500 = "http500"
    NULL_FAILS = "null-fails"
    REFUSES = "refuses"


class BrokenConfig(StrEnum):
    """What an unreadable configuration does.

    EXIT: the start fails. REFUSES_ALL: the server refuses everyone. OVERWRITES: so too, and the file is lost.
    """

    EXIT = "exit"
    REFUSES_ALL = "refuses-all"
    OVERWRITES = "overwrites"


class Forwarded(StrEnum):
    """When the address in a request header is checked too. CONFIGURED: `enableForwardedWhitelist` decides."""

    NEVER = "never"
    ALWAYS = "always"
    CONFIGURED = "configured"


@dataclass(frozen=True)
class Facts:
    """What one version does.

    config_name: the configuration file it reads. reads_conf_too: it reads config.conf while there is no config.yaml.
    creates_config: it makes a missing configuration from the default file; other versions do not start.
    strict_whitelist_mode: only the bare `true` switches the whitelist on. string_booleans: it understands the texts
    "true" and "false"; other versions take every text that is not empty for true.
    default_*: as in its default file.
    flags: the command line flags it knows; every version ignores others. autorun_flag_closes: `--autorun=false` keeps
    the browser closed; where neither that nor `--browserLaunchEnabled` does, only the guard can.
    env_port: the environment variable of the port. env_any_key: SILLYTAVERN_<KEY_PATH> sets any key.
    favicon_refusal_logged: it logs a refusal of the favicon too. new_connection_line: it prints first connections;
    new_connection_forgeable: a header can forge the address in that line.
    page_403: its page for refused devices in the program folder (`<dataRoot>`: the data folder); None: it has none.
    accounts_known: it knows `enableUserAccounts`. accounts_protect: that is protection enough for it to start.
    per_user_login: it knows `perUserBasicAuth`. password_with_colon: such a password can log in.
    protocol_keys, listen_address_keys, ssl_keys, host_whitelist: it knows these keys.
    needs_data_folder: that folder must exist before the start.
    extra_packages: npm packages to add after installing. data: the folder of chats and characters.
    global_mode: it knows `--global`. node_minimum: the major version that it really needs.
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
    accounts_known: bool
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
        """Whether flags can keep the browser closed; else the guard must."""
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
