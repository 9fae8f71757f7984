"""Decide what a server does with its settings: flags, environment, files and version together, and why. PURE.

Only what `credentials` returns holds a password.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from launcher.access.exposure import LoginFit
from launcher.access.javascript import Value
from launcher.access.list_verdict import parse_text
from launcher.access.login import DEFAULT_PASSWORD, login_problem
from launcher.problem import Problem
from launcher.server.default_settings import default_values, merged
from launcher.server.listening import is_reachable, listening, scheme_and_port
from launcher.server.setting_sources import (
    ENVIRONMENT,
    FALLBACK,
    Setting,
    Sources,
    read_flags,
    truthy,
)
from launcher.server_files.value import UNDEFINED, UNKNOWN
from launcher.versions.facts import BrokenConfig, ConfigName, Facts, MissingKeys, NoList
from launcher.versions.table import facts

TEXT_LIST = "whitelist.txt"
OF_DEFAULT = "the default configuration"
Config = Mapping[str, object] | Problem | None


@dataclass(frozen=True)
class EffectiveSettings:
    """What the server of an installation does when started. None means "could not be found out".

    port: None also when the server takes any free one. listens: other devices can reach it; addresses: where.
    entries: the lines that decide, as that version gets them. entries_complete: False when only running the file would
    tell some of them. every_request_fails: the whitelist is no list, so every device gets HTTP 500. whitelist_source:
    `whitelist.txt`, `config.yaml`, `config.conf`, `environment` or `default`; whitelist_reason: why that one.
    login_on: the server asks for user name and password, which it does only while it listens; login_switch: the
    setting. login_by_accounts: it asks for those of the user accounts. login_fit and login_problem judge the login in
    the settings, even while it is off. accounts: user accounts are on; open_accounts: an administrator's has no
    password. host_names: while `hostWhitelist` is on, the names that browsers may use; addresses always work.
    refuses_to_start: why a start fails. problem: why the configuration cannot be read. reasons: what decides what.
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
    """The settings of a start. No repr: they hold the password."""

    sources: Sources
    reasons: tuple[str, ...] = ()
    problem: Problem | None = None
    refuses: Problem | None = None


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
) -> EffectiveSettings:
    """Return what a server of `version` does with these settings.

    config: what Node reads from the file; None when there is no file, a Problem when it cannot be read.
    whitelist_text: the content of whitelist.txt; None when there is none. defaults: the installation's own
    default/config.yaml, which a start from 1.13.0 on merges in. config_name: the name of the file, when it is not the
    usual one of that version. open_accounts: whether an administrator's account has no password.
    """
    start = _start(facts(version), config, flags, environment, defaults, config_name)
    sources = start.sources
    scheme, port, no_port = scheme_and_port(sources)
    heard = listening(sources)
    entries = _whitelist(sources, whitelist_text)
    accounts = sources.switch("enableUserAccounts") if sources.known.accounts_known else False
    login = sources.find("basicAuthMode", False, "basicAuthMode")
    by_accounts = accounts and sources.known.per_user_login and sources.switch("perUserBasicAuth")
    name, password = _credentials(sources)
    fit, unfit = judge_login(sources.known, name, password)
    insecure = _insecure(sources, heard.on, accounts, open_accounts)
    login_on = _both(heard.on, sources.is_on(login))
    found = EffectiveSettings(
        version=version,
        config_name=sources.config_name,
        port=port,
        scheme=scheme,
        listens=is_reachable(heard),
        addresses=heard.addresses,
        ipv4=heard.ipv4,
        ipv6=heard.ipv6,
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
        host_names=_host_names(sources),
        refuses_to_start=start.refuses or no_port or heard.refuses or entries.refuses or insecure,
        problem=start.problem,
        reasons=(*start.reasons, *heard.reasons, *_reasons(sources, entries)),
    )
    return _without_settings(found) if start.refuses else found


def _reasons(sources: Sources, entries: _List) -> Iterator[str]:
    yield _sentence(sources.find("whitelistMode", True, "whitelist"), "The whitelist is", entries.on)
    if entries.on is not False:
        yield entries.reason
    login = sources.find("basicAuthMode", False, "basicAuthMode")
    yield _sentence(login, "The login is", sources.is_on(login))
    if sources.is_on(login) and sources.switch("listen", False, "listen") is False:
        yield "The login is not asked for while it listens on this PC only."
    names = _host_names(sources)
    if names is not None:
        allowed = f"the names {', '.join(names)}" if names else "localhost"
        yield f"It answers only when called by an address or {allowed}: hostWhitelist is on."


def _without_settings(found: EffectiveSettings) -> EffectiveSettings:
    """Return `found` without what settings say: there are none, and the start fails."""
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
    """Return user name and password as that version compares them; None when they are no texts: nobody can log in."""
    name, password = _credentials(_start(facts(version), config, (), environment, defaults, "").sources)
    return (name, password) if isinstance(name, str) and isinstance(password, str) else None


def _credentials(sources: Sources) -> tuple[object, object]:
    return sources.find("basicAuthUser.username").value, sources.find("basicAuthUser.password").value


def judge_login(known: Facts, name: object, password: object) -> tuple[LoginFit, Problem | None]:
    """Return whether this login, as Node reads it, works in that version and protects, and what is wrong with it."""
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

    name = config_name or known.config_name
    usual = defaults or default_values(known)
    if config is None:
        if known.creates_config:
            return start(usual, OF_DEFAULT, f"There is no {name} yet: the start makes one from the default.")
        return start({}, name, refuses=_no_config(known, name))
    if isinstance(config, Problem):
        if known.broken_config is BrokenConfig.EXIT or known.config_name is ConfigName.CONF:
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
    """Return SillyTavern's own refusal. It checks only that a setting is true, even for a list that does not apply."""
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


def _host_names(sources: Sources) -> tuple[str, ...] | None:
    # The server does not convert this one: every text that is not empty counts as true, even "false".
    if not sources.known.host_whitelist or not truthy(sources.find("hostWhitelist.enabled", False).value):
        return None
    names = sources.find("hostWhitelist.hosts", []).value
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _sentence(setting: Setting, subject: str, on: bool | None) -> str:
    if on is None:
        return f"{subject} on or off: {setting}, and only running it would tell."
    if setting.value is UNDEFINED or isinstance(setting.value, bool):
        return f"{subject} {'on' if on else 'off'}: {setting}."
    return f"{subject} {'on' if on else 'off'}: {setting}, which SillyTavern reads so."
