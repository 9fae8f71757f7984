"""Making a change and making sure of it: after it, exactly the wanted keys have other values. PURE."""

from collections.abc import Callable, Mapping

from launcher.server_files.splice import literal
from launcher.server_files.value import EditRefused, JSValue, UnreadableFile, Value, same, with_changes


def edited(
    text: str,
    changes: Mapping[str, Value],
    file_name: str,
    read: Callable[[str, str], dict[str, JSValue]],
    with_value: Callable[[str, str, Value, str], str],
) -> str:
    """The text after `with_value(text, path, value, file_name)` for each change, read again and compared.

    Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys would change.
    """
    before = read(text, file_name)
    new = text
    for path, value in changes.items():
        try:
            literal(value)
        except ValueError as error:
            raise EditRefused(file_name, path, str(error), advice="Type it again without that character.") from error
        new = with_value(new, path, value, file_name)
    if new == text:
        return text
    try:
        after = read(new, file_name)
    except UnreadableFile as error:
        raise EditRefused(file_name, ", ".join(changes), f"afterwards {error.reason}", error.line) from error
    if not same(after, with_changes(before, changes)):
        raise EditRefused(file_name, ", ".join(changes), "other settings would change with it")
    return new
