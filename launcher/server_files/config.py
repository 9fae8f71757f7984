"""Read and change SillyTavern's settings file, in either of its two formats. PURE.

To make a missing file, edit the text of the installation's own default file.
"""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache

from launcher.server_files.value import JSValue, Value


def read_config(text: str, file_name: str) -> dict[str, JSValue]:
    """Return the values as Node reads them; `UNKNOWN` for one that only running config.conf would tell.

    `file_name` decides the format (`.conf`, otherwise YAML) and is named in errors. A key that is missing in the text
    is missing in the result. Raises UnreadableFile where Node would get nothing.
    """
    return deepcopy(_read(text, file_name))


# One change needs the values of a text several times: before it, after it, and for what a UI shows.
@lru_cache(maxsize=3)
def _read(text: str, file_name: str) -> dict[str, JSValue]:
    if file_name.endswith(".conf"):
        from launcher.server_files import config_conf

        return config_conf.read(text, file_name)
    from launcher.server_files import config_yaml

    return config_yaml.read(text, file_name)


def edit_config(text: str, file_name: str, changes: Mapping[str, Value]) -> str:
    """Return the text with the values at these dotted paths (`basicAuthUser.password`) changed, and no other byte.

    Missing keys are added. Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys
    would change.
    """
    if file_name.endswith(".conf"):
        from launcher.server_files import config_conf

        return config_conf.edit(text, changes, file_name)
    from launcher.server_files import config_yaml

    return config_yaml.edit(text, changes, file_name)
