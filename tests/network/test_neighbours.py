"""What a system knows of the devices around this PC."""

import subprocess
import sys

from launcher.network.neighbours import mac_of, parse_arp_a, parse_proc_arp, usual_mac, whereabouts
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts
from tests.support.machine import REPOSITORY

LINUX = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.0.20     0x1         0x2         3C:22:FB:00:00:01     *        wlan0
192.168.0.21     0x1         0x0         00:00:00:00:00:00     *        wlan0
192.168.0.22     0x1         0x2         nonsense              *        wlan0

"""
MAC_OS = """\
? (192.168.0.1) at 0:1c:42:0:0:8 on en0 ifscope [ethernet]
? (192.168.0.20) at 3c:22:fb:0:0:1 on en0 ifscope [ethernet]
? (192.168.0.21) at (incomplete) on en0 ifscope [ethernet]
? (192.168.0.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
mdns.mcast.net (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
"""


def test_linux_tells_macs_of_those_it_spoke_with() -> None:
    assert parse_proc_arp(LINUX) == {"192.168.0.20": "3c:22:fb:00:00:01"}
    assert parse_proc_arp("") == {}


def test_macos_leaves_out_zeros() -> None:
    assert parse_arp_a(MAC_OS) == {"192.168.0.1": "00:1c:42:00:00:08", "192.168.0.20": "3c:22:fb:00:00:01"}


def test_windows_writes_hyphens() -> None:
    assert usual_mac("3C-22-FB-00-00-01") == "3c:22:fb:00:00:01"


def test_this_pc_is_known_as_itself_and_the_internet_as_far_away() -> None:
    assert whereabouts("127.0.0.1").own is True
    far = whereabouts("203.0.113.7")
    assert (far.own, far.nearby, far.mac) == (False, False, None)
    assert mac_of("203.0.113.7") is None


def test_a_phone_on_the_same_cable_is_near_and_has_its_mac(hosts: Hosts) -> None:
    knock = f"import socket; socket.socket().connect_ex(({PC_ADDRESS!r}, 9))"
    subprocess.run(hosts.on_phone(sys.executable, "-c", knock), check=True)
    code = f"from launcher.network.neighbours import whereabouts as w; print(w({PHONE_ADDRESS!r}), w('fd00::20'))"
    done = subprocess.run(
        hosts.on_pc(sys.executable, "-c", code), check=True, capture_output=True, text=True, cwd=REPOSITORY
    )
    card = subprocess.run(
        hosts.on_phone("cat", "/sys/class/net/wlan0/address"), check=True, capture_output=True, text=True
    )
    mac = card.stdout.strip()
    assert done.stdout.strip() == (
        f"Whereabouts(own=False, nearby=True, mac='{mac}') Whereabouts(own=False, nearby=True, mac=None)"
    )
