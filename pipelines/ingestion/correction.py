"""Getting rows out of quarantine: with values that a person puts in, or by reading the evidence again.

A changed description reads the batch's own bytes again, and only what was in quarantine is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from registry.errors import RegistryError
from registry.ingestion import descriptions
from sources.description.load import SourceConfig
from sources.extraction.children import children_of
from sources.extraction.normalise import normalise
from sources.extraction.reading import SourceReading, read_source
from sources.fields import (
    FIELDS,
    LIST_FIELDS,
    NAMING_FIELDS,
    suggestion,
)
from sources.locator import Locator

if TYPE_CHECKING:
    from registry.evidence.custody import Actor
    from registry.ingestion.quarantine import Taken
    from registry.ingestion.rows import NewRecord
    from registry.models import Batch


def fix(
    row_id: int,
    changes: Mapping[str, str],
    *,
    actor: Actor,
    reason: str,
    key: str = "",
    observed_on: date | None = None,
) -> tuple[str, int]:
    """Make a record of a quarantined row with values that a person puts in; return the outcome and the record's id.

    Args:
        row_id: The row.
        changes: Field to value; '' empties a field. Fields that are not named stay as delivered.
        actor: Who corrects.
        reason: Why these are the right values.
        key: The row's own key, where it has none or that of another row.
        observed_on: The day for which the row speaks; unset: that of the delivery.

    Raises:
        RegistryError: There is no such field, the row names nobody, has no key, or has left quarantine.
    """
    from registry.ingestion import quarantine
    from registry.ingestion.rows import NewRecord
    from registry.models import Batch

    row = quarantine.get(row_id)
    batch = Batch.objects.select_related("source", "evidence").get(pk=row.row.batch_id)
    config = descriptions.stored_config(batch.config_sha256, batch.source.slug)
    written = {name: value for name, value in row.written.items() if name in FIELDS}
    for name, text in changes.items():
        if name not in FIELDS or name == "observed_on":
            near = suggestion(name, FIELDS)
            mend = f"Did you mean {near}?" if near else f"Fields are {', '.join(FIELDS)}"
            raise RegistryError(f"There is no field {name!r}", "", mend)
        if not text.strip():
            written.pop(name, None)
        elif name in LIST_FIELDS:
            written[name] = [part.strip() for part in text.split(";") if part.strip()]
        else:
            written[name] = text.strip()
    if NAMING_FIELDS.isdisjoint(written):
        raise RegistryError("The row names nobody", f"quarantined row {row_id}", "Put in full_name, surname or given")
    day = observed_on or batch.as_of
    meant = normalise(
        written,
        observed_on=day,
        language=config.language,
        name_order=config.derived.full_name_order,
        pseudonymised=config.names_pseudonymised,
    )
    changed = tuple(name for name in changes if written.get(name) != row.written.get(name))
    record = NewRecord(
        key=key or row.key or _key_by_place(config, batch, row.row.locator, row_id),
        observed_on=day,
        locator=row.row.locator,
        language=meant.language,
        written=written,
        values=meant.values,
        romanised=meant.romanised,
        corrected=changed,
    )
    return quarantine.fix(row_id, record, actor, reason)


def read_again(config: SourceConfig, config_path: Path, *, actor: Actor, reason: str) -> Taken:
    """Read the evidence of each batch of a source with rows in quarantine again, and take out what can be read now.

    Args:
        config: The changed description; from now on it is the source's.
        config_path: Where it stands.
        actor: Who has the rows read again.
        reason: What was changed.

    Raises:
        SourceError: The bytes cannot be read by the description; batches before that one have been read again.
    """
    from registry.ingestion import quarantine
    from registry.ingestion.quarantine import Taken

    batches = quarantine.batches_waiting(config.slug)
    for batch in batches[:1]:
        with _reading(batch, config) as reading:
            next(iter(reading), None)
    descriptions.keep_description(config, config_path)
    total = Taken()
    for batch in batches:
        taken = _read_batch(batch, config, actor, reason)
        total = Taken(*(mine + more for mine, more in zip(_figures(total), _figures(taken), strict=True)))
    return total


def _figures(taken: Taken) -> tuple[int, ...]:
    return taken.new, taken.changed, taken.unchanged, taken.non_data, taken.waiting


def _read_batch(batch: Batch, config: SourceConfig, actor: Actor, reason: str) -> Taken:
    from registry.ingestion import quarantine, rows
    from registry.ingestion.rows import NewRecord

    waiting = {locator.of_row(): row_id for row_id, locator in quarantine.waiting(batch)}
    no_data: list[int] = []

    def readable(reading: SourceReading) -> Iterator[tuple[int, NewRecord]]:
        for item, made in reading.pairs():
            if (row_id := waiting.get(item.locator.of_row())) is None:
                continue
            if made is None:
                no_data.append(row_id)
                continue
            for new in rows.of_children(children_of(made, config), reading.name):
                if isinstance(new, NewRecord):
                    yield row_id, new

    with _reading(batch, config) as reading:
        return quarantine.take_again(batch, readable(reading), no_data, actor, reason, config.sha256)


@contextmanager
def _reading(batch: Batch, config: SourceConfig) -> Iterator[SourceReading]:
    from registry.evidence import custody, store

    sha256 = batch.evidence.sha256
    name = custody.file_name(batch.evidence, batch.source)
    with store.plain(sha256) as path:
        yield read_source(config, path, name=name, file_id=sha256)


def _key_by_place(config: SourceConfig, batch: Batch, locator: Locator, row_id: int) -> str:
    """Return the key that a row without one gets when the description gives none: the file's hash and its place.

    Raises:
        RegistryError: The description says which column is the key, so a person must give it.
    """
    if config.key is not None:
        raise RegistryError("The row has no key of its own", f"quarantined row {row_id}", "Give it one with --key")
    return f"{batch.evidence.sha256[:12]}/{locator.key()}"
