"""The checks about SillyTavern itself: its program, its settings files, whether it runs and where it listens. PURE."""

from collections.abc import Sequence

from launcher.doctor.check import (
    NO_INSTALLATION,
    UNREADABLE_SETTINGS,
    Check,
    Finding,
    Findings,
    first_problem,
    of_settings,
    ok,
    problem,
    skipped,
    unknown,
)
from launcher.doctor.check_input import CheckInput, FileState, Patient, ServerPort, SettingsFiles
from launcher.keeper.view import Phase
from launcher.network.ports import PortListener, PortOwner, PortState, port_problem
from launcher.problem import Fix, Problem
from launcher.server.misplaced_file import WrongFile
from launcher.server.node import Node
from launcher.server.resolve_settings import TEXT_LIST, EffectiveSettings

UNDER_WAY = (Phase.INSTALLING, Phase.STARTING, Phase.STOPPING)
EVERYWHERE = ("0.0.0.0", "::", "*")  # noqa: S104 - what the server binds
LISTEN = Fix("access whitelist", "Listen on the network")
LISTEN_EVERYWHERE = Fix("listen-everywhere", "Listen on every card")
START = Fix("start", "Start SillyTavern")
RESTART = Fix("restart", "Restart SillyTavern")
INSTALL = Fix("install", "Install SillyTavern")
INSTALL_MODULES = Fix("install-modules", "Install missing parts")
KEEP_FROM_STARTING = ("node", "installation", "port")
# The checks that explain a refusal to start, by its subject.
REFUSALS = ("config-file", "whitelist-entries", "listening", "exposure")
KEEP_FROM_ANSWERING = ("port", "firewall", "firewall-block")


def node(facts: CheckInput, found: Findings) -> Finding:
    """Is there a Node.js that this version can run with?"""
    match facts.node:
        case Node() as seen:
            return ok(f"Found Node.js {seen.version_text}: {seen.path}")
        case Problem() as seen:
            return problem(seen.title, seen.advice)
        case None:
            return unknown("Tavernkeep could not look for Node.js.", "Install it from nodejs.org.")


def installation(facts: CheckInput, found: Findings) -> Finding:
    """Is the program complete, and can it write to its folder?"""
    patient, seen = facts.patient, facts.program
    here = patient.installation
    if not here:
        why = patient.problem or Problem(
            "There is no SillyTavern on this computer yet.", "Install it, or choose its folder.", INSTALL
        )
        return problem(why.title, why.advice, why.fix)
    said = patient.view.problem
    module_missing = said is not None and said.fix is not None and said.fix.id == INSTALL_MODULES.id
    if module_missing or (seen and seen.incomplete):
        advice = said.advice if said and module_missing else ""
        return problem(
            "SillyTavern is not completely installed.",
            advice or "Its parts (the folder node_modules) are missing. Install them, then start again.",
            INSTALL_MODULES,
        )
    if seen and seen.read_only:
        return problem(
            f"SillyTavern cannot write to its folder {seen.read_only[0]}.",
            "Give yourself permission to write there, or move SillyTavern to a folder of your own.",
        )
    return ok(f"SillyTavern {here.version} is complete, in {here.folder}")


def config_file(facts: CheckInput, found: Findings) -> Finding:
    """Can the settings files be read, and are they the right ones?"""
    patient, seen, effect = facts.patient, facts.files, facts.patient.effect
    if not patient.installation or not seen or not effect:
        return skipped(NO_INSTALLATION)
    name = effect.config_name
    if unreadable := _unreadable(seen, name):
        return unreadable
    if said := effect.problem:
        return problem(said.title, said.advice, said.fix)
    if seen.config is FileState.ABSENT and (said := effect.refuses_to_start) and not effect.addresses:
        return problem(said.title, said.advice, Fix("make-config", f"Make {name} from the default"))
    if seen.wrong:
        return _changed_elsewhere(seen.wrong)
    if patient.stale:
        return problem(
            "The settings were changed while SillyTavern was running. They take effect when it starts next.",
            "Restart it.",
            RESTART,
        )
    if seen.config is FileState.ABSENT:
        return ok("There are no settings yet. SillyTavern makes them when it first starts.")
    return ok(f"{name} can be read.")


