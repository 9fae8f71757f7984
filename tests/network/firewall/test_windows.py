"""What a person is told about Windows' firewall, and what Windows is told to do."""

import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from launcher.network.firewall import windows
from launcher.network.firewall.packet import Packet
from launcher.network.firewall.verdict import Firewall
from launcher.network.firewall.windows import explained, open_line, quoted, unblock_line, with_ours
from launcher.network.firewall.windows_rules import Defaults, Program, WindowsRule, decide, parse
from launcher.network.profile import Profile
from launcher.problem import TavernkeepError
from launcher.system.folders import Folders

NODE = r"c:\program files\nodejs\node.exe"
OURS = Program(frozenset({NODE}))
PACKET = Packet(ip_network("192.168.0.0/24"), 8000)
ALLOW = "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|"
BLOCK = ALLOW.replace("Allow", "Block") + f"App={NODE}|Name=Node.js JavaScript Runtime|"


def rules(*texts: str, local: bool = True) -> tuple[WindowsRule, ...]:
    return tuple(rule for text in texts if (rule := parse("{1}", text, local)))


def told(
    found: tuple[WindowsRule, ...], profile: Profile = Profile.PRIVATE, defaults: Defaults | None = None
) -> Firewall:
    settings = dict.fromkeys(Profile, defaults or Defaults())
    verdict = decide(found, profile, settings[profile], PACKET, OURS)
    then = decide(with_ours(found, OURS, 8000), profile, settings[profile], PACKET, OURS)
    return explained([(profile, verdict)], OURS, 8000, settings, True, bool(then.passes))


def test_a_private_network_is_opened_with_one_click() -> None:
    found = told(())
    assert (found.on, found.passes, found.can_open) == (True, False, True)


def test_a_block_rule_is_named_and_taken_away() -> None:
    found = told(rules(BLOCK, ALLOW))
    assert (found.passes, found.can_open) == (False, True)
    assert found.blocked_by == ("Node.js JavaScript Runtime",)


def test_a_block_rule_of_a_policy_is_not_ours_to_take_away() -> None:
    found = told(rules(BLOCK, local=False))
    assert (found.passes, found.can_open) == (False, False)
    assert found.blocked_by


def test_on_a_public_network_it_is_the_network_that_is_in_the_way() -> None:
    found = told((), Profile.PUBLIC)
    assert (found.passes, found.can_open) == (False, False)
    assert "public" in found.why


def test_a_public_network_that_lets_in_is_fine() -> None:
    assert told(rules(ALLOW), Profile.PUBLIC).passes


def test_one_that_is_off_is_said_to_be_off() -> None:
    found = told((), defaults=Defaults(on=False))
    assert (found.on, found.passes) == (False, True)


def test_one_that_lets_nobody_in_at_all_says_so() -> None:
    found = told(rules(ALLOW), defaults=Defaults(blocks_everything=True))
    assert (found.passes, found.can_open) == (False, False)
    assert "whatever its rules say" in found.why


def test_the_rule_is_narrow_and_has_our_name(tmp_path: Path) -> None:
    line = open_line(tmp_path / "node", 8123, domain=False)
    assert line == (
        'netsh advfirewall firewall add rule name="Tavernkeep" dir=in action=allow '
        f'program="{tmp_path / "node"}" protocol=TCP localport=8123 profile=private remoteip=localsubnet'
    )


def test_a_block_rule_is_deleted_for_this_program_alone() -> None:
    line = unblock_line(rules(BLOCK)[0], NODE)
    assert line == (
        f'netsh advfirewall firewall delete rule name="Node.js JavaScript Runtime" dir=in program="{NODE}" protocol=TCP'
    )


@pytest.mark.parametrize("text", ['a" & calc & "', "%comspec%", "two\nlines"])
def test_a_name_that_would_be_a_command_is_refused(text: str) -> None:
    with pytest.raises(TavernkeepError):
        quoted(text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a registry")
def test_rules_that_cannot_be_read_are_unknown(tmp_path: Path) -> None:
    found = windows.look(Path(NODE), 8000, (PACKET.source,), Folders(tmp_path, tmp_path, tmp_path, tmp_path))
    assert (found.on, found.passes) == (None, None)
    assert found.how_to_find_out
