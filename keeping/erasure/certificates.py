"""What a finished erasure certifies: by whom, on which ground, what went, and until when keys of it lie in backups."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from keeping.erasure import targets
from registry import audit
from registry.errors import RegistryError
from registry.models import AuditEntry, Erasure, Tombstone


def of(number: int) -> dict[str, Any]:
    """Return the certificate of a finished erasure: ids, counts, hashes, times and the accounts that wanted it.

    Raises:
        RegistryError: There is no such erasure, or it is not finished.
    """
    found = Erasure.objects.select_related("source", "asked_by", "decided_by").filter(pk=number).first()
    if found is None or found.finished_at is None:
        raise RegistryError("This erasure is not finished", f"erasure {number}", "`ridni erase run` goes on with it")
    rows = AuditEntry.objects.filter(object_type="erasure", object_id=str(number)).order_by("seq")
    end = audit.last()
    return content(found) | {
        "audit": [{"seq": row.seq, "action": row.action, "hash": row.hash} for row in rows],
        "audit_ended": {"seq": end.seq, "hash": end.hash},
        "sha256": digest(found),
    }


def content(erasure: Erasure) -> dict[str, Any]:
    """Return what a certificate says of the erasure itself; the audit log holds its hash."""
    finished = erasure.finished_at
    return {
        "erasure": erasure.pk,
        "of": targets.words(erasure),
        "ground": erasure.ground,
        "asked_by": erasure.asked_by.username if erasure.asked_by else "the term of the source",
        "asked_at": erasure.asked_at.isoformat(),
        "allowed_by": erasure.decided_by.username if erasure.decided_by else "the term of the source",
        "allowed_at": erasure.decided_at.isoformat() if erasure.decided_at else None,
        "finished_at": finished.isoformat() if finished else None,
        "destroyed": erasure.done,
        "tombstones": list(Tombstone.objects.filter(erasure=erasure).order_by("pk").values_list("row_id", flat=True)),
    }


def digest(erasure: Erasure) -> str:
    """Return the SHA-256 of what a certificate says of the erasure itself."""
    text = json.dumps(content(erasure), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
