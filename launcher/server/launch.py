"""Get a server ready to start: find out, make or refuse all that is possible before there is a process."""

from collections.abc import Mapping
from dataclasses import dataclass

from launcher.network import port_lease, ports
from launcher.problem import Fix, TavernkeepError
from launcher.server import node, waiting_page
from launcher.server.first_config import prepare_first_config
from launcher.server.installation import Installation, modules_missing
from launcher.server.read_settings import data_root, effective_settings
from launcher.server.resolve_settings import EffectiveSettings
from launcher.server.server_process import LaunchPlan
from launcher.system import settings
from launcher.system.folders import Folders
from launcher.system.process_tree import clean_environment
from launcher.versions.table import facts as facts_of


@dataclass(frozen=True)
class Prepared:
    """A start that can begin. `notices`: sentences that the user should read."""

    plan: LaunchPlan
    effective: EffectiveSettings
    notices: tuple[str, ...]


def prepare(installation: Installation, folders: Folders, environ: Mapping[str, str]) -> Prepared:
    """Return what starting `installation` takes. Raises TavernkeepError when it cannot be started as it is."""
    facts = facts_of(installation.version)
    if modules_missing(installation):
        raise TavernkeepError(
            "SillyTavern is not completely installed.",
            "Its parts (the folder node_modules) are missing. Install them, then start again.",
            Fix("install-modules", "Install missing parts"),
        )
    if installation.ours:
        prepare_first_config(installation)
    found = node.find_node((facts.node_minimum,), folders)
    effective = effective_settings(installation)
    if effective.problem:
        raise TavernkeepError.from_problem(effective.problem)
    if effective.port:
        port_lease.revoke(folders.reach_page, effective.port)
    check_port(effective.port)
    if facts.needs_data_folder:
        _make_data_folder(installation)
    environment, dropped = clean_environment(environ)
    if not facts.browser_closed_by_flags:
        environment["TAVERNKEEP_NO_BROWSER"] = "1"
    plan = LaunchPlan(found.path, installation.flags, installation.folder, environment)
    notices = (f"Not used, so that only the settings file counts: {', '.join(dropped)}.",) if dropped else ()
    return Prepared(
        plan, effective, (*notices, *care_for_waiting_page(installation, effective.login_on is True, folders))
    )


def check_port(port: int | None) -> None:
    """Raise TavernkeepError when `port` is not free. It names the program that uses it, and offers a free port."""
    if port is None:
        return
    state = ports.is_free(port)
    if state in (ports.PortState.TAKEN, ports.PortState.RESERVED):
        owner = ports.owner(port) if state is ports.PortState.TAKEN else None
        problem = ports.port_problem(port, state, owner, ports.next_free_port(port))
        raise TavernkeepError.from_problem(problem)


def care_for_waiting_page(installation: Installation, login_on: bool, folders: Folders) -> tuple[str, ...]:
    """Put our page for refused phones in place, or the server's own, as our settings say. It shows after a start.

    Returns what the user should know.
    """
    try:
        wanted = settings.load(folders.settings_file).waiting_page
    except TavernkeepError as error:
        return (error.problem.title,)
    if wanted:
        notice = waiting_page.put_in_place(installation, login_on, folders)
    else:
        notice = waiting_page.restore(installation, folders)
    return (notice,) if notice else ()


def _make_data_folder(installation: Installation) -> None:
    try:
        data_root(installation).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TavernkeepError(
            f"SillyTavern's data folder {data_root(installation)} cannot be made.", f"({error.strerror})"
        ) from error
