"""Change who can get in: each change becomes edits of SillyTavern's own files. It is judged by what a start would then
do, and written whole or not at all.

Each change returns what a start then does. It raises RefusedError for what is not allowed and TavernkeepError for what
could not be done; in both cases nothing has changed. It blocks for as long as the disk takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

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
from launcher.server.read_settings import TEXT_LIST, EffectiveSettings
from launcher.server.settings_files import Place, Texts, effect_of, read_files, with_config, write
from launcher.server_files import whitelist_txt
from launcher.server_files.value import EditRefused, Value
from launcher.versions.facts import ConfigName
from launcher.versions.table import facts


def configuration(installation: Installation, changes: Mapping[str, Value], backups: Path) -> EffectiveSettings:
    """Set these values in the configuration that counts."""
    with _refusing():
        place, before = read_files(installation, backups)
        after = with_config(place, before, changes)
        interlock.forbid_opening(effect_of(place, before), effect_of(place, after))
        return write(place, before, after)


def access(installation: Installation, mode: Mode, backups: Path) -> EffectiveSettings:
    """Let in only this PC, only what the whitelist names, or everyone who logs in."""
    with _refusing():
        place, before = read_files(installation, backups)
        after = _listening_everywhere(place, with_config(place, before, list_edit.SETTINGS[mode]), mode)
        if mode is Mode.WHITELIST and before.whitelist is None and before.aside is not None:
            after = replace(after, whitelist=before.aside, aside=None)
        if mode is Mode.EVERYONE:
            interlock.forbid_open_mode(effect_of(place, after))
            if before.whitelist is not None:
                after = replace(after, whitelist=None, aside=before.whitelist)
        else:
            after = _with_this_pc(place, after)
        was, will = effect_of(place, before), effect_of(place, after)
        interlock.forbid_open_mode(will)
        interlock.forbid_lockout(was, will)
        return write(place, before, after, config_first=mode is Mode.EVERYONE)


def whitelist(
    installation: Installation, add: Sequence[str], remove: Sequence[str], backups: Path
) -> EffectiveSettings:
    """Take `remove`, exactly as written, out of the list that counts, and put `add` in."""
    with _refusing():
        place, before = read_files(installation, backups)
        list_edit.accept(add, place.version, interlock.protects(effect_of(place, before, heard=True)))
        after, change = _edited(place, before, add, remove)
        return _write_list(place, before, after, whitelist_history.Change({}, change.added, change.removed))


def move_whitelist(installation: Installation, to: str, backups: Path) -> EffectiveSettings:
    """Keep the list in another file: `txt` (whitelist.txt) or `config`. Nothing is done when it is there already."""
    with _refusing():
        place, before = read_files(installation, backups)
        if before.aside is not None and _holder(place, before) == DISABLED_NAME:
            raise RefusedError(
                f"The whitelist is disabled, as {DISABLED_NAME}, while everyone may come.",
                "Let only listed devices in first, then move it.",
            )
        after = _moved(place, before, to)
        if after == before:
            return write(place, before, after)
        return _write_list(place, before, after, whitelist_history.Change({}, moved=to))


def undo_whitelist(installation: Installation, backups: Path) -> EffectiveSettings:
    """Take back the last change of the list that Tavernkeep made and that has not been taken back yet."""
    with _refusing():
        place, before = read_files(installation, backups)
        history = _history(place)
        change = whitelist_history.last(history)
        if not change:
            raise RefusedError("There is no change of the whitelist to undo.", "Tavernkeep has not made one.")
        effect = _forbid_and_write(place, before, _without(place, before, change))
        whitelist_history.forget_last(history)
        return effect


def login(installation: Installation, username: str, password: str, backups: Path) -> EffectiveSettings:
    """Store this user name and password, and ask every device for them."""
    with _refusing():
        place, before = read_files(installation, backups)
        if problem := login_problem(username, password, place.version):
            raise RefusedError.from_problem(problem)
        if effect_of(place, before, heard=True).login_by_accounts:
            raise RefusedError(
                "SillyTavern asks for the passwords of its user accounts instead.",
                "Change them in SillyTavern, or switch perUserBasicAuth off in its configuration.",
            )
        user = {"basicAuthUser.username": username, "basicAuthUser.password": password}
        after = with_config(place, before, {**user, "basicAuthMode": True})
        if not interlock.protects(effect_of(place, after, heard=True)):
            raise RefusedError(
                "The login would not count with the settings there are.", f"Look into {place.config} for what hides it."
            )
        return write(place, before, after)


def login_off(installation: Installation, backups: Path) -> EffectiveSettings:
    """Ask for no user name and password any more; they stay stored."""
    with _refusing():
        place, before = read_files(installation, backups)
        after = with_config(place, before, {"basicAuthMode": False})
        will = effect_of(place, after)
        if interlock.lets_everyone_in(will) and not interlock.protects(will):
            raise RefusedError("The login stays on: without it everyone could get in.", interlock.LIST_FIRST)
        interlock.forbid_lockout(effect_of(place, before), will)
        return write(place, before, after)


@contextmanager
def _refusing() -> Iterator[None]:
    """A file that cannot be edited without touching something else is refused rather than failed."""
    try:
        yield
    except EditRefused as error:
        raise RefusedError.from_problem(error.problem) from error


def _listening_everywhere(place: Place, texts: Texts, mode: Mode) -> Texts:
    """A server that listens only where this PC hears it listens to nobody."""
    if mode is Mode.THIS_PC or not facts(place.version).listen_address_keys:
        return texts
    if effect_of(place, texts).listens is not False:
        return texts
    return with_config(place, texts, {"listenAddress.ipv4": EVERY_IPV4})


def _with_this_pc(place: Place, texts: Texts) -> Texts:
    return _edited(place, texts, (), ())[0] if interlock.locks_out_this_pc(effect_of(place, texts)) else texts


def _holder(place: Place, texts: Texts) -> str:
    """Which file the list is in: the one the server obeys, or the disabled one while it obeys none."""
    if texts.whitelist is not None:
        return TEXT_LIST
    if texts.aside is not None and effect_of(place, texts).whitelist_on is False:
        return DISABLED_NAME
    return place.config.name


def _edited(
    place: Place, before: Texts, add: Sequence[str], remove: Sequence[str]
) -> tuple[Texts, list_edit.ListChange]:
    holder = _holder(place, before)
    made = with_config(place, before, {}) if holder == ConfigName.YAML and before.config is None else before
    effect = effect_of(place, made)
    entries: Sequence[Entry] = parse_text(before.aside or "") if holder == DISABLED_NAME else effect.entries
    own = () if effect.whitelist_on is False else facts(place.version).default_whitelist
    change = list_edit.change(entries, add, remove, place.version, own)
    if holder == TEXT_LIST:
        return replace(before, whitelist=_lines(before.whitelist or "", change)), change
    if holder == DISABLED_NAME:
        return replace(before, aside=_lines(before.aside or "", change)), change
    if place.is_conf and change.added:
        return _as_text_list(place, before, effect, change.entries), change
    if not change.added and not change.removed:
        return before, change
    # Values of other kinds than text are broken entries; they stay as they are.
    return with_config(place, before, {"whitelist": cast("list[str]", list(change.entries))}), change


def _lines(text: str, change: list_edit.ListChange) -> str:
    for entry in change.removed:
        text = whitelist_txt.remove(text, entry)
    for entry in change.added:
        above = change.above
        text = whitelist_txt.add(text, entry) if above is None else whitelist_txt.add_above(text, entry, above)
    return text


def _as_text_list(place: Place, before: Texts, effect: EffectiveSettings, entries: Sequence[Entry]) -> Texts:
    """A new whitelist.txt: it replaces the list in the configuration, so all of that comes along."""
    if effect.problem:
        raise TavernkeepError.from_problem(effect.problem)
    if not effect.entries_complete:
        raise RefusedError(
            f"{place.config.name} computes the whitelist, so Tavernkeep cannot tell which entries to keep.",
            f"Make {TEXT_LIST} in {place.whitelist.parent} yourself, with one address on each line.",
        )
    text = ""
    for entry in entries:
        if trim(text_of(entry)):
            text = whitelist_txt.add(text, text_of(entry))
    return replace(before, whitelist=text)


def _moved(place: Place, before: Texts, to: str) -> Texts:
    effect = effect_of(place, before)
    if to == "txt" and before.whitelist is None:
        own = () if effect.whitelist_on is False else facts(place.version).default_whitelist
        entries = list_edit.change(effect.entries, (), (), place.version, own).entries
        return _as_text_list(place, before, effect, entries)
    if to == "txt":
        return before
    if to != "config":
        raise RefusedError(f"“{to[:20]}” is no place for the whitelist.", "It is either txt or config.")
    if before.whitelist is None:
        return before
    after = with_config(place, before, {"whitelist": [text_of(entry) for entry in effect.entries]})
    return replace(after, whitelist=None)


def _without(place: Place, now: Texts, change: whitelist_history.Change) -> Texts:
    """The texts without `change`: as they were before it, or, when others have changed them since, its opposite."""
    untouched = all(
        whitelist_history.fingerprint(getattr(now, name)) == touched.after for name, touched in change.files.items()
    )
    made_config = "config" in change.files and change.files["config"].before is None
    if untouched and not made_config:
        return replace(now, **{name: touched.before for name, touched in change.files.items()})
    if change.moved:
        return _moved(place, now, "config" if change.moved == "txt" else "txt")
    effect = effect_of(place, now)
    there = {trim(text_of(entry)) for entry in effect.entries}
    return _edited(place, now, change.removed, [entry for entry in change.added if entry in there])[0]


def _write_list(place: Place, before: Texts, after: Texts, change: whitelist_history.Change) -> EffectiveSettings:
    effect = _forbid_and_write(place, before, after)
    files = {
        name: whitelist_history.Touched(getattr(before, name), whitelist_history.fingerprint(getattr(after, name)))
        for name in ("config", "whitelist", "aside")
        if getattr(before, name) != getattr(after, name)
    }
    if files:
        whitelist_history.remember(_history(place), replace(change, files=files))
    return effect


def _forbid_and_write(place: Place, before: Texts, after: Texts) -> EffectiveSettings:
    was, will = effect_of(place, before), effect_of(place, after)
    old, new = _entries(place, before, was), _entries(place, after, will)
    added = [entry for entry in new if entry not in old]
    interlock.forbid_open_list(old, new, added, effect_of(place, after, heard=True))
    interlock.forbid_opening(was, will)
    interlock.forbid_lockout(was, will)
    return write(place, before, after, config_first=after.whitelist is None)


def _entries(place: Place, texts: Texts, effect: EffectiveSettings) -> Sequence[Entry]:
    return parse_text(texts.aside or "") if _holder(place, texts) == DISABLED_NAME else effect.entries


def _history(place: Place) -> Path:
    return whitelist_history.folder_of(place.installation.folder, place.backups)