def _unreadable(seen: SettingsFiles, name: str) -> Finding | None:
    for file, state in ((name, seen.config), (TEXT_LIST, seen.whitelist)):
        if state is FileState.FOLDER:
            return problem(f"{file} is a folder. It should be a file.", "Rename or remove that folder.")
        if state is FileState.UNREADABLE:
            return problem(f"You have no permission to read {file}.", f"Make {file} readable for your user.")
        if state is FileState.UTF16 or (state is FileState.OTHER and file == TEXT_LIST):
            how = "as UTF-16" if state is FileState.UTF16 else "in an old encoding"
            return problem(
                f"{file} was saved {how}, which SillyTavern cannot read.",
                "Save it again with the encoding UTF-8.",
                Fix("save-as-utf8", f"Save {file} as UTF-8"),
            )
    return None


def _changed_elsewhere(wrong: WrongFile) -> Finding:
    if not wrong.values:
        return problem(
            f"SillyTavern does not read {wrong.file}: its whitelist is {wrong.instead}.", f"Move it to {wrong.instead}."
        )
    return problem(
        f"{wrong.file} was changed ({', '.join(wrong.values)}), but SillyTavern reads {wrong.instead}.",
        f"Make the change in {wrong.instead}.",
        Fix("take-over", f"Take it over into {wrong.instead.name}"),
    )


def runs_here(patient: Patient) -> bool:
    """Return whether the keeper's server runs."""
    return patient.view.phase is Phase.RUNNING


def started_elsewhere(facts: CheckInput) -> PortOwner | None:
    """Return the process of this very SillyTavern when it runs without Tavernkeep."""
    here = facts.patient.installation
    if not here or facts.patient.view.pid:
        return None
    folder = str(here.folder.resolve())
    owners = [each.owner for each in listeners(facts) if each.owner]
    return next((each for each in owners if each.is_sillytavern and each.folder == folder), None)


def listeners(facts: CheckInput) -> tuple[PortListener, ...]:
    """Return who is seen to listen on the server's port."""
    return (facts.server_port and facts.server_port.listeners) or ()


def server(facts: CheckInput, found: Findings) -> Finding:
    """Does it run, and answer on this PC?"""
    patient, on_port, view = facts.patient, facts.server_port, facts.patient.view
    if not patient.installation:
        return skipped(NO_INSTALLATION)
    if view.phase in UNDER_WAY:
        return unknown(
            view.waiting_for or f"SillyTavern is {view.phase.value}.", "Wait until it is done, then check again."
        )
    outside = started_elsewhere(facts)
    if runs_here(patient) or outside:
        if on_port and not on_port.answers:
            if cause := first_problem(found, *KEEP_FROM_ANSWERING):
                return skipped(f"SillyTavern is running but does not answer. See {cause}.")
            return problem(
                "SillyTavern is running but does not answer this PC.",
                "Restart it. If that does not help, look into its log.",
                RESTART,
            )
        secure = " It speaks https only." if patient.scheme == "https" else ""
        how = f", started without Tavernkeep (process {outside.pid})" if outside else ""
        return ok(f"SillyTavern {patient.installation.version} runs and answers{how}.{secure}")
    effect = patient.effect
    refused = view.problem or (effect is not None and (effect.refuses_to_start or effect.problem))
    if cause := first_problem(found, *KEEP_FROM_STARTING, *(REFUSALS if refused else ())):
        return skipped(f"SillyTavern is not running. See {cause}.")
    return _does_not_run(patient)


def _does_not_run(patient: Patient) -> Finding:
    said = patient.view.problem
    if not said:
        return problem("SillyTavern is not running.", "Start it.", START)
    crashed = patient.view.phase is Phase.CRASHED
    title = "SillyTavern has stopped by itself." if crashed else "SillyTavern did not start."
    return problem(title, f"{said.title} {said.advice}".strip(), START)


@of_settings
def listening(facts: CheckInput, found: Findings, effect: EffectiveSettings) -> Finding:
    """Does it listen where a phone can reach it?"""
    if effect.listens is None:
        return unknown("Tavernkeep could not find out where SillyTavern listens.", "Start it, then check again.")
    if effect.ipv4 is False and effect.ipv6 is False:
        return _refuses(effect.refuses_to_start, LISTEN_EVERYWHERE)
    if not effect.listens:
        return problem(
            "SillyTavern listens on this PC only, so no phone can reach it.",
            "Let it listen on the network. Its whitelist still decides who gets in.",
            LISTEN,
        )
    if effect.ipv4 is False:
        return problem(
            "SillyTavern listens with IPv6 only, and the QR code holds an IPv4 address.",
            "Switch protocol.ipv4 on in its settings.",
            LISTEN_EVERYWHERE,
        )
    if wrong := _on_the_wrong_card(facts.patient, effect.addresses):
        return wrong
    return _not_as_set(facts, found) or ok("SillyTavern listens on the network.")


