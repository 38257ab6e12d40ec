"""Files for a registered consumer: all that it may hold at one number of the feed, with a manifest.

A file is made whole or not at all, and what it gives enters the ledger first. What the consumer was given before by
any way and must not hold now stands in it as a tombstone, so a newer file is how retraction and erasure reach whoever
takes files. That a file was taken over, a person enters (`confirm`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol, Self
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from casefeed import snapshot
from casefeed.adapters import followthemoney, pfif, reading, tables
from registry.access import consumers, field_access, permissions
from registry.errors import RegistryError
from registry.identities import feed_files
from registry.identities.consumer_state import Clearance, State, canonical
from registry.models import Consumer, ConsumerTerms, Delivery, IdentityEvent, User

MANIFEST = "manifest.json"


class Writer(Protocol):
    """One format: `rows` by file, and what had no place in it."""

    way: str
    version: str
    rows: dict[str, int]
    left_out: dict[str, int]

    def __enter__(self) -> Self: ...
    def __exit__(self, *fault: Any) -> None: ...
    def add(self, state: Mapping[str, Any], told_at: datetime, known: Iterable[str]) -> None:
        """Write one identity, a tombstone too."""


@dataclass(frozen=True)
class Home:
    """Who speaks in a format that names its home: a domain under which ids stand, and a name."""

    domain: str
    author: str


WAYS: Final[dict[str, Callable[[Path, Home], Writer]]] = {
    pfif.WAY: lambda folder, home: pfif.Writer(folder, home.domain, home.author),
    followthemoney.WAY: lambda folder, home: followthemoney.Writer(folder),
    tables.CSV: lambda folder, home: tables.CsvWriter(folder),
    tables.JSON_LINES: lambda folder, home: tables.JsonLinesWriter(folder),
}


@dataclass(frozen=True)
class Made:
    """A file as it was made."""

    number: int
    folder: Path
    identities: int
    tombstones: int
    sha256: str
    left_out: dict[str, int]


def make(user: User, name: str, way: str, folder: Path, home: Home) -> Made:
    """Make a folder with the files of one format for a consumer.

    Args:
        user: Who makes it.
        name: The consumer.
        way: One of `WAYS`.
        folder: Must not be there yet; readable for this account alone.
        home: Used by formats that name their home.

    Raises:
        ReviewError: The role may not.
        RegistryError: There is no such consumer, format or place, or nobody has allowed the consumer's terms.
    """
    permissions.require(user, permissions.CONSUMERS_ASK)
    consumer = consumers.called(name)
    terms = consumers.terms_of(consumer)
    if terms is None:
        raise RegistryError("Nobody has allowed this consumer's terms yet", "", "`ridni consumers list` says who may")
    if way not in WAYS:
        raise RegistryError(f"There is no format {way!r}", "", f"Choose one of {', '.join(WAYS)}")
    if folder.exists() or not folder.parent.is_dir():
        raise RegistryError("The files need a folder of their own", str(folder), "Name one that is not there yet")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir(mode=0o700)
        number, made = _write(user, consumer, terms, way, draft, home)
        draft.rename(folder)
    except OSError as fault:
        said = f"{type(fault).__name__}: cannot be written"
        raise RegistryError("The files " + said, str(folder), "Name a folder in which there is room") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Made(number, folder, made["identities"], made["tombstones"], made["sha256"], made["left_out"])


def _write(
    user: User, consumer: Consumer, terms: ConsumerTerms, way: str, folder: Path, home: Home
) -> tuple[int, dict[str, Any]]:
    scopes = frozenset(terms.scopes)
    clearance = Clearance(field_access.of_scopes(scopes), consumers.READ_EVIDENCE in scopes)
    counts = {"identities": 0, "tombstones": 0}
    with snapshot.moment(consumer, clearance) as now:
        with WAYS[way](folder, home) as writer:
            for page in now.pages():
                known = _given_before(consumer, page)
                chosen = [state for state in page if reading.stands(state.document) or str(state.id) in known]
                now.given(way, chosen)
                told_at = _told_at(chosen)
                for state in chosen:
                    writer.add(state.document, told_at[state.id], known)
                    counts["identities" if reading.stands(state.document) else "tombstones"] += 1
        position = now.position
    said = {
        "format": way,
        "version": writer.version,
        "feed": str(position.feed),
        "epoch": str(position.epoch),
        "sequence": position.sequence,
        "cursor": position.cursor,
        "consumer": consumer.name,
        "purpose": terms.purpose,
        "basis": terms.basis,
        "scopes": sorted(scopes),
        "made_at": timezone.now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "files": [_file(folder / one, rows) for one, rows in writer.rows.items()],
        "left_out": dict(sorted(writer.left_out.items())),
        **counts,
    }
    body = canonical(said)
    (folder / MANIFEST).write_bytes(body)
    for path in folder.iterdir():
        path.chmod(0o600)
    sha256 = hashlib.sha256(body).hexdigest()
    row = feed_files.enter(user, consumer, way, position, sha256, **counts)
    return row.pk, {**counts, "sha256": sha256, "left_out": said["left_out"]}


def _file(path: Path, rows: int) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"name": path.name, "sha256": digest, "bytes": path.stat().st_size, "rows": rows}


def _given_before(consumer: Consumer, page: Iterable[State]) -> frozenset[str]:
    """Return the ids of a page, and of aliases in it, that the consumer was once given as standing, by any way."""
    wanted = {state.id for state in page} | {UUID(one) for state in page for one in state.document.get("aliases", ())}
    given = Delivery.objects.filter(consumer=consumer, status=reading.VERIFIED, identity_id__in=wanted)
    return frozenset(str(number) for number in given.values_list("identity_id", flat=True).distinct())


def _told_at(states: Iterable[State]) -> dict[UUID, datetime]:
    """Return when the feed last told of each identity."""
    found = IdentityEvent.objects.filter(identity_id__in=[state.id for state in states]).order_by()
    return dict(found.values_list("identity_id").annotate(at=Max("at")))
