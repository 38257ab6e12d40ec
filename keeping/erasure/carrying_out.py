"""An allowed erasure carried out in steps, each of which may be killed and is taken up again by the next run.

1. Copies of lists that others stand in are made and stored; made twice, they are the same bytes.
2. One transaction: tombstones; identities lose the rows, their receivers are told; everything leaves the tables,
   and with it the keys of what was sealed; custody is told both hashes. It happens whole or not at all.
3. The old bytes leave the evidence store.

Files beside the database, copies of keys and PostgreSQL's own files follow (`pipelines.keeping`), then `finish`.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from configs import scratch
from keeping.erasure import bytes_of_rows, certificates, plan
from keeping.erasure.bytes_of_rows import Bytes
from registry import audit
from registry.errors import RegistryError
from registry.evidence import custody, store
from registry.evidence.custody import Actor
from registry.ingestion import erased_rows
from registry.judgements import erasing, rows
from registry.models import (
    BucketPage,
    CustodyAct,
    Erasure,
    Evidence,
    Record,
    Redaction,
    Tombstone,
)


def in_tables(number: int) -> dict[str, Any]:
    """Let an erasure's rows leave the registry, and return what went; done before, nothing happens.

    Raises:
        RegistryError: It is not allowed, finished, or a hold was placed since.
    """
    erasure = Erasure.objects.select_related("decided_by").get(pk=number)
    if not erasure.allowed or erasure.finished_at is not None:
        raise RegistryError("This erasure is not under way", f"erasure {number}", "`ridni erase list` says more")
    if "rows" in erasure.done:
        return dict(erasure.done)
    what = plan.found(erasure)
    copies = [(one, _stored_copy(one)) for one in what.bytes]
    # Where the rows are gone already, with those of another source of the same bytes, the copy is what stands there.
    copies = [(one, copy) for one, copy in copies if copy is None or copy != one.current]
    with transaction.atomic():
        rows.lock()
        erasure = Erasure.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=number)
        now = plan.found(erasure)
        if (now.rows, now.gone, now.waiting, now.papers) != (what.rows, what.gone, what.waiting, what.papers):
            raise RegistryError("The registry has changed meanwhile", f"erasure {number}", "Run it again")
        _bury(erasure, what.rows)
        told = []
        if erasure.decided_by is not None and what.rows:
            told = erasing.erase_rows(erasure.decided_by, what.rows)
        _out_of_pages(what.gone)
        for one, copy in copies:
            Redaction.objects.create(original=one.current, copy=copy, erasure=erasure, at=timezone.now())
        done = _out_of_tables(number)
        done |= {"identities": len(told), "bytes": [_said(one, copy) for one, copy in copies]}
        Erasure.objects.filter(pk=number).update(done=done)
        for one, copy in copies:
            _in_custody(erasure, one, copy)
        who = str(erasure.decided_by_id) if erasure.decided_by_id else "system"
        counts = {name: count for name, count in done.items() if isinstance(count, int)}
        audit.append(who, "erasure.carried_out", "erasure", str(number), counts)
    return done


def in_store(number: int) -> int:
    """Remove the bytes that an erasure has replaced or destroyed, and return how many pieces were still there."""
    removed = 0
    for sha256 in Redaction.objects.filter(erasure_id=number).values_list("original__sha256", flat=True):
        path = store.path_of(sha256)
        if path.exists():
            path.unlink()
            removed += 1
    return removed


def finish(number: int, **facts: Any) -> Erasure:
    """Write down that nothing of an erasure is left to do.

    Args:
        number: The erasure.
        facts: More for its certificate: counts, times and hashes only.
    """
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().get(pk=number)
        if erasure.finished_at is None:
            erasure.done, erasure.finished_at = erasure.done | facts, timezone.now()
            erasure.save(update_fields=["done", "finished_at"])
            who = str(erasure.decided_by_id) if erasure.decided_by_id else "system"
            audit.append(who, "erasure.finished", "erasure", str(number), {"certificate": certificates.digest(erasure)})
    return erasure


def _stored_copy(one: Bytes) -> Evidence | None:
    """Make and store the copy that takes the place of a list; None where it is destroyed."""
    content = bytes_of_rows.copy_of(one) if one.may_copy else None
    if content is None:
        return None
    with tempfile.NamedTemporaryFile(dir=scratch.folder(), prefix="redacted-") as file:
        file.write(content)
        file.flush()
        stored = store.store(Path(file.name), media_type=one.evidence.media_type)
    return Evidence.objects.get(sha256=stored.sha256)


def _bury(erasure: Erasure, of_rows: list[int]) -> None:
    now = timezone.now()
    for first in Record.objects.filter(pk__in=of_rows).select_related("source").order_by("pk").iterator(2_000):
        versions = Record.objects.filter(source_id=first.source_id, key=first.key).values_list("fingerprint", flat=True)
        Tombstone.objects.create(
            row=first,
            erasure=erasure,
            source=first.source,
            digest=erased_rows.digest(first.source, first.key),
            fingerprints=sorted(set(versions)),
            at=now,
        )


def _out_of_pages(gone: list[int]) -> None:
    """Take records out of the pages of blocking digests: the digests of theirs that nobody shares go as well."""
    numbers = np.array(gone, np.int32)
    for page in BucketPage.objects.order_by("pk").iterator(chunk_size=50):
        held = np.frombuffer(bytes(page.records), "<i4")
        kept = ~np.isin(held, numbers)
        if kept.all():
            continue
        page.records = held[kept].tobytes()
        page.digests = np.frombuffer(bytes(page.digests), "<i8")[kept].tobytes()
        page.save(update_fields=["records", "digests"])


def _out_of_tables(number: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_erase(%s)::text", [number])
        (said,) = cursor.fetchone()
    done: dict[str, Any] = json.loads(said)
    return done


def _said(one: Bytes, copy: Evidence | None) -> dict[str, Any]:
    return {"original": one.evidence.sha256, "copy": copy.sha256 if copy else None, "rows": len(one.places)}


def _in_custody(erasure: Erasure, one: Bytes, copy: Evidence | None) -> None:
    user = erasure.decided_by
    actor = Actor(user.username, user) if user else Actor.operator()
    facts = {"erasure": erasure.pk, "rows": len(one.places)}
    custody.log(CustodyAct.ERASE, one.evidence, actor, facts | {"copy": copy.sha256 if copy else ""})
    if copy is not None:
        custody.log(CustodyAct.REDACT, copy, actor, facts | {"of": one.evidence.sha256})
