"""Storing what a changed description makes of bytes that are stored: new versions of records, by the same key.

A version that a list wrote stays as it was; the new one takes its place as the current one, names the description by
which it was read, and sets undecided candidates of the old one aside. Verdicts stay. The source said nothing new, so
no change of the list is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from registry import audit, storable
from registry.errors import RegistryError, without_payload
from registry.evidence import custody
from registry.evidence.custody import Actor
from registry.ingestion.rows import NewRecord
from registry.judgements import follow
from registry.linkage import candidates
from registry.models import Batch, CustodyAct, Record, Source
from registry.sealing import sealed_rows


def current(batch: Batch) -> list[tuple[int, str, dict[str, Any], dict[str, Any]]]:
    """Return id, key, locator and payload of the current records that were read from a batch."""
    rows = Record.objects.filter(batch=batch, is_current=True).order_by("id")
    return [(row.pk, row.key, row.locator, row.payload) for row in rows]


def batches(slug: str) -> list[Batch]:
    """Return the batches of a source from which current records were read, in the order of their arrival."""
    found = Batch.objects.filter(source__slug=slug, records__is_current=True).distinct()
    return list(found.select_related("source", "evidence").order_by("id"))


def replace(batch: Batch, rows: Sequence[tuple[int, NewRecord]], actor: Actor, reason: str, config_sha256: str) -> None:
    """Make new versions of current records of a batch, in one transaction.

    Args:
        batch: The batch.
        rows: Each with the id of the record whose place it takes.
        actor: Who has them read again.
        reason: What was changed in the description.
        config_sha256: The description.

    Raises:
        RegistryError: A record is not current any more: a delivery came between; nothing of the batch is changed.
    """
    new = dict(rows)
    with without_payload("Reading stored bytes again", RegistryError), transaction.atomic():
        Source.objects.select_for_update(no_key=True).get(pk=batch.source_id)
        old = {record.pk: record for record in Record.objects.filter(pk__in=new, is_current=True, batch=batch)}
        if len(old) < len(new):
            raise RegistryError("Records of this list have newer versions by now", batch.source.slug, "Try again")
        newest = _newest_versions(batch, [record.key for record in old.values()])
        superseded = candidates.supersede(sorted(old))
        Record.objects.filter(pk__in=old).update(is_current=False)
        versions = [_version(record, new[pk], newest[record.key] + 1, config_sha256) for pk, record in old.items()]
        sealed_rows.store(versions)
        follow.delivery(batch.pk)
        facts = {"config_sha256": config_sha256, "records": len(versions), "candidates_superseded": superseded}
        custody.log(CustodyAct.PARSE, batch.evidence, actor, {**facts, "why": reason}, source=batch.source, batch=batch)
        who = str(actor.user.pk) if actor.user else "system"
        audit.append(who, "records.read_again", "batch", str(batch.pk), facts)


def _newest_versions(batch: Batch, keys: Sequence[str]) -> dict[str, int]:
    newest: dict[str, int] = {}
    found = Record.objects.filter(source_id=batch.source_id, key__in=keys).values_list("key", "version")
    for key, version in found:
        newest[key] = max(version, newest.get(key, 0))
    return newest


def _version(old: Record, new: NewRecord, version: int, config_sha256: str) -> Record:
    made = Record(
        source_id=old.source_id,
        batch_id=old.batch_id,
        evidence_id=old.evidence_id,
        key=old.key,
        version=version,
        observed_on=new.observed_on,
        locator=new.locator.to_json(),
        language=new.language,
        fingerprint=storable.fingerprint(new.written),
        vanished_id=old.vanished_id,
    )
    made.payload = {
        "written": dict(new.written),
        "values": dict(new.values),
        "romanised": dict(new.romanised),
        "read_by": config_sha256,
    }
    return made
