"""Every check: what it reads, which checks it waits for, and who judges it. PURE."""

from collections.abc import Callable
from dataclasses import dataclass

from launcher.doctor import access_checks, firewall_checks, network_checks, program_checks
from launcher.doctor.check_input import Facts, Findings
from launcher.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """`judge` gets what was read and what was found before. `after`: the checks whose findings it looks at."""

    id: str
    judge: Callable[[Facts, Findings], Finding]
    reads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


ALL = (
    Check("node", program_checks.node, ("node",)),
    Check("installation", program_checks.installation, ("program",)),
    Check("config-file", program_checks.config_file, ("files",)),
    Check(
        "server",
        program_checks.server,
        ("door",),
        ("installation", "node", "config-file", "listening", "port", "whitelist-entries", "exposure", "firewall"),
    ),
    Check(
        "listening",
        program_checks.listening,
        ("door", "heard"),
        ("config-file", "address", "firewall", "firewall-block"),
    ),
    Check("port", program_checks.port, ("door",), ("config-file",)),
    Check("address", network_checks.address, ("route",)),
    Check("address-changed", network_checks.address_changed, (), ("address", "server")),
    Check("whitelist-entries", access_checks.entries, ("files",), ("config-file",)),
    Check(
        "whitelist-covers",
        access_checks.covers,
        (),
        ("config-file", "whitelist-entries", "address", "same-network"),
    ),
    Check("login", access_checks.login, ("files",), ("config-file",)),
    Check("exposure", access_checks.exposed, (), ("config-file", "whitelist-entries", "login")),
    Check("firewall", firewall_checks.firewall, ("firewall",), ("firewall-block", "network-profile")),
    Check("firewall-block", firewall_checks.block_rules, ("firewall",)),
    Check("network-profile", firewall_checks.profile, ("profiles", "firewall")),
    Check("same-network", network_checks.same_network, ("phone",), ("address", "firewall", "firewall-block")),
    Check("reached", network_checks.reached, (), ("server",)),
)
