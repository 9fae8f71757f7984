"""What an installation's server really does: flags, environment, files and version together, and why.

`decide` is pure; `in_effect` gathers what it needs. No password is in any value made here, except what
`credentials` returns.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from launcher.access.exposure import Exposure, LoginFit, exposure
from launcher.access.javascript import Value, trim
from launcher.access.listing import parse_text
from launcher.access.login import DEFAULT_PASSWORD, login_problem
from launcher.problem import Problem, TavernkeepError
from launcher.server.installation import Installation
from launcher.server.merged import default_values, merged
from launcher.server.setting import (
    ENVIRONMENT,
    FALLBACK,
    FLAG,
    UNDEFINED,
    Setting,
    Sources,
    read_flags,
    truthy,
    value_at,
)
from launcher.server.versions import BrokenConfig, Era, Facts, MissingKeys, NoList, facts
from launcher.server_files.value import UNKNOWN

TEXT_LIST = "whitelist.txt"
OF_DEFAULT = "the default configuration"
EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - what the server binds, not we.
Config = Mapping[str, object] | Problem | None


@dataclass(frozen=True)
class InEffect:
    """What the server of an installation does when started. None is "could not be found out".

    port: None also when the server takes any free one. listens: other devices can reach it; addresses: where.
    entries: the lines that decide, as that version gets them. entries_complete: False when only running the file would
    tell some of them. every_request_fails: the whitelist is no list, so all get HTTP 500. whitelist_source:
    `whitelist.txt`, `config.yaml`, `config.conf`, `environment` or `default`; whitelist_reason: why that one.
    login_on: a user name and password are asked for, which SillyTavern does only while it listens; login_switch: they
    would be. login_by_accounts: those of the user accounts. login_fit and login_problem judge what is configured, also while the login is off.
    accounts: user accounts are on; open_accounts: somebody can enter without a password through them.
    host_names: with `hostWhitelist` on, the names this server may be called by; addresses always work.
    refuses_to_start: it would end instead. problem: the configuration cannot be read. reasons: what decides what.
    """

    version: str
    config_name: str
    port: int | None
    scheme: str
    listens: bool | None
    addresses: tuple[str, ...]
    ipv4: bool | None
    ipv6: bool | None
    whitelist_on: bool | None
    entries: tuple[Value, ...]
    entries_complete: bool
    every_request_fails: bool
    whitelist_source: str
    whitelist_reason: str
    login_on: bool | None
    login_switch: bool | None
    username: str | None
    login_fit: LoginFit
    login_problem: Problem | None
    login_by_accounts: bool | None
    accounts: bool | None
    open_accounts: bool | None
    host_names: tuple[str, ...] | None
    refuses_to_start: Problem | None
    problem: Problem | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class _Start:
    """The settings that a start works with. No repr: they hold the password."""

    sources: Sources
    reasons: tuple[str, ...] = ()
    problem: Problem | None = None
    refuses: Problem | None = None


@dataclass(frozen=True)
class _Listening:
    on: bool | None
    addresses: tuple[str, ...]
    ipv4: bool | None
    ipv6: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _List:
    on: bool | None
    entries: tuple[Value, ...]
    complete: bool
    fails: bool
    source: str
    reason: str
    refuses: Problem | None


def decide(
    version: str,
    config: Config,
    whitelist_text: str | None,
    flags: Sequence[str],
    environment: Mapping[str, str],
    *,
    defaults: Mapping[str, object] | None = None,
    config_name: str = "",
    open_accounts: bool | None = None,
) -> InEffect:
    """What a server of `version` does with these settings. PURE.

    config: what Node reads from the file, None when there is no file, a Problem when it cannot be read.
    whitelist_text: the content of whitelist.txt, None when there is none. defaults: the installation's own
    default/config.yaml, which a start from 1.13.0 on merges in. config_name: the file that was read, when it is not
    that version's usual one. open_accounts: whether an administrator's account has no password.
    """
    start = _start(facts(version), config, flags, environment, defaults, config_name)
    sources = start.sources
    scheme, port, no_port = _scheme_and_port(sources)
    listening = _listening(sources)
    entries = _whitelist(sources, whitelist_text)
    accounts = sources.switch("enableUserAccounts") if sources.known.data == "data" else False
    login = sources.find("basicAuthMode", False, "basicAuthMode")
    by_accounts = accounts and sources.known.per_user_login and sources.switch("perUserBasicAuth")
    name, password = _credentials(sources)
    fit, unfit = judge_login(sources.known, name, password)
    insecure = _insecure(sources, listening.on, accounts, open_accounts)
    hosts = sources.find("hostWhitelist.hosts", []).value if sources.known.host_whitelist else []
    login_on = _both(listening.on, sources.is_on(login))
    found = InEffect(
        version=version,
        config_name=sources.config_name,
        port=port,
        scheme=scheme,
        listens=_is_reachable(listening),
        addresses=listening.addresses,
        ipv4=listening.ipv4,
        ipv6=listening.ipv6,
        whitelist_on=entries.on,
        entries=entries.entries,
        entries_complete=entries.complete,
        every_request_fails=entries.fails,
        whitelist_source=entries.source,
        whitelist_reason=entries.reason,
        login_on=login_on,
        login_switch=sources.is_on(login),
        username=name if isinstance(name, str) and not by_accounts else None,
        login_fit=LoginFit.UNKNOWN if by_accounts else fit,
        login_problem=None if by_accounts else unfit,
        login_by_accounts=by_accounts,
        accounts=accounts,
        open_accounts=open_accounts,
        host_names=_host_names(sources, hosts),
        refuses_to_start=start.refuses or no_port or entries.refuses or insecure,
        problem=start.problem,
        reasons=(
            *start.reasons,
            *listening.reasons,
            _sentence(sources.find("whitelistMode", True, "whitelist"), "The whitelist is", entries.on),
            *([entries.reason] if entries.on is not False else []),
            _sentence(login, "The login is", sources.is_on(login)),
            *(["The login is not asked for while only this PC is listened to."] if _idle_login(sources, login) else []),
        ),
    )
    return _without_settings(found) if start.refuses else found


def _without_settings(found: InEffect) -> InEffect:
    """There are no settings to tell of, so nothing is known but that it does not start."""
    nothing = replace(found, port=None, listens=None, addresses=(), ipv4=None, ipv6=None, whitelist_on=None, reasons=())
    return replace(
        nothing,
        login_on=None,
        login_switch=None,
        login_fit=LoginFit.UNKNOWN,
        login_problem=None,
        entries_complete=False,
    )


def credentials(
    version: str,
    config: Config,
    environment: Mapping[str, str],
    *,
    defaults: Mapping[str, object] | None = None,
) -> tuple[str, str] | None:
    """User name and password as that version compares them; None when they are no texts, so that nobody can log in."""
    name, password = _credentials(_start(facts(version), config, (), environment, defaults, "").sources)
    return (name, password) if isinstance(name, str) and isinstance(password, str) else None


def _credentials(sources: Sources) -> tuple[object, object]:
    return sources.find("basicAuthUser.username").value, sources.find("basicAuthUser.password").value


def judge_login(known: Facts, name: object, password: object) -> tuple[LoginFit, Problem | None]:
    """Whether that version can check this login, and whether it protects. The values are as Node reads them."""
    if UNKNOWN in (name, password):
        return LoginFit.UNKNOWN, None
    if not isinstance(name, str) or not isinstance(password, str):
        return LoginFit.BROKEN, Problem(
            "Nobody can log in: the user name or the password is not set as text.",
            "Set both again; SillyTavern takes a bare number, true or null for something else than text.",
        )
    problem = login_problem(name, password, known.version)
    if ":" in name or (":" in password and not known.password_with_colon):
        return LoginFit.BROKEN, problem
    weak = not name or not password or password == DEFAULT_PASSWORD
    return LoginFit.WEAK if weak else LoginFit.FIT, problem


def _start(
    known: Facts,
    config: Config,
    flags: Sequence[str],
    environment: Mapping[str, str],
    defaults: Mapping[str, object] | None,
    config_name: str,
) -> _Start:
    def start(values: Mapping[str, object], name: str, reason: str = "", **more: Problem | None) -> _Start:
        sources = Sources(known, values, name, read_flags(known, flags), environment)
        return _Start(sources, (reason,) if reason else (), **more)

    name = config_name or known.era
    usual = defaults or default_values(known)
    if config is None:
        if known.creates_config:
            return start(usual, OF_DEFAULT, f"There is no {name} yet: the start makes one from the default.")
        return start({}, name, refuses=_no_config(known, name))
    if isinstance(config, Problem):
        if known.broken_config is BrokenConfig.EXIT or known.era is Era.CONF:
            return start({}, name, problem=config, refuses=config)
        return start({}, name, f"{name} cannot be read, so SillyTavern refuses everyone.", problem=config)
    whole = merged(config, usual) if known.missing_keys is MissingKeys.MERGED else None
    if whole is None:
        return start(config, name)
    return start(whole, name, f"The start fills in what {name} lacks from the default, its lists included.")


def _no_config(known: Facts, name: str) -> Problem:
    return Problem(
        f"SillyTavern {known.version} does not start without {name}.",
        f"Copy default/{name} from the same folder.",
    )


def _scheme_and_port(sources: Sources) -> tuple[str, int | None, Problem | None]:
    secure = sources.switch("ssl.enabled", flag="ssl") if sources.known.ssl_keys else bool(sources.flags.get("ssl"))
    scheme = "https" if secure else "http"
    setting = _port_setting(sources)
    value = setting.value
    if value is UNKNOWN:
        return scheme, None, None
    if sources.known.ssl_keys and setting.source != FLAG:
        value = _parse_float(value)
    number = re.fullmatch(r"\d*", _port_text(value))
    if not number or int(number[0] or 0) > 65535:
        return scheme, None, Problem(f"SillyTavern cannot start: {setting}, which is no port.", "Set a port.")
    port = int(number[0]) if number[0] else (443 if secure else 80)
    return scheme, port or None, None


def _port_setting(sources: Sources) -> Setting:
    known = sources.known
    if known.env_any_key or "port" in sources.flags:
        return sources.find("port", known.default_port, "port")
    said = sources.environment.get(known.env_port)
    # Until 1.11.6 an empty variable was as good as none.
    if said or (said is not None and known.port_flag):
        return Setting(said, ENVIRONMENT, known.env_port)
    return sources.find("port", known.default_port)


def _parse_float(value: object) -> object:
    """`parseFloat(value)`, and the default port where that is no number."""
    if isinstance(value, str):
        found = re.match(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", trim(value), re.IGNORECASE | re.ASCII)
        return float(found[0]) if found else 8000
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return 8000
    return value


def _port_text(value: object) -> str:
    if isinstance(value, str):
        return trim(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "no port"
    return str(int(value)) if math.isfinite(value) and value == int(value) else "no port"


def _listening(sources: Sources) -> _Listening:
    setting = sources.find("listen", False, "listen")
    on = sources.is_on(setting)
    ipv4 = _protocol(sources, "protocol.ipv4", "enableIPv4", True)
    ipv6 = _protocol(sources, "protocol.ipv6", "enableIPv6", False)
    reason = f"It listens {'on the network' if on else 'on this PC only'}: {setting}."
    if on and isinstance(setting.value, str):
        reason = f"It listens on the network: {setting}, and SillyTavern takes every such text for yes."
    addresses = []
    if ipv4 is not False:
        everywhere = _address(sources, "listenAddress.ipv4", "listenAddressIPv4", EVERY_IPV4)
        addresses.append(everywhere if on else "127.0.0.1")
    if ipv6 is not False:
        everywhere = _address(sources, "listenAddress.ipv6", "listenAddressIPv6", "::")
        addresses.append(everywhere if on else "::1")
    return _Listening(on, tuple(addresses), ipv4, ipv6, (reason,) if on is not None else ())


def _protocol(sources: Sources, key: str, flag: str, fallback: bool) -> bool | None:
    """None for "auto": that depends on the network cards."""
    if not sources.known.protocol_keys:
        return fallback
    value = sources.find(key, fallback, flag).value
    if isinstance(value, str):
        value = {"true": True, "false": False, "auto": None}.get(trim(value).lower(), fallback)
        return value
    return value if isinstance(value, bool) else fallback


def _address(sources: Sources, key: str, flag: str, everywhere: str) -> str:
    if not sources.known.listen_address_keys:
        return everywhere
    from ipaddress import ip_address

    value = sources.find(key, everywhere, flag).value
    try:
        address = ip_address(trim(str(value)).strip("[]"))
    except ValueError:
        return everywhere
    return str(address) if (address.version == 4) == ("." in everywhere) else everywhere


def _is_reachable(listening: _Listening) -> bool | None:
    from ipaddress import ip_address

    if listening.on is None:
        return None
    return any(not ip_address(address).is_loopback for address in listening.addresses)


def _whitelist(sources: Sources, text: str | None) -> _List:
    known = sources.known
    mode = sources.find("whitelistMode", True, "whitelist")
    on = sources.is_on(mode)
    if known.strict_whitelist_mode and on is not None:
        on = mode.value is True
    if text is not None:
        reason = f"{TEXT_LIST} exists, so the list in {sources.config_name} is not used."
        return _List(on, parse_text(text), True, False, TEXT_LIST, reason, None)
    setting = sources.find("whitelist", [])
    source, reason = _list_source(sources, setting)
    if isinstance(setting.value, list):
        items = tuple(item for item in setting.value if item is not UNKNOWN)
        return _List(on, items, len(items) == len(setting.value), False, source, reason, None)
    if setting.value is UNKNOWN:
        return _List(on, (), False, False, source, reason, None)
    reason = f"{reason} It is no list: {setting}."
    fails = known.no_list is NoList.HTTP_500 and on is not False
    refuses = None
    if known.no_list is NoList.NULL_FAILS and not isinstance(setting.value, str):
        refuses = Problem(f"SillyTavern cannot start: {setting}, which is no list.", "Make it a list, or remove it.")
    return _List(on, (), True, fails, source, reason, refuses)


def _list_source(sources: Sources, setting: Setting) -> tuple[str, str]:
    if setting.source == ENVIRONMENT:
        return "environment", f"{setting.name} in the environment replaces the list in {sources.config_name}."
    if setting.source == FALLBACK or sources.config_name == OF_DEFAULT:
        return "default", f"There is no {TEXT_LIST} and no list in the configuration, so the default counts."
    return sources.config_name, f"The list is the one in {sources.config_name}; there is no {TEXT_LIST}."


def _insecure(
    sources: Sources, listens: bool | None, accounts: bool | None, open_accounts: bool | None
) -> Problem | None:
    """SillyTavern's own refusal. It takes what counts as true for protection, though the whitelist may not apply."""
    protected = (
        sources.switch("whitelistMode", True, "whitelist"),
        sources.switch("basicAuthMode", False, "basicAuthMode"),
        sources.switch("securityOverride"),
        sources.known.accounts_protect and accounts and open_accounts is not True,
    )
    if not listens or any(item is not False for item in protected):
        return None
    return Problem(
        "SillyTavern refuses to start: it would listen on the network with neither whitelist nor login.",
        "Switch the whitelist on, or set a login, or let it listen on this PC only.",
    )


