"""Reading stored bytes again by a changed description: first what would change, then the change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.errors import RegistryError
from registry.ingestion import descriptions
from sources.description.load import SourceConfig
from sources.extraction.children import children_in
from sources.extraction.reading import SourceReading, read_source
from sources.locator import Locator

if TYPE_CHECKING:
    from registry.evidence.custody import Actor
    from registry.ingestion.rows import NewRecord
    from registry.models import Batch

_SHOWN = 10


@dataclass
class Plan:
    """What a changed description would make of one batch.

    Attributes:
        batch: The batch.
        file: Name of the delivered file.
        changed: Id of each record that would get a new version, with it.
        same: How many stay as they are.
        by_hand: How many were corrected by a person, and stay.
        unread: How many stand where the description reads no child now; they stay.
        more: How many children it reads where no record stands; `ridni quarantine rerun` takes those that wait.
        fields: How many records change in each field.
        examples: (key, field, before, after) of the first changes; to be shown masked only.
    """

    batch: Batch
    file: str
    changed: list[tuple[int, NewRecord]] = field(default_factory=list)
    same: int = 0
    by_hand: int = 0
    unread: int = 0
    more: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)


def plan(config: SourceConfig) -> Iterator[Plan]:
    """Yield what would change in each batch of a source; nothing is stored.

    Raises:
        RegistryError: The description gives other keys: its records would be others.
        SourceError: The bytes cannot be read by the description.
    """
    from registry.ingestion import rereading, sources

    for batch in rereading.batches(sources.named(config.slug)):
        yield _plan(batch, config)


def apply(plans: list[Plan], config: SourceConfig, config_path: Path, *, actor: Actor, reason: str) -> int:
    """Make the new versions of all plans; return how many.

    Args:
        plans: As `plan` gave them.
        config: The changed description; from now on it is the source's.
        config_path: Where it stands.
        actor: Who has the bytes read again.
        reason: What was changed.
    """
    from registry.ingestion import rereading

    descriptions.keep_description(config, config_path)
    for each in plans:
        if each.changed:
            rereading.replace(each.batch, each.changed, actor, reason, config.sha256)
    return sum(len(each.changed) for each in plans)


def _plan(batch: Batch, config: SourceConfig) -> Plan:
    from registry.evidence import custody, store

    sha256 = batch.evidence.sha256
    name = custody.file_name(batch.evidence, batch.source)
    with store.plain(sha256) as path:
        return _held_against(batch, config, read_source(config, path, name=name, file_id=sha256))


def _held_against(batch: Batch, config: SourceConfig, reading: SourceReading) -> Plan:
    from registry.ingestion import rereading, rows
    from registry.ingestion.rows import NewRecord

    found = Plan(batch, reading.name)
    stored = {_place(Locator.from_json(at)): (pk, key, payload) for pk, key, at, payload in rereading.current(batch)}
    other_keys = 0
    for row in rows.of_children(children_in(reading), found.file):
        if not isinstance(row, NewRecord):
            continue
        known = stored.pop(_place(row.locator), None)
        if known is None:
            found.more += 1
            continue
        pk, key, payload = known
        if payload.get("corrected"):
            found.by_hand += 1
        elif row.key != key:
            other_keys += 1
        elif not (differing := _differing(payload, row)):
            found.same += 1
        else:
            found.changed.append((pk, row))
            found.fields.update({name: 1 for name, _, _ in differing})
            if len(found.examples) < _SHOWN:
                found.examples += [(key, *each) for each in differing]
    found.unread = len(stored)
    if other_keys:
        raise RegistryError(
            f"The description gives {other_keys} records of this list another key",
            config.slug,
            "Leave the key as it was, or describe the list as a new source",
        )
    return found


def _place(locator: Locator) -> Locator:
    """Return what tells a record from the others of its file: its row, and which child of it."""
    return locator._replace(cells=None, cell=None, offsets=None, part=locator.part or _number(locator))


def _number(locator: Locator) -> int | None:
    return locator.offsets[0] if locator.offsets else None


def _differing(payload: dict[str, Any], row: NewRecord) -> list[tuple[str, str, str]]:
    """Return the fields, values and doubts that would change, with both forms."""
    found = []
    for before, after in ((payload.get("written", {}), row.written), (payload.get("values", {}), row.values)):
        for name in sorted({*before, *after}):
            old, new = _text(before.get(name)), _text(after.get(name))
            if old != new and (name, old, new) not in found:
                found.append((name, old, new))
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=list)