def _refuses(why: Problem | None, fix: Fix | None = None) -> Finding:
    title = why.title if why else "SillyTavern does not start with these settings."
    return problem(title, why.advice if why else "", fix)


def _on_the_wrong_card(patient: Patient, addresses: Sequence[str]) -> Finding | None:
    best = patient.best
    if not best or {*EVERYWHERE, best.address} & {*addresses}:
        return None
    return problem(
        f"SillyTavern listens only at {' and '.join(addresses)}, but phones connect to {best.address}.",
        "Let it listen at every address of this PC (listenAddress.ipv4: 0.0.0.0).",
        LISTEN_EVERYWHERE,
    )


def _not_as_set(facts: CheckInput, found: Findings) -> Finding | None:
    """Return the problem when the running server's sockets are not where its settings say."""
    patient, on_port = facts.patient, facts.server_port
    best = patient.best
    if not on_port or not best or facts.heard or not (runs_here(patient) or started_elsewhere(facts)):
        return None
    if first_problem(found, "firewall", "firewall-block"):
        return None
    where = {each.address for each in listeners(facts)}
    if where & {*EVERYWHERE, best.address} or not on_port.answers:
        return None
    return problem(
        f"The running SillyTavern does not listen at {best.address}, although its settings say so.",
        "Restart it, so that the settings take effect.",
        RESTART if runs_here(patient) else None,
    )


def port(facts: CheckInput, found: Findings) -> Finding:
    """Which program has the server's port?"""
    patient, on_port, effect = facts.patient, facts.server_port, facts.patient.effect
    if not effect:
        return skipped(NO_INSTALLATION)
    # A running server's port is known even when its settings file cannot be read.
    if first_problem(found, "config-file") and patient.port is None:
        return skipped(UNREADABLE_SETTINGS)
    if is_no_port(effect.refuses_to_start) and not patient.stale:
        return _refuses(effect.refuses_to_start, Fix("port 8000", "Use port 8000"))
    if patient.port is None or on_port is None:
        return unknown("Which port SillyTavern uses is known once it runs.", "Start it, then check again.")
    if runs_here(patient) and not patient.stale:
        return _while_it_runs(facts, on_port)
    if mine := started_elsewhere(facts):
        return ok(f"Port {on_port.port} belongs to this SillyTavern (process {mine.pid}).")
    if patient.view.phase in UNDER_WAY or runs_here(patient):
        return ok(f"SillyTavern uses port {on_port.port}.")
    if on_port.state is PortState.FREE:
        return ok(f"Port {on_port.port} is free.")
    owner = next((each.owner for each in listeners(facts) if each.owner), None)
    said = port_problem(on_port.port, on_port.state, owner, on_port.next_free)
    if on_port.state is PortState.UNKNOWN:
        return unknown(said.title, said.advice)
    return problem(said.title, said.advice, said.fix)


def is_no_port(why: Problem | None) -> bool:
    """Return whether this refusal to start is about the port. `resolve_settings.scheme_and_port` uses these words."""
    return why is not None and why.title.endswith("which is no port.")


def _while_it_runs(facts: CheckInput, on_port: ServerPort) -> Finding:
    pid = facts.patient.view.pid
    owners = [each.owner for each in listeners(facts) if each.owner]
    others = [each for each in owners if each.pid and each.pid != pid and not each.is_sillytavern]
    if others and not on_port.answers:
        said = port_problem(on_port.port, PortState.TAKEN, others[0], on_port.next_free)
        return problem(said.title, said.advice, said.fix)
    who = f" (process {pid})" if pid else ""
    return ok(f"Port {on_port.port} belongs to this SillyTavern{who}.")


CHECKS = (
    Check("node", node, ("node",)),
    Check("installation", installation, ("program",)),
    Check("config-file", config_file, ("files",)),
    Check(
        "server",
        server,
        ("server_port",),
        ("installation", "node", "config-file", "listening", "port", "whitelist-entries", "exposure", "firewall"),
    ),
    Check("listening", listening, ("server_port", "heard"), ("config-file", "address", "firewall", "firewall-block")),
    Check("port", port, ("server_port",), ("config-file",)),
)
