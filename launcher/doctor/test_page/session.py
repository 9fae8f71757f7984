"""A test page from opening to end. It ends after ten minutes, or when another program of ours needs the port."""

import threading
import time
from collections.abc import Callable
from ipaddress import ip_address

from launcher.doctor.test_page.messages import Came, Ending, Opened
from launcher.doctor.test_page.outcome import VisitOutcome, outcome
from launcher.doctor.test_page.page_server import PageServer, listen
from launcher.keeper import file_snapshot
from launcher.keeper.device_details import kind_of
from launcher.keeper.events import FileSnapshot
from launcher.network import port_lease, ports
from launcher.network.addresses import local_addresses
from launcher.network.neighbours import whereabouts
from launcher.problem import TavernkeepError
from launcher.server.listening import EVERY_IPV4
from launcher.server.output import LONGEST_USER_AGENT
from launcher.system.folders import Folders

LASTS_S = 600
LOOK_INTERVAL_S = 0.1
RULES_KEPT_S = 1.0
MOST_TOLD, MOST_STRANGERS_TOLD = 50, 5


class PageSession:
    """A test page, which is open once this exists. `came` is called in the threads of the requests, one at a time."""

    def __init__(self, folders: Folders, folder: str | None, came: Callable[[Came], None]) -> None:
        """`folder`: another SillyTavern than the remembered one. Raises TavernkeepError when it cannot be opened."""
        self._folders, self._folder, self._came = folders, folder, came
        self._lock = threading.Lock()
        self._told: dict[str, Came] = {}
        self._looked_at = -RULES_KEPT_S
        effect = self._rules().effective
        port = self._looked.port or ports.FIRST_CHOICE
        addresses = effect.addresses if effect and effect.listens else (EVERY_IPV4,)
        url = f"http://{_host_for_phones(addresses)}:{port}"
        folders.make()
        port_lease.revoke(folders.reach_page, port)
        self._lease = port_lease.take(folders.reach_page)
        try:
            _refuse_taken(port, addresses)
            self._servers = _open_servers(addresses, port, self._judge)
        except TavernkeepError:
            port_lease.give_back(folders.reach_page, self._lease)
            raise
        self.opened = Opened(url, LASTS_S, effect is not None, effect is None or effect.listens is not False)

    def wait(self, asked: threading.Event, lasts_s: float = LASTS_S) -> Ending:
        """Block until `asked`, or until the page has to end by itself. Close it, and return why."""
        ends_at = time.monotonic() + lasts_s
        try:
            while time.monotonic() < ends_at:
                if asked.wait(LOOK_INTERVAL_S):
                    return Ending.ASKED
                if not port_lease.is_held(self._folders.reach_page, self._lease):
                    return Ending.TAKEN
            return Ending.TIME
        finally:
            self.close()

    def close(self) -> None:
        """Give up the port."""
        for server in self._servers:
            server.close()
        port_lease.give_back(self._folders.reach_page, self._lease)

    def _rules(self) -> FileSnapshot:
        """Return what the files say, at most a second old: the user may just have let the device in."""
        if time.monotonic() - self._looked_at >= RULES_KEPT_S:
            self._looked = file_snapshot.read_snapshot(self._folders, self._folder, most_lines=0)
            self._looked_at = time.monotonic()
        return self._looked

    def _judge(self, address: str, user_agent: str) -> VisitOutcome:
        with self._lock:
            where, looked = whereabouts(address), self._rules()
            own = ip_address(address).is_loopback or where.own
            found = outcome(address, own, where.nearby, looked.effective, looked.problem is None)
            self._tell(address, user_agent, found)
        return found

    def _tell(self, address: str, user_agent: str, found: VisitOutcome) -> None:
        strangers = sum(came.outcome is VisitOutcome.STRANGER for came in self._told.values())
        room = strangers < MOST_STRANGERS_TOLD if found is VisitOutcome.STRANGER else len(self._told) < MOST_TOLD
        if address not in self._told and not room:
            return
        came = Came(address, kind_of(user_agent[:LONGEST_USER_AGENT]), found)
        if came != self._told.get(address):
            self._told[address] = came
            self._came(came)


def _host_for_phones(addresses: tuple[str, ...]) -> str:
    """Return the address for the QR code. Raises TavernkeepError when there is none."""
    own = [address.address for address in local_addresses() or () if address.local]
    usable = own if EVERY_IPV4 in addresses else [address for address in addresses if address in own]
    if usable:
        return usable[0]
    if own:
        raise TavernkeepError(
            f"SillyTavern is set to listen only at {' and '.join(addresses)}, which no phone here can use.",
            "Change that in its settings, then try again.",
        )
    raise TavernkeepError(
        "This PC is in no local network, so no phone can reach it.", "Connect it to the same Wi-Fi as the phone."
    )


def _refuse_taken(port: int, addresses: tuple[str, ...]) -> None:
    """Raise TavernkeepError when something listens on `port`, even if only for this PC."""
    for host in (*addresses, ports.LOOPBACK):
        state = ports.is_free(port, host)
        if state not in (ports.PortState.TAKEN, ports.PortState.RESERVED):
            continue
        owner = ports.owner(port) if state is ports.PortState.TAKEN else None
        if owner and owner.is_sillytavern:
            raise TavernkeepError(
                f"SillyTavern itself uses port {port}, so a test page cannot use it.",
                "Scan the code of SillyTavern instead, or stop it and try again.",
            )
        problem = ports.port_problem(port, state, owner)
        raise TavernkeepError.from_problem(problem)


def _open_servers(addresses: tuple[str, ...], port: int, judge: Callable[[str, str], VisitOutcome]) -> list[PageServer]:
    servers: list[PageServer] = []
    try:
        for address in addresses:
            servers.append(listen(address, port, judge))
    except OSError as error:
        for server in servers:
            server.close()
        raise TavernkeepError(
            f"The test page cannot listen on port {port}.",
            f"With these settings SillyTavern could not do so either. ({error.strerror})",
        ) from error
    return servers
