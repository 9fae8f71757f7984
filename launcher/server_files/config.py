"""SillyTavern's settings file, whichever of its two formats it has. PURE.

A file that is not there yet is made by editing the text of the installation's own default file.
"""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache

from launcher.server_files.value import (
    UNKNOWN,
    EditRefused,
    JSValue,
    UnreadableFile,
    Value,
    lookup,
    same,
)

__all__ = [
    "UNKNOWN",
    "EditRefused",
    "JSValue",
    "UnreadableFile",
    "Value",
    "edit_config",
    "lookup",
    "read_config",
    "same",
]


def read_config(text: str, file_name: str) -> dict[str, JSValue]:
    """The values as Node reads them; `UNKNOWN` for one that only running config.conf would tell.

    `file_name` decides the format (`.conf`, otherwise YAML) and is named in errors. A key that is not there is not in
    the answer. Raises UnreadableFile where Node would get nothing.
    """
    return deepcopy(_read(text, file_name))


# One change asks for the values of the same text several times: before, after, and for what a UI is shown.
@lru_cache(maxsize=3)
def _read(text: str, file_name: str) -> dict[str, JSValue]:
    if file_name.endswith(".conf"):
        from launcher.server_files import config_conf

        return config_conf.read(text, file_name)
    from launcher.server_files import config_yaml

    return config_yaml.read(text, file_name)


def edit_config(text: str, file_name: str, changes: Mapping[str, Value]) -> str:
    """The text with the values at these dotted paths (`basicAuthUser.password`) changed, and no other byte.

    Missing keys are added. Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys
    would change.
    """
    if file_name.endswith(".conf"):
        from launcher.server_files import config_conf

        return config_conf.edit(text, changes, file_name)
    from launcher.server_files import config_yaml

    return config_yaml.edit(text, changes, file_name)
