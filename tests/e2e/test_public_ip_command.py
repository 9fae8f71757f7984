"""`tavernkeep public-ip` behind a router, with real https services outside, and without any network."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.commands import Tavernkeep
from tests.support.internet import PC, Internet, internet
from tests.support.services import service, telling

HOME, OTHER, CARRIER = "81.2.69.142", "81.2.69.160", "100.64.9.9"


def pc_of(hosts: Internet, home: Path) -> Tavernkeep:
    return Tavernkeep(home, hosts.on_pc(), hosts.environment)


def test_what_the_services_see_is_told_and_which_service_said_what(home: Path, tmp_path: Path) -> None:
    with internet(tmp_path) as hosts, hosts.services(HOME, f"{HOME}|seen") as urls:
        (home / "settings.toml").write_text(f"public_ip_services = {urls!r}\n", "utf-8")
        found = pc_of(hosts, home).json("public-ip")
        said = pc_of(hosts, home).do("public-ip", "--service", urls[1])
    assert (found["ipv4"], found["ipv6"], found["behind_cgnat"]) == (HOME, "2a02:8071:2::5", None)
    assert found["services"] == [
        {"service": urls[0], "family": "ipv4", "answer": HOME, "error": None},
        {
            "service": urls[0],
            "family": "ipv6",
            "answer": None,
            "error": f"It was asked over IPv6 and answered {HOME}.",
        },
        {"service": urls[1], "family": "ipv4", "answer": HOME, "error": None},
        {"service": urls[1], "family": "ipv6", "answer": "2a02:8071:2::5", "error": None},
    ]
    assert f"Public address (IPv4): {HOME}" in said
    assert "Tailscale" in said


def test_services_that_differ_are_both_shown_and_none_is_chosen(home: Path, tmp_path: Path) -> None:
    with service(telling(HOME.encode())) as one, service(telling(OTHER.encode())) as two:
        pc = Tavernkeep(home)
        done = pc.run("public-ip", "--json", "--service", one, "--service", two)
        said = pc.run("public-ip", "--service", one, "--service", two)
    found = json.loads(done.stdout)
    assert done.returncode == said.returncode == 3
    assert found["ipv4"] is None
    assert found["error"]["title"] == "The services do not agree, so Tavernkeep cannot tell which address is right."
    assert [each["answer"] for each in found["services"]] == [HOME, OTHER]
    assert HOME in said.stdout
    assert OTHER in said.stdout


@pytest.mark.sweep
def test_a_pc_with_a_carriers_address_knows_that_nobody_reaches_it(home: Path, tmp_path: Path) -> None:
    with internet(tmp_path) as hosts, hosts.services(HOME) as urls:
        for step in (f"addr del {PC}/24 dev lan0", f"addr add {CARRIER}/10 dev lan0"):
            subprocess.run(["ip", "-n", hosts.pc, *step.split()], check=True)
        subprocess.run(["ip", "-n", hosts.router, "addr", "add", "100.64.0.1/10", "dev", "lan0"], check=True)
        subprocess.run(["ip", "-n", hosts.pc, "route", "add", "default", "via", "100.64.0.1"], check=True)
        subprocess.run(["ip", "-n", hosts.outside, "route", "add", "100.64.0.0/10", "via", HOME], check=True)
        found = pc_of(hosts, home).json("public-ip", "--service", urls[0])
    assert (found["ipv4"], found["behind_cgnat"], found["route"]) == (HOME, True, "carrier")


def test_offline_is_one_sentence_and_takes_no_five_seconds(home: Path, tmp_path: Path) -> None:
    with internet(tmp_path) as hosts:
        subprocess.run(["ip", "-n", hosts.pc, "link", "set", "lan0", "down"], check=True)
        begun = time.monotonic()
        done = pc_of(hosts, home).run("public-ip")
        took_s = time.monotonic() - begun
    assert done.returncode == 3
    assert done.stdout == ""
    sentence = "No service could be reached to ask for the public address: is this PC connected to the Internet?\n"
    assert done.stderr == sentence
    assert took_s < 4


@pytest.mark.parametrize("url", ["http://example.org/", "not a url", "https://me:secret@example.org/", "\x1b[2J"])
def test_what_cannot_be_asked_is_wrong_usage(home: Path, url: str) -> None:
    done = Tavernkeep(home).run("public-ip", "--service", url)
    assert done.returncode == 2
    assert "cannot be asked" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_service_of_the_settings_that_makes_no_sense_is_told(home: Path) -> None:
    (home / "settings.toml").write_text('public_ip_services = ["http://example.org/"]\n', "utf-8")
    done = Tavernkeep(home).run("public-ip", "--json")
    assert done.returncode == 3
    assert "Only https" in json.loads(done.stdout)["error"]["title"]
