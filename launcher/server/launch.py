"""Get a server ready to start: everything that can be found out, made or refused before there is a process."""

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
from launcher.versions.flags import launch_flags
from launcher.versions.table import facts as facts_of


@dataclass(frozen=True)
class Prepared:
    """A start that can begin. `notices`: what the user should know about it."""

    plan: LaunchPlan
    effect: EffectiveSettings
    notices: tuple[str, ...]


def flags_for(installation: Installation) -> tuple[str, ...]:
    """The flags that its server is started with."""
    if not installation.config_outside:
        return launch_flags(installation.version)
    return launch_flags(installation.version, str(installation.config_file), str(installation.data_root))


def what_it_does(installation: Installation) -> EffectiveSettings:
    """What its server does when Tavernkeep starts it."""
    return effective_settings(installation, flags_for(installation), {})


def prepare(installation: Installation, folders: Folders, environ: Mapping[str, str]) -> Prepared:
    """Everything for starting `installation`. Raises TavernkeepError when it cannot be started as it is."""
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
    effect = what_it_does(installation)
    if effect.problem:
        raise TavernkeepError.from_problem(effect.problem)
    if effect.port:
        port_lease.revoke(folders.reach_page, effect.port)
    check_port(effect.port)
    if facts.needs_data_folder:
        _make_data_folder(installation)
    environment, dropped = clean_environment(environ)
    if not facts.browser_closed_by_flags:
        environment["TAVERNKEEP_NO_BROWSER"] = "1"
    plan = LaunchPlan(found.path, flags_for(installation), installation.folder, environment)
    notices = (f"Not used, so that only the settings file counts: {', '.join(dropped)}.",) if dropped else ()
    return Prepared(plan, effect, (*notices, *care_for_waiting_page(installation, effect, folders)))


def check_port(port: int | None) -> None:
    """Raises TavernkeepError, naming the program that has `port` and offering a free one, when it is not free."""
    if port is None:
        return
    state = ports.is_free(port)
    if state in (ports.PortState.TAKEN, ports.PortState.RESERVED):
        owner = ports.owner(port) if state is ports.PortState.TAKEN else None
        problem = ports.port_problem(port, state, owner, ports.next_free_port(port))
        raise TavernkeepError.from_problem(problem)


def care_for_waiting_page(installation: Installation, effect: EffectiveSettings, folders: Folders) -> tuple[str, ...]:
    """Have refused phones see our page or the server's own, as our settings say, from its next start on.

    What the user should know is returned.
    """
    try:
        wanted = settings.load(folders.settings_file).waiting_page
    except TavernkeepError as error:
        return (error.problem.title,)
    if wanted:
        notice = waiting_page.put_in_place(installation, effect.login_on is True, folders)
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
