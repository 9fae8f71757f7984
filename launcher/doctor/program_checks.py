"""The checks about SillyTavern itself: its program, its settings files, whether it runs and where it listens. PURE."""

from collections.abc import Sequence

from launcher.doctor.check import Check
from launcher.doctor.check_input import (
    CheckInput,
    FileState,
    Findings,
    Patient,
    PortListener,
    ServerPort,
    SettingsFiles,
)
from launcher.doctor.finding import Finding, Status, ok, problem, skipped, unknown
from launcher.keeper.view import Phase
from launcher.network.ports import PortState, port_problem
from launcher.problem import Fix, Problem
from launcher.server.misplaced_file import WrongFile
from launcher.server.resolve_settings import TEXT_LIST

NO_INSTALLATION = "There is no SillyTavern to look at."
TOLD_AT_CONFIG = "The settings are not looked at before what is wrong with their file is put right."
UNDER_WAY = (Phase.INSTALLING, Phase.STARTING, Phase.STOPPING)
EVERYWHERE = ("0.0.0.0", "::", "*")  # noqa: S104 - what the server binds
LISTEN = Fix("access whitelist", "Listen on the network")
LISTEN_EVERYWHERE = Fix("listen-everywhere", "Listen on every card")
START = Fix("start", "Start SillyTavern")
RESTART = Fix("restart", "Restart SillyTavern")
KEEP_FROM_STARTING = ("node", "installation", "port")
# Where a refusal to start is told, by what it is about.
REFUSALS = ("config-file", "whitelist-entries", "listening", "exposure")
KEEP_FROM_ANSWERING = ("port", "firewall", "firewall-block")


def node(facts: CheckInput, found: Findings) -> Finding:
    """Is there a Node.js that this version can run with?"""
    seen = facts.node
    if seen and seen.node:
        return ok("node", f"Node.js {seen.node.version_text} is here: {seen.node.path}")
    if seen and seen.problem:
        return problem("node", seen.problem.title, seen.problem.advice)
    return unknown("node", "Whether there is a Node.js could not be found out.", "Install it from nodejs.org.")


def installation(facts: CheckInput, found: Findings) -> Finding:
    """Is the program there, whole, and its folder writable?"""
    patient, seen = facts.patient, facts.program
    here = patient.installation
    if not here:
        if patient.problem:
            return problem("installation", patient.problem.title, patient.problem.advice, patient.problem.fix)
        return problem(
            "installation",
            "There is no SillyTavern on this computer yet.",
            "Install it, or choose its folder.",
            Fix("install", "Install SillyTavern"),
        )
    said = patient.view.problem
    if (seen and seen.incomplete) or (said and said.fix and said.fix.id == "install-modules"):
        advice = said.advice if said and said.fix and said.fix.id == "install-modules" else ""
        return problem(
            "installation",
            "SillyTavern is not completely installed.",
            advice or "Its parts (the folder node_modules) are missing. Install them, then start again.",
            Fix("install-modules", "Install missing parts"),
        )
    if seen and seen.read_only:
        return problem(
            "installation",
            f"SillyTavern cannot write into its folder {seen.read_only[0]}.",
            "Give yourself the permission to write there, or move SillyTavern into a folder of your own.",
        )
    return ok("installation", f"SillyTavern {here.version} is complete, in {here.folder}")


def config_file(facts: CheckInput, found: Findings) -> Finding:
    """Can the settings files be read, and are they the right ones?"""
    patient, seen = facts.patient, facts.files
    if not patient.installation or not seen or not patient.effect:
        return skipped("config-file", NO_INSTALLATION)
    name = patient.effect.config_name
    if unreadable := _unreadable(seen, name):
        return unreadable
    if patient.effect.problem:
        said = patient.effect.problem
        return problem("config-file", said.title, said.advice, said.fix)
    if seen.config is FileState.ABSENT and patient.effect.refuses_to_start and not patient.effect.addresses:
        said = patient.effect.refuses_to_start
        return problem("config-file", said.title, said.advice, Fix("make-config", f"Make {name} from the default"))
    if seen.wrong:
        return _changed_elsewhere(seen.wrong)
    if patient.stale:
        return problem(
            "config-file",
            "The settings were changed while SillyTavern was running, and take effect when it starts next.",
            "Restart it.",
            RESTART,
        )
    if seen.config is FileState.ABSENT:
        return ok("config-file", "There are no settings yet: the first start makes them.")
    return ok("config-file", f"{name} can be read.")


