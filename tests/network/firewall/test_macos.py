"""What a Mac's own report says about its application firewall. The reports are constructed; no Mac was at hand."""

import json
from pathlib import Path

import pytest

from launcher.network.firewall.macos import explained

NODE = Path("/opt/homebrew/bin/node")
STATE = "spfirewall_globalstate_"


def report(state: str, **programs: str) -> str:
    said: dict[str, object] = {
        "_name": "spfirewall_settings",
        "spfirewall_globalstate": f"{STATE}{state}",
        "spfirewall_loggingenabled": "No",
        "spfirewall_stealthenabled": "No",
    }
    if programs:
        said["spfirewall_applications"] = programs
    return json.dumps({"SPFirewallDataType": [said]})


@pytest.mark.parametrize("state", ["allow_all", "off"])
def test_a_firewall_that_is_off_lets_in(state: str) -> None:
    found = explained(report(state), NODE)
    assert (found.on, found.passes) == (False, True)


def test_one_that_blocks_all_is_opened_by_the_person_alone() -> None:
    found = explained(report("block_all", node="spfirewall_allow_all"), NODE)
    assert (found.on, found.passes, found.can_open) == (True, False, False)
    assert found.by_hand


def test_a_program_that_may_be_reached_gets_in() -> None:
    assert explained(report("limit_connections", node="spfirewall_allow_all"), NODE).passes


def test_a_program_that_is_blocked_is_named() -> None:
    found = explained(report("limit_connections", node="spfirewall_block_all"), NODE)
    assert (found.passes, found.blocked_by, found.can_open) == (False, ("node",), True)
    assert found.by_hand.endswith("--unblockapp /opt/homebrew/bin/node")


def test_a_program_nobody_decided_about_is_unknown() -> None:
    found = explained(report("limit_connections"), NODE)
    assert (found.on, found.passes, found.can_open) == (True, None, True)


@pytest.mark.parametrize("text", [None, "", "{}", '{"SPFirewallDataType": []}', '{"SPFirewallDataType": [1]}'])
def test_what_is_no_report_is_unknown(text: str | None) -> None:
    found = explained(text, NODE)
    assert (found.on, found.passes) == (None, None)
    assert found.how_to_find_out