def _host_names(sources: Sources, hosts: object) -> tuple[str, ...] | None:
    # The server asks for no boolean here: every text that is not empty counts, "false" too.
    if not sources.known.host_whitelist or not truthy(sources.find("hostWhitelist.enabled", False).value):
        return None
    return tuple(str(host) for host in hosts) if isinstance(hosts, list) else ()


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _idle_login(sources: Sources, login: Setting) -> bool:
    return sources.is_on(login) is True and sources.switch("listen", False, "listen") is False


def _sentence(setting: Setting, subject: str, on: bool | None) -> str:
    if on is None:
        return f"{subject} on or off: {setting}, and only running it would tell."
    if setting.value is UNDEFINED or isinstance(setting.value, bool):
        return f"{subject} {'on' if on else 'off'}: {setting}."
    return f"{subject} {'on' if on else 'off'}: {setting}, which SillyTavern reads so."


def in_effect(
    installation: Installation, flags: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> InEffect:
    """What the server of `installation` does when started with `flags` and `environment`. Reads its files."""
    config, name = read_settings(installation)
    found = decide(
        installation.version,
        config,
        _text(installation.whitelist_file),
        flags,
        environment or {},
        defaults=default_settings(installation),
        config_name=name,
        open_accounts=open_accounts(installation.data_root),
    )
    old = installation.folder / Era.CONF
    if name == Era.YAML and not facts(installation.version).reads_conf_too and old.exists():
        return replace(found, reasons=(*found.reasons, f"This version does not read {Era.CONF} any more."))
    return found


def exposure_of(effect: InEffect) -> Exposure:
    """Who can get in, in words."""
    return exposure(effect)


def stored_credentials(
    installation: Installation, environment: Mapping[str, str] | None = None
) -> tuple[str, str] | None:
    """User name and password of `installation`; None when nobody can log in. Reads its files."""
    config, _ = read_settings(installation)
    return credentials(installation.version, config, environment or {}, defaults=default_settings(installation))


def read_settings(installation: Installation) -> tuple[Config, str]:
    """What Node reads from the configuration (None: there is no file), and the name of the file that counts."""
    file = installation.config_file
    if facts(installation.version).reads_conf_too:
        names = [Era.YAML, Era.CONF]
        file = next((installation.folder / name for name in names if (installation.folder / name).exists()), file)
    return _values(file), file.name


def _values(file: Path) -> Config:
    try:
        text = file.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        return Problem(f"{file.name} cannot be read: {error.strerror}.", f"Make {file} readable for you.")
    from launcher.server_files.config import read_config

    try:
        return read_config(text, file.name)
    except TavernkeepError as error:
        return error.problem


def default_settings(installation: Installation) -> Mapping[str, object] | None:
    """What its default file holds; None when it cannot be read."""
    known = facts(installation.version)
    values = _values(installation.folder / "default" / known.era)
    return values if isinstance(values, Mapping) else None


def _text(file: Path) -> str | None:
    """None also when it cannot be read: SillyTavern then goes on with the list in the configuration."""
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None


def open_accounts(data_root: Path) -> bool | None:
    """Whether an administrator's account has no password. The first start makes one like that."""
    try:
        files = [file.read_text("utf-8") for file in (data_root / "_storage").iterdir() if file.is_file()]
        records = [json.loads(text) for text in files]
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return None
    users = [record["value"] for record in records if str(value_at(record, "key")).startswith("user:")]
    admins = [user for user in users if truthy(value_at(user, "admin")) and truthy(value_at(user, "enabled"))]
    return not users or any(not truthy(value_at(user, "password")) for user in admins)
