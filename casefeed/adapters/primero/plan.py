"""What should stand in a case, and what of it may be written: only what is empty there, or what we wrote ourselves.

Pure functions over a state, the case as it was read, and keyed digests of what was written before. A value that people
there have changed or entered is theirs: it is never touched, and where it differs from ours a person is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from casefeed.adapters import reading
from casefeed.adapters.primero import forms, terms
from casefeed.adapters.primero.terms import Instance, Target
from casefeed.adapters.reading import State

MARK = "Ridni"
"""Stands in `other_agency_name` of each case that was made here."""
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})

Values = dict[str, Any]
Digest = Callable[[str, Any], str]
"""The keyed digest of a value under a key."""


@dataclass
class Change:
    """What follows from comparing.

    Attributes:
        write: Fields to be sent; subforms as lists of entries with `unique_id`.
        ours: By key, the digest of what is ours once it is written.
        differ: Keys whose value there is another person's, and not ours.
        theirs: A digest over those values: the same disagreement is told once.
    """

    write: Values = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)
    differ: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)

    def differs(self, key: str, digest: str) -> None:
        """Note that a value there is not ours."""
        self.differ.append(key)
        self.theirs.append(digest)


def wanted(state: State, instance: Instance) -> Values:
    """Return what should stand in the case of an identity by key; nothing of one that does not stand."""
    if not reading.stands(state):
        return {}
    said: Values = {}
    for target in terms.targets(instance).values():
        if value := _value(state, target):
            said[target.name] = value
    if subform := terms.subform(instance):
        for relation, code in forms.relations(instance).items():
            if name := _line(reading.text(state, relation)):
                entry = entry_id(state["id"], relation)
                said[f"{subform}/{entry}/relation_name"] = name
                said[f"{subform}/{entry}/relation"] = code
    return said


def compare(want: Values, there: Mapping[str, Any], ours: Mapping[str, Sequence[str]], digest: Digest) -> Change:
    """Return what may be written so that the case says what is wanted.

    Args:
        want: What should stand, by key.
        there: The case as it was read.
        ours: By key, the digest of what was written and read back, and of what was about to be written; '' for none.
        digest: Of a value under a key.
    """
    change = Change()
    found = flattened(there)
    for key in sorted({*want, *ours}):
        now, should = found.get(key), want.get(key)
        own = now not in EMPTY and digest(key, now) in ours.get(key, ())
        removed = now in EMPTY and bool(ours.get(key, ("",))[0])  # people there took out what we had written
        if now in EMPTY and should in EMPTY:
            continue
        if now == should:
            if own:
                change.ours[key] = digest(key, now)
            continue
        if removed or not (own or now in EMPTY):
            change.differs(key, digest(key, now))
            continue
        _put(change.write, key, should)
        if should not in EMPTY:
            change.ours[key] = digest(key, should)
    _remove_empty_entries(change.write, found, change)
    return change


def body(want: Values) -> Values:
    """Return a whole case as it is sent."""
    sent: Values = {}
    for key, value in want.items():
        _put(sent, key, value)
    return sent


def flattened(there: Mapping[str, Any]) -> Values:
    """Return the values of a case by key: FIELD, or SUBFORM/ENTRY/FIELD."""
    found: Values = {}
    for name, value in there.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for entry in value:
                for inner, said in entry.items():
                    if inner != "unique_id":
                        found[f"{name}/{entry.get('unique_id')}/{inner}"] = said
        else:
            found[name] = value
    return found


def entry_id(identity: str, relation: str) -> str:
    """Return the id of an entry of ours, the same each time: a repeated change doubles nothing."""
    return str(uuid.uuid5(uuid.UUID(identity), relation))


def consents(state: State) -> bool:
    """Tell whether tracing is consented to: somebody says so, and nobody says otherwise."""
    if not reading.stands(state):
        return False
    said = {value["value"] for value in reading.values(state, "consent")}
    return said == {"yes"}


def _value(state: State, target: Target) -> str:
    if target.says == "ridni":
        return MARK
    if target.says == "identity":
        return str(state["id"])
    if target.says == "other_names":
        return "; ".join(map(_line, reading.other_names(state)))
    if target.kind == "date":
        return reading.day(reading.preferred_value(state, target.says))
    if target.kind == "select":
        return target.codes.get(reading.preferred_value(state, target.says), "")
    return _line(reading.text(state, target.says))


def _line(text: str) -> str:
    """Return a text as a server gives it back: blanks around it and within it are what servers change first."""
    return " ".join(text.split())


def _put(sent: Values, key: str, value: Any) -> None:
    name, slash, rest = key.partition("/")
    if not slash:
        sent[name] = value
        return
    number, _, inner = rest.partition("/")
    entries = sent.setdefault(name, [])
    entry = next((one for one in entries if one["unique_id"] == number), None)
    if entry is None:
        entry = {"unique_id": number}
        entries.append(entry)
    entry[inner] = value


def _remove_empty_entries(write: Values, found: Values, change: Change) -> None:
    """Let an entry that is ours altogether and says nothing any more be taken out whole."""
    for name, entries in write.items():
        for entry in entries if isinstance(entries, list) else ():
            prefix = f"{name}/{entry['unique_id']}/"
            left = {key for key, value in found.items() if key.startswith(prefix) and value not in EMPTY}
            left -= {f"{prefix}{inner}" for inner, value in entry.items() if inner != "unique_id" and value in EMPTY}
            if not left and all(value in EMPTY for inner, value in entry.items() if inner != "unique_id"):
                unique = entry["unique_id"]
                entry.clear()
                entry |= {"unique_id": unique, "_destroy": True}
