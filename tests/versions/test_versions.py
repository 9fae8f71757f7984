from typing import Any

import pytest

from launcher.versions.facts import BadLine, BrokenConfig, ConfigName, Facts, Forwarded, NoList
from launcher.versions.flags import launch_flags
from launcher.versions.number import number
from launcher.versions.table import SWITCH_FLAGS, facts
from tests.support.data import table

SAME = {
    "config_file": "config_name",
    "default_listen": "default_listen",
    "default_whitelistMode": "default_whitelist_mode",
    "default_port": "default_port",
    "default_basicAuthMode": "default_basic_auth_mode",
    "autorun_flag_can_disable": "autorun_flag_closes",
    "env_port": "env_port",
    "env_any_key": "env_any_key",
    "whitelistMode_strict_true_only": "strict_whitelist_mode",
    "favicon_refusal_logged": "favicon_refusal_logged",
    "new_connection_line": "new_connection_line",
    "new_connection_ip_spoofable": "new_connection_forgeable",
    "accounts_count_as_protection": "accounts_protect",
    "password_with_colon": "password_with_colon",
    "needs_data_dir_created": "needs_data_folder",
    "page_403": "page_403",
    "global_mode": "global_mode",
}
# Measured, and nothing in Tavernkeep depends on it.
NOT_NEEDED = {
    "access_log",
    "ansi_when_piped",
    "auth_config_read_live",
    "basic_auth_rate_limit",
    "browser_key",
    "config_in_npm_tarball",
    "default_browser",
    "engines",
    "log_level_key",
    "new_connection_also_for_refused",
    "npm_hoisted_first_start_crash",
    "osc_title_before_ready",
    "port_in_use_rc",
    "ready_regex",
    "refused_line",
    "refused_stream",
    "rewrites_config",
    "security_refusal_rc",
    "start_failure_may_exit_0",
    "whitelist_txt",
}
# Fields that the measurements describe in words: field → a piece of the words → ours.
WORDED: dict[str, tuple[str, dict[str, object]]] = {
    "config_created_by": ("creates_config", {"server start": True, "tarball": False, "postinstall": False}),
    "string_booleans": ("string_booleans", {"understood": True, "any non-empty string is true;": False}),
    "invalid_whitelist_line": ("bad_line", {"HTTP 500": BadLine.HTTP_500, "ignored": BadLine.IGNORED}),
    "whitelist_not_a_list": (
        "no_list",
        {"HTTP 500": NoList.HTTP_500, "start fails": NoList.NULL_FAILS, "everyone refused": NoList.REFUSES},
    ),
    "forwarded_headers_checked": (
        "forwarded",
        {"no": Forwarded.NEVER, "always": Forwarded.ALWAYS, "enableForwarded": Forwarded.CONFIGURED},
    ),
    "broken_config": (
        "broken_config",
        {"exit": BrokenConfig.EXIT, "OVERWRITES": BrokenConfig.OVERWRITES, "defaults": BrokenConfig.REFUSES_ALL},
    ),
    "needs_web_tokenizers_pin": ("extra_packages", {"True": ("@mlc-ai/web-tokenizers@0.1.0",), "False": ()}),
    "data": ("data", {"public/": "public", "data/": "data"}),
}


def measured() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = table("versions.json")
    return found


def worded(field: str, words: object) -> object:
    return next(value for piece, value in WORDED[field][1].items() if piece in str(words))


@pytest.mark.parametrize("version", measured())
def test_every_fact_is_as_measured(version: str) -> None:
    known = facts(version)
    for field, value in measured()[version].items():
        if field == "flags":
            assert known.flags == set(value)
        elif field == "default_whitelist":
            assert list(known.default_whitelist) == value
        elif field in NOT_NEEDED:
            continue
        elif field in WORDED:
            assert getattr(known, WORDED[field][0]) == worded(field, value), field
        else:
            assert getattr(known, SAME[field]) == value, field


def without_name(known: Facts) -> dict[str, object]:
    return {name: value for name, value in vars(known).items() if name != "version"}


@pytest.mark.parametrize(
    ("version", "like"),
    [
        ("1.8.5", "1.9.0"),
        ("0.1", "1.9.0"),
        ("nonsense", "1.9.0"),
        ("1.9.6", "1.9.0"),
        ("1.10.9", "1.10.0"),
        ("1.15.0", "1.14.0"),
        ("1.19.3", "1.19.0"),
        ("2.0.0", "1.19.0"),
        ("v1.13.4", "1.13.4"),
        ("1.13.0-staging", "1.13.0"),
        ("1.12.0-beta", "1.12.0-preview"),
        (" 1.12\n", "1.12.0"),
    ],
)
def test_an_unknown_version_behaves_like_the_nearest_known_one_below(version: str, like: str) -> None:
    assert without_name(facts(version)) == without_name(facts(like))


def test_a_preview_comes_before_its_release() -> None:
    assert number("1.11.8") < number("1.12.0-preview") < number("1.12.0") < number("1.12.10")


def test_the_configuration_file_and_the_node_that_is_needed() -> None:
    assert facts("1.10.0").config_name is ConfigName.CONF
    assert facts("1.10.10").config_name is ConfigName.YAML
    assert facts("1.9.7").node_minimum == 16
    assert facts("1.10.0").node_minimum == facts("1.19.0").node_minimum == 20


@pytest.mark.parametrize(
    ("version", "closed"), [("1.9.7", False), ("1.10.10", True), ("1.11.6", False), ("1.11.7", True), ("1.19.0", True)]
)
def test_where_flags_cannot_keep_the_browser_closed_the_guard_must(version: str, closed: bool) -> None:
    assert facts(version).browser_closed_by_flags is closed


def test_our_flags_keep_the_browser_closed_and_the_data_outside() -> None:
    assert launch_flags("1.9.7") == ("--autorun=false", "--browserLaunchEnabled=false")
    assert launch_flags("1.19.0", "/c/config.yaml", "/d") == (
        "--autorun=false",
        "--browserLaunchEnabled=false",
        "--configPath=/c/config.yaml",
        "--dataRoot=/d",
    )


def test_a_version_that_cannot_have_its_configuration_elsewhere_gets_no_flag_for_it() -> None:
    assert "--configPath=/c" not in launch_flags("1.12.14", "/c", "/d")
    assert "--dataRoot=/d" in launch_flags("1.12.14", "/c", "/d")


def test_every_switch_is_a_flag_of_some_version() -> None:
    assert facts("99.0.0").flags >= SWITCH_FLAGS
