"""`public-ip`: the address under which the Internet sees this network, as several services tell it."""

from collections.abc import Sequence

from launcher.network.public_ip import PublicIp, PublicIpLookup, problem_with_service
from launcher.problem import Problem
from launcher.system import settings
from launcher.ui import public_ip_words
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import COULD_NOT, DONE, WRONG_USAGE
from launcher.ui.terminal.server_commands import Command

SAFER = (
    "SillyTavern is reached there only where the router forwards its port, which lets everyone on the Internet knock. "
    "Safer: Tailscale (tailscale.com)."
)


def run(command: Command, services: Sequence[str]) -> int:
    """Ask `services`, else those of the settings, else the usual ones. Raises TavernkeepError."""
    for url in services:
        if problem := problem_with_service(url):
            told = Problem(f"“{terminal_safe(url)}” cannot be asked. {problem.title}", problem.advice)
            console.show_problem(told, command.as_json)
            return WRONG_USAGE
    found = PublicIpLookup(services or settings.load(command.folders.settings_file).public_ip_services).ask()
    if found is None:
        return COULD_NOT
    problem = public_ip_words.problem_of(found)
    if command.as_json:
        error = {"error": console.problem_document(problem)} if problem else {}
        console.say_json({**error, **document(found)})
    _tell(found, problem, command.as_json)
    return COULD_NOT if problem else DONE


def terminal_safe(url: str) -> str:
    """What was typed, for showing: not what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in url[:100])


def document(found: PublicIp) -> dict[str, object]:
    """The `public-ip --json` document."""
    return {
        "ipv4": found.ipv4,
        "ipv6": found.ipv6,
        "services": [
            {
                "service": answer.service,
                "family": f"ipv{answer.family}",
                "answer": answer.address,
                "error": answer.error or None,
            }
            for answer in found.answers
        ],
        "behind_cgnat": found.behind_cgnat,
        "route": found.route,
        "router": found.router,
    }


def _tell(found: PublicIp, problem: Problem | None, as_json: bool) -> None:
    """For people; with `as_json` only what goes to stderr."""
    if problem or found.differ:
        told = problem or public_ip_words.DIFFER
        console.complain(f"{told.title} {told.advice}".strip())
    if as_json:
        return
    for kind, address in (("IPv4", found.ipv4), ("IPv6", found.ipv6)):
        if address:
            console.say(f"Public address ({kind}): {address}")
    for line in public_ip_words.lines_of(found):
        console.say(f"  {line}")
    if words := public_ip_words.route_words(found):
        console.say(words)
    if not problem:
        console.say(SAFER)
