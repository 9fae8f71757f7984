"""Change who can get in. Each change edits SillyTavern's own files, and is written whole or not at all.

Every public function here returns what a start then does. It raises RefusedError for a change that is not allowed, and
TavernkeepError for one that fails; in both cases nothing has changed. It blocks for as long as the disk takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from launcher.access import interlock, list_edit
from launcher.access.exposure import Mode
from launcher.access.interlock import RefusedError
from launcher.access.javascript import Value as Entry
from launcher.access.javascript import text_of, trim
from launcher.access.list_verdict import parse_text
from launcher.access.login import login_problem
from launcher.problem import TavernkeepError
from launcher.server import whitelist_history
from launcher.server.disabled_whitelist import DISABLED_NAME
from launcher.server.installation import Installation
from launcher.server.listening import EVERY_IPV4
from launcher.server.resolve_settings import TEXT_LIST, EffectiveSettings
from launcher.server.settings_files import SettingsTexts, read_files, with_config, write
from launcher.server_files import whitelist_txt
from launcher.server_files.value import EditRefused, Value
from launcher.system.version_history import VersionHistory
from launcher.versions.facts import ConfigName
from launcher.versions.table import facts


def configuration(installation: Installation, changes: Mapping[str, Value], backups: Path) -> EffectiveSettings:
    """Set these values in the configuration."""
    with _changing(installation, backups) as before:
        after = with_config(before, changes)
        interlock.forbid_opening(before.effective, after.effective)
        return write(before, after)


def access(installation: Installation, mode: Mode, backups: Path) -> EffectiveSettings:
    """Let in only this PC, only what the whitelist names, or everyone who logs in."""
    with _changing(installation, backups) as before:
        after = _heard(with_config(before, list_edit.SETTINGS[mode]), mode)
        if mode is Mode.WHITELIST and before.whitelist is None and before.aside is not None:
            after = replace(after, whitelist=before.aside, aside=None)
        if mode is Mode.EVERYONE:
            interlock.forbid_open_mode(after.effective)
            if before.whitelist is not None:
                after = replace(after, whitelist=None, aside=before.whitelist)
        else:
            after = _with_this_pc(after)
        interlock.forbid_open_mode(after.effective)
        interlock.forbid_lockout(before.effective, after.effective)
        return write(before, after, config_first=mode is Mode.EVERYONE)


def whitelist(
    installation: Installation, add: Sequence[str], remove: Sequence[str], backups: Path
) -> EffectiveSettings:
    """Remove the entries `remove`, exactly as written, from the list, and add `add`."""
    with _changing(installation, backups) as before:
        list_edit.accept(add, before.version, interlock.protects(before.if_listening))
        after, change = _edited(before, add, remove)
        return _write_list(before, after, whitelist_history.Change({}, change.added, change.removed))


def move_whitelist(installation: Installation, to: str, backups: Path) -> EffectiveSettings:
    """Move the list to `txt` (whitelist.txt) or `config`, unless it is there already."""
    with _changing(installation, backups) as before:
        if before.aside is not None and _holder(before) == DISABLED_NAME:
            raise RefusedError(
                f"The whitelist is disabled, as {DISABLED_NAME}, while everyone may come.",
                "Let only listed devices in first, then move it.",
            )
        after = _moved(before, to)
        if after == before:
            return write(before, after)
        return _write_list(before, after, whitelist_history.Change({}, moved=to))


def undo_whitelist(installation: Installation, backups: Path) -> EffectiveSettings:
    """Undo the last change of the list that Tavernkeep made and that is not undone yet."""
    with _changing(installation, backups) as before:
        history = _history(before)
        change = whitelist_history.last(history)
        if not change:
            raise RefusedError("There is no change of the whitelist to undo.", "Tavernkeep has not made one.")
        written = _forbid_and_write(before, _without(before, change))
        history.forget_newest()
        return written


def login(installation: Installation, username: str, password: str, backups: Path) -> EffectiveSettings:
    """Store this user name and password, and ask every device for them."""
    with _changing(installation, backups) as before:
        if problem := login_problem(username, password, before.version):
            raise RefusedError.from_problem(problem)
        if before.if_listening.login_by_accounts:
            raise RefusedError(
                "SillyTavern asks for the passwords of its user accounts instead.",
                "Change them in SillyTavern, or switch perUserBasicAuth off in its configuration.",
            )
        user = {"basicAuthUser.username": username, "basicAuthUser.password": password}
        after = with_config(before, {**user, "basicAuthMode": True})
        if not interlock.protects(after.if_listening):
            raise RefusedError(
                "The login would not count with the settings there are.",
                f"Look into {before.config_file} for what hides it.",
            )
        return write(before, after)


def login_off(installation: Installation, backups: Path) -> EffectiveSettings:
    """Stop asking for user name and password; they stay stored."""
    with _changing(installation, backups) as before:
        after = with_config(before, {"basicAuthMode": False})
        if interlock.lets_everyone_in(after.effective) and not interlock.protects(after.effective):
            raise RefusedError("The login stays on: without it everyone could get in.", interlock.LIST_FIRST)
        interlock.forbid_lockout(before.effective, after.effective)
        return write(before, after)


@contextmanager
def _changing(installation: Installation, backups: Path) -> Iterator[SettingsTexts]:
    """Yield what the files hold. A file that cannot be edited without touching something else is a refusal."""
    try:
        yield read_files(installation, backups)
    except EditRefused as error:
        raise RefusedError.from_problem(error.problem) from error


def _heard(texts: SettingsTexts, mode: Mode) -> SettingsTexts:
    """Let a server that listens only at addresses of this PC listen at all of them."""
    if mode is Mode.THIS_PC or not facts(texts.version).listen_address_keys or texts.effective.listens is not False:
        return texts
    return with_config(texts, {"listenAddress.ipv4": EVERY_IPV4})


def _with_this_pc(texts: SettingsTexts) -> SettingsTexts:
    return _edited(texts, (), ())[0] if interlock.locks_out_this_pc(texts.effective) else texts


def _holder(texts: SettingsTexts) -> str:
    """Return the name of the file with the list: the one the server obeys, or the disabled one while it obeys none."""
    if texts.whitelist is not None:
        return TEXT_LIST
    if texts.aside is not None and texts.effective.whitelist_on is False:
        return DISABLED_NAME
    return texts.config_file.name


def _entries(texts: SettingsTexts) -> Sequence[Entry]:
    return parse_text(texts.aside or "") if _holder(texts) == DISABLED_NAME else texts.effective.entries


def _change(
    texts: SettingsTexts, entries: Sequence[Entry], add: Sequence[str] = (), remove: Sequence[str] = ()
) -> list_edit.ListChange:
    """Return the changed list. A list that is in use keeps this PC."""
    keep = () if texts.effective.whitelist_on is False else facts(texts.version).default_whitelist
    return list_edit.change(entries, add, remove, texts.version, keep)


def _edited(
    before: SettingsTexts, add: Sequence[str], remove: Sequence[str]
) -> tuple[SettingsTexts, list_edit.ListChange]:
    holder = _holder(before)
    made = with_config(before, {}) if holder == ConfigName.YAML and before.config is None else before
    change = _change(made, _entries(made), add, remove)
    if holder == TEXT_LIST:
        return replace(before, whitelist=_lines(before.whitelist or "", change)), change
    if holder == DISABLED_NAME:
        return replace(before, aside=_lines(before.aside or "", change)), change
    if holder == ConfigName.CONF and change.added:
        return _as_text_list(before, change.entries), change
    if not change.added and not change.removed:
        return before, change
    # Values of other kinds than text are broken entries; they stay as they are.
    return with_config(before, {"whitelist": cast("list[str]", list(change.entries))}), change


def _lines(text: str, change: list_edit.ListChange) -> str:
    for entry in change.removed:
        text = whitelist_txt.remove(text, entry)
    for entry in change.added:
        above = change.above
        text = whitelist_txt.add(text, entry) if above is None else whitelist_txt.add_above(text, entry, above)
    return text


def _as_text_list(before: SettingsTexts, entries: Sequence[Entry]) -> SettingsTexts:
    """Return the texts with a new whitelist.txt. It replaces the list in the configuration, so it gets all of that."""
    if before.effective.problem:
        raise TavernkeepError.from_problem(before.effective.problem)
    if not before.effective.entries_complete:
        raise RefusedError(
            f"{before.config_file.name} computes the whitelist, so Tavernkeep cannot tell which entries to keep.",
            f"Make {TEXT_LIST} in {before.installation.folder} yourself, with one address on each line.",
        )
    text = ""
    for entry in entries:
        if trim(text_of(entry)):
            text = whitelist_txt.add(text, text_of(entry))
    return replace(before, whitelist=text)


def _moved(before: SettingsTexts, to: str) -> SettingsTexts:
    if to not in ("txt", "config"):
        raise RefusedError(f"“{to[:20]}” is no place for the whitelist.", "It is either txt or config.")
    if (to == "txt") == (before.whitelist is not None):
        return before
    entries = before.effective.entries
    if to == "txt":
        return _as_text_list(before, _change(before, entries).entries)
    after = with_config(before, {"whitelist": [text_of(entry) for entry in entries]})
    return replace(after, whitelist=None)


def _without(now: SettingsTexts, change: whitelist_history.Change) -> SettingsTexts:
    """Return the texts as before `change`; when someone changed them since, with its opposite done to them."""
    untouched = all(
        whitelist_history.fingerprint(getattr(now, name)) == touched.after for name, touched in change.files.items()
    )
    made_config = "config" in change.files and change.files["config"].before is None
    if untouched and not made_config:
        texts: dict[str, Any] = {name: touched.before for name, touched in change.files.items()}
        return replace(now, **texts)
    if change.moved:
        return _moved(now, "config" if change.moved == "txt" else "txt")
    there = {trim(text_of(entry)) for entry in now.effective.entries}
    return _edited(now, change.removed, [entry for entry in change.added if entry in there])[0]


def _write_list(before: SettingsTexts, after: SettingsTexts, change: whitelist_history.Change) -> EffectiveSettings:
    written = _forbid_and_write(before, after)
    files = {
        name: whitelist_history.Touched(getattr(before, name), whitelist_history.fingerprint(getattr(after, name)))
        for name in ("config", "whitelist", "aside")
        if getattr(before, name) != getattr(after, name)
    }
    if files:
        whitelist_history.remember(_history(before), replace(change, files=files))
    return written


def _forbid_and_write(before: SettingsTexts, after: SettingsTexts) -> EffectiveSettings:
    old, new = _entries(before), _entries(after)
    added = [entry for entry in new if entry not in old]
    interlock.forbid_open_list(old, new, added, after.if_listening)
    interlock.forbid_opening(before.effective, after.effective)
    interlock.forbid_lockout(before.effective, after.effective)
    return write(before, after, config_first=after.whitelist is None)


def _history(texts: SettingsTexts) -> VersionHistory:
    return whitelist_history.history_of(texts.installation.folder, texts.backups)
