"""Find one setting as a version does: flag, environment, configuration, fallback; read as JavaScript does. PURE."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from launcher.access.javascript import trim
from launcher.server_files.value import UNDEFINED, UNKNOWN, value_at
from launcher.versions.facts import Facts, MissingKeys
from launcher.versions.table import SWITCH_FLAGS

ENVIRONMENT = "the environment"
FLAG = "a flag"
FALLBACK = "the default"


@dataclass(frozen=True)
class Setting:
    """A value and where it comes from: `source` is FLAG, ENVIRONMENT, FALLBACK or the name of the configuration file.

    `name` is the flag, the variable or the key.
    """

    value: object
    source: str
    name: str

    def __str__(self) -> str:
        """Return it for a sentence: `listen is false in config.yaml`."""
        if self.source == FLAG:
            return f"the flag --{self.name} says {shown(self.value)}"
        if self.source == ENVIRONMENT:
            return f"the environment variable {self.name} says {shown(self.value)}"
        if self.value is UNDEFINED:
            return f"{self.name} is not set"
        if self.source == FALLBACK:
            return f"{self.name} is not set, which means {shown(self.value)}"
        return f"{self.name} is {shown(self.value)} in {self.source}"


@dataclass(frozen=True, repr=False)
class Sources:
    """Where a start takes its settings from. `flags`: as `read_flags` returns them. No repr: it holds the password."""

    known: Facts
    config: Mapping[str, object]
    config_name: str
    flags: Mapping[str, object]
    environment: Mapping[str, str]

    def find(self, key: str, fallback: object = None, flag: str = "") -> Setting:
        """Return the setting `key` (`basicAuthUser.username`): the flag, or the variable, the file, `fallback`."""
        if flag and flag in self.flags:
            return Setting(self.flags[flag], FLAG, flag)
        variable = variable_of(key)
        if self.known.env_any_key and variable in self.environment:
            text = self.environment[variable]
            value = _json_or(text, fallback) if isinstance(fallback, list) else text
            return Setting(value, ENVIRONMENT, variable)
        found = value_at(self.config, key)
        if found is not UNDEFINED:
            return Setting(found, self.config_name, key)
        undefined = self.known.missing_keys is MissingKeys.UNDEFINED
        return Setting(UNDEFINED if undefined else fallback, FALLBACK, key)

    def switch(self, key: str, fallback: bool = False, flag: str = "") -> bool | None:
        """Return whether `key` counts as on; None when only running the file would tell."""
        return self.is_on(self.find(key, fallback, flag))

    def is_on(self, setting: Setting) -> bool | None:
        """Return `setting` as a yes or no: versions that do not know the texts "true" and "false" take both for yes."""
        value = setting.value
        if value is UNKNOWN:
            return None
        if self.known.string_booleans and isinstance(value, str) and trim(value).lower() in ("true", "false"):
            return trim(value).lower() == "true"
        return truthy(value)


def variable_of(key: str) -> str:
    """Return the environment variable of a key: `ssl.enabled` → `SILLYTAVERN_SSL_ENABLED` (`Facts.env_any_key`)."""
    return "SILLYTAVERN_" + key.upper().replace(".", "_")


def truthy(value: object) -> bool:
    """Return whether `value` is true to JavaScript, as every text but "" is, and every list, even an empty one."""
    if value is UNDEFINED or value is None:
        return False
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    if isinstance(value, (bool, int, str)):
        return bool(value)
    return True


def shown(value: object) -> str:
    """Return `value` as a file would have it: texts in quotes."""
    if value is UNDEFINED:
        return "undefined"
    if value is UNKNOWN:
        return "an expression"
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(value)


def _json_or(text: str, fallback: object) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        return fallback
    return fallback if value is None else value


def read_flags(known: Facts, flags: Sequence[str]) -> dict[str, object]:
    """Return the values of the flags that this version knows, as yargs reads them.

    A switch is a bool, the port a float that may be NaN, everything else a text.
    """
    found: dict[str, object] = {}
    words = list(flags)
    while words:
        word = words.pop(0)
        if word == "--":
            break
        if not word.startswith("--"):
            continue
        name, equals, text = word[2:].partition("=")
        no = not equals and name.startswith("no-")
        name = _flag_name(known, name.removeprefix("no-") if no else name)
        if no:
            value: object = False
        elif name in SWITCH_FLAGS:
            said = text if equals else _next_if(words, ("true", "false"))
            value = said in (None, "true")
        else:
            said = text if equals else _next_if(words)
            value = said or ""
        if name in known.flags:
            found[name] = value if name != "port" else math.nan if name in found else _number(str(value))
    return found


def _flag_name(known: Facts, name: str) -> str:
    """Return the flag that `name` means: `config-path` is `configPath`."""
    if "-" not in name:
        return name
    joined = name.replace("-", "").lower()
    return next((flag for flag in known.flags if flag.lower() == joined), name)


def _next_if(words: list[str], allowed: Sequence[str] | None = None) -> str | None:
    """Take the next word when it is a value, and one of `allowed`."""
    if not words or words[0].startswith("--") or (allowed is not None and words[0] not in allowed):
        return None
    return words.pop(0)


def _number(text: str) -> float:
    try:
        return float(text.strip())
    except ValueError:
        return math.nan