def _unreadable(seen: SettingsFiles, name: str) -> Finding | None:
    for file, state in ((name, seen.config), (TEXT_LIST, seen.whitelist)):
        if state is FileState.FOLDER:
            return problem("config-file", f"{file} is a folder, and should be a file.", "Rename or remove that folder.")
        if state is FileState.UNREADABLE:
            return problem("config-file", f"{file} may not be read.", f"Make {file} readable for your user.")
        if state is FileState.UTF16 or (state is FileState.OTHER and file == TEXT_LIST):
            how = "as UTF-16" if state is FileState.UTF16 else "in an old encoding"
            return problem(
                "config-file",
                f"{file} was saved {how}, which SillyTavern cannot read.",
                "Save it again with the encoding UTF-8.",
                Fix("save-as-utf8", f"Save {file} as UTF-8"),
            )
    return None


def _changed_elsewhere(wrong: WrongFile) -> Finding:
    if not wrong.values:
        return problem(
            "config-file",
            f"SillyTavern does not read {wrong.file}: its whitelist is {wrong.instead}.",
            f"Move it to {wrong.instead}.",
        )
    return problem(
        "config-file",
        f"{wrong.file} was changed ({', '.join(wrong.values)}), but SillyTavern reads {wrong.instead}.",
        f"Make the change in {wrong.instead}.",
        Fix("take-over", f"Take it over into {wrong.instead.name}"),
    )


def runs_here(patient: Patient) -> bool:
    """The keeper's server runs, and from these files."""
    return patient.view.phase is Phase.RUNNING


def started_elsewhere(facts: CheckInput) -> PortListener | None:
    """This very SillyTavern, when it runs without Tavernkeep."""
    here, door = facts.patient.installation, facts.door
    if not here or not door or facts.patient.view.pid:
        return None
    return next(
        (
            each
            for each in door.listeners or ()
            if each.owner and each.owner.is_sillytavern and each.folder == str(here.folder.resolve())
        ),
        None,
    )


def server(facts: CheckInput, found: Findings) -> Finding:
    """Does it run, and answer on this PC?"""
    patient, door, view = facts.patient, facts.door, facts.patient.view
    if not patient.installation:
        return skipped("server", NO_INSTALLATION)
    if view.phase in UNDER_WAY:
        doing = view.waiting_for or f"SillyTavern is {view.phase.value}."
        return unknown("server", doing, "Wait until that is done, then look again.")
    outside = started_elsewhere(facts)
    if runs_here(patient) or outside:
        secure = " It speaks https only." if patient.scheme == "https" else ""
        how = f", started without Tavernkeep (process {outside.owner.pid})" if outside and outside.owner else ""
        if not door or door.answers:
            return ok("server", f"SillyTavern {patient.installation.version} runs and answers{how}.{secure}")
        if cause := _first_problem(found, KEEP_FROM_ANSWERING):
            return skipped("server", f"SillyTavern runs; why it does not answer is told by: {cause}.")
        return problem(
            "server",
            "SillyTavern runs, but does not answer this PC.",
            "Restart it. If that does not help, look into its log.",
            RESTART,
        )
    effect = patient.effect
    refused = view.problem or (effect is not None and (effect.refuses_to_start or effect.problem))
    if cause := _first_problem(found, (*KEEP_FROM_STARTING, *(REFUSALS if refused else ()))):
        return skipped("server", f"SillyTavern does not run. What is in its way is told by: {cause}.")
    return _does_not_run(patient)


def _first_problem(found: Findings, checks: Sequence[str]) -> str | None:
    return next((each for each in checks if found[each].status is Status.PROBLEM), None)


def _does_not_run(patient: Patient) -> Finding:
    said = patient.view.problem
    if not said:
        return problem("server", "SillyTavern does not run.", "Start it.", START)
    title = (
        "SillyTavern has stopped by itself." if patient.view.phase is Phase.CRASHED else "SillyTavern did not start."
    )
    return problem("server", title, f"{said.title} {said.advice}".strip(), START)


def listening(facts: CheckInput, found: Findings) -> Finding:
    """Does it listen where a phone can reach it?"""
    patient, effect = facts.patient, facts.patient.effect
    if not effect:
        return skipped("listening", NO_INSTALLATION)
    if found["config-file"].status is Status.PROBLEM:
        return skipped("listening", TOLD_AT_CONFIG)
    if effect.listens is None:
        return unknown("listening", "Where SillyTavern listens could not be found out.", "Start it, then look again.")
    if effect.ipv4 is False and effect.ipv6 is False:
        return _refuses("listening", effect.refuses_to_start, LISTEN_EVERYWHERE)
    if not effect.listens:
        return problem(
            "listening",
            "SillyTavern listens on this PC only, so no phone can reach it.",
            "Let it listen on the network. Its whitelist goes on deciding who gets in.",
            LISTEN,
        )
    if effect.ipv4 is False:
        return problem(
            "listening",
            "SillyTavern listens with IPv6 only, and the QR code holds an IPv4 address.",
            "Switch protocol.ipv4 on in its settings.",
            LISTEN_EVERYWHERE,
        )
    if wrong := _on_the_wrong_card(patient, effect.addresses):
        return wrong
    return _really_listening(facts, found) or ok("listening", "SillyTavern listens on the network.")


