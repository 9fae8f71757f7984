"""Change a settings file and check the result: exactly the wanted keys have other values. PURE."""

from collections.abc import Callable, Mapping
from typing import Protocol

from launcher.server_files.splice import Splice, apply, literal
from launcher.server_files.value import EditRefused, JSValue, UnreadableFile, Value, same, value_at, with_changes


class ParsedFile(Protocol):
    """The parsed text of a settings file."""

    values: dict[str, JSValue]

    def splices(self, path: str, value: Value) -> list[Splice]:
        """Return what gives the dotted path this value. Raises CannotEdit when other text would change with it."""


class CannotEdit(Exception):
    """A value cannot be changed alone. `line` counts from 1; None when no single line is the reason."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def edited(text: str, file_name: str, changes: Mapping[str, Value], parse: Callable[[str, str], ParsedFile]) -> str:
    """Return the text with `changes` made; `parse` gets a text and `file_name`.

    Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys would change.
    """
    now = parse(text, file_name)
    wanted = with_changes(now.values, changes)
    for path, value in changes.items():
        try:
            literal(value)
        except ValueError as error:
            raise EditRefused(file_name, path, str(error), advice="Type it again without that character.") from error
        if same(value_at(now.values, path), value_at(wanted, path)):
            continue
        try:
            text = apply(text, now.splices(path, value))
            now = parse(text, file_name)
        except CannotEdit as error:
            raise EditRefused(file_name, path, error.reason, error.line) from error
        except UnreadableFile as error:
            raise EditRefused(file_name, path, f"afterwards {error.reason}", error.line) from error
    if not same(now.values, wanted):
        raise EditRefused(file_name, ", ".join(changes), "other settings would change with it")
    return text