def _refuses(check: str, why: Problem | None, fix: Fix | None = None) -> Finding:
    title = why.title if why else "SillyTavern does not start with these settings."
    return problem(check, title, why.advice if why else "", fix)


def _on_the_wrong_card(patient: Patient, addresses: Sequence[str]) -> Finding | None:
    best = patient.best
    if not best or {*EVERYWHERE, best.address} & {*addresses}:
        return None
    return problem(
        "listening",
        f"SillyTavern listens only at {' and '.join(addresses)}, and a phone comes to {best.address}.",
        "Let it listen at every address of this PC (listenAddress.ipv4: 0.0.0.0).",
        LISTEN_EVERYWHERE,
    )


def _really_listening(facts: CheckInput, found: Findings) -> Finding | None:
    """What is wrong with where the server that runs really listens."""
    patient, door = facts.patient, facts.door
    best = patient.best
    if not door or not best or facts.heard or not (runs_here(patient) or started_elsewhere(facts)):
        return None
    if any(found[each].status is Status.PROBLEM for each in ("firewall", "firewall-block")):
        return None
    where = {each.address for each in door.listeners or ()}
    if where & {*EVERYWHERE, best.address} or not door.answers:
        return None
    return problem(
        "listening",
        f"The SillyTavern that runs does not listen at {best.address}, though its settings say that it should.",
        "Restart it: then the settings count.",
        RESTART if runs_here(patient) else None,
    )


def port(facts: CheckInput, found: Findings) -> Finding:
    """Whose is the server's port?"""
    patient, door, effect = facts.patient, facts.door, facts.patient.effect
    if not effect:
        return skipped("port", NO_INSTALLATION)
    if found["config-file"].status is Status.PROBLEM and patient.port is None:
        return skipped("port", TOLD_AT_CONFIG)
    if is_no_port(effect.refuses_to_start) and not patient.stale:
        return _refuses("port", effect.refuses_to_start, Fix("port 8000", "Use port 8000"))
    if patient.port is None or door is None:
        return unknown("port", "Which port SillyTavern uses shows when it runs.", "Start it, then look again.")
    if runs_here(patient) and not patient.stale:
        return _while_it_runs(patient, door)
    if mine := started_elsewhere(facts):
        return ok(
            "port", f"Port {door.port} belongs to this SillyTavern (process {mine.owner.pid if mine.owner else '?'})."
        )
    if patient.view.phase in UNDER_WAY or runs_here(patient):
        return ok("port", f"SillyTavern uses port {door.port}.")
    if door.state is PortState.FREE:
        return ok("port", f"Port {door.port} is free.")
    owner = next((each.owner for each in door.listeners or () if each.owner), None)
    said = port_problem(door.port, door.state, owner, door.next_free)
    if door.state is PortState.UNKNOWN:
        return unknown("port", said.title, said.advice)
    return problem("port", said.title, said.advice, said.fix)


def is_no_port(why: Problem | None) -> bool:
    """Is this refusal to start about the port? `scheme_and_port` of the room `server` says so in these words."""
    return why is not None and why.title.endswith("which is no port.")


def _while_it_runs(patient: Patient, door: ServerPort) -> Finding:
    others = [
        each.owner
        for each in door.listeners or ()
        if each.owner and each.owner.pid and each.owner.pid != patient.view.pid and not each.owner.is_sillytavern
    ]
    if others and not door.answers:
        said = port_problem(door.port, PortState.TAKEN, others[0], door.next_free)
        return problem("port", said.title, said.advice, said.fix)
    who = f" (process {patient.view.pid})" if patient.view.pid else ""
    return ok("port", f"Port {door.port} belongs to this SillyTavern{who}.")


CHECKS = (
    Check("node", node, ("node",)),
    Check("installation", installation, ("program",)),
    Check("config-file", config_file, ("files",)),
    Check(
        "server",
        server,
        ("door",),
        ("installation", "node", "config-file", "listening", "port", "whitelist-entries", "exposure", "firewall"),
    ),
    Check(
        "listening",
        listening,
        ("door", "heard"),
        ("config-file", "address", "firewall", "firewall-block"),
    ),
    Check("port", port, ("door",), ("config-file",)),
)
