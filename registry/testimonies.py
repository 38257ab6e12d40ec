"""Testimonies, medical reports, statements of families: evidence about one child, closed until somebody opens it.

A person who reads one may take facts from it: each becomes a record of a source of its own class, with who entered it
and when, and a locator that leads to the document. Whoever entered a record never judges it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from registry import audit, storable
from registry.errors import EvidenceError, RegistryError, UnknownIdentity, without_payload
from registry.evidence import custody, store
from registry.evidence.custody import Actor, CollectionFacts
from registry.identities import identities
from registry.ingestion import batches, sources
from registry.ingestion.rows import NewRecord
from registry.linkage import records
from registry.models import Batch, CustodyAct, Evidence, Identity, Record, Source, Testimony, TestimonyKind
from registry.provenance import disclosure
from sources.extraction.normalise import normalise
from sources.fields import FIELDS, LIST_FIELDS, NAMING_FIELDS
from sources.locator import Locator
from sources.readers import document_text

LANGUAGES = ("uk", "ru", "en")
NOT_OBSERVED = frozenset({"text", "other", "observed_on"})
OBSERVABLE = tuple(field for field in FIELDS if field not in NOT_OBSERVED)
"""The fields that a person may take from a document."""

_TITLES = {
    TestimonyKind.TESTIMONY: "Facts taken from testimonies",
    TestimonyKind.MEDICAL_REPORT: "Facts taken from medical reports",
    TestimonyKind.FAMILY_STATEMENT: "Facts taken from statements of families",
    TestimonyKind.DOCUMENT: "Facts taken from other documents",
}
_VALUE_LENGTH, _PLACE_LENGTH = 2_000, 60


@dataclass(frozen=True)
class Closed:
    """A document without what it says; `facts` counts the records that were taken from it."""

    id: int
    kind: str
    handling_code: str
    about: str
    place: str
    media_type: str
    size: int
    evidence_sha256: str
    added_by: str
    added_at: datetime
    facts: int


@dataclass(frozen=True)
class Opened:
    """A document that somebody opened: its text, `cut` when it is longer, or why there is none to show."""

    closed: Closed
    text: str
    cut: bool
    unread: document_text.Unread | None = None


def add(
    path: Path,
    kind: str,
    about: str,
    collected: CollectionFacts,
    actor: Actor,
    place: str = "",
) -> Testimony:
    """Store a document and attach it to a record or an identity.

    Args:
        path: The file.
        kind: One of `TestimonyKind`.
        about: A record (id, SOURCE/KEY) or the id of an identity.
        collected: Who got it, when, how, from where, its legal basis and handling code: all of them are required.
        actor: Who attaches it.
        place: Which part of the document is meant, such as `page 3`; '' for all of it.

    Raises:
        RegistryError: A fact is missing, or there is no such kind, record or identity.
    """
    if kind not in TestimonyKind.values:
        raise RegistryError(f"There is no kind {kind!r}", "", f"Choose one of {', '.join(TestimonyKind.values)}")
    stated = (collected.collected_by, collected.collected_how, collected.collected_from, collected.legal_basis)
    if not all(fact.strip() for fact in (*stated, collected.handling_code)):
        raise RegistryError(
            "A document needs its collection facts", "", "State by whom, how, from where, legal basis and handling code"
        )
    record, identity = _subject(about)
    stored = store.store(path, media_type=document_text.media_type_of(path))
    source = _source_of(kind, collected)
    custody.acquire(stored.sha256, source, collected, actor)
    kept = Evidence.objects.get(sha256=stored.sha256)
    locator = Locator(place=_place(place) or None).to_json()
    with transaction.atomic():
        testimony, new = Testimony.objects.get_or_create(
            evidence=kept,
            record=record,
            identity=identity,
            locator=locator,
            defaults={
                "kind": kind,
                "handling_code": collected.handling_code,
                "added_by": actor.user,
                "actor": actor.words[:200],
                "added_at": timezone.now(),
            },
        )
        if new:
            facts: dict[str, Any] = {"kind": kind, "evidence": stored.sha256}
            facts |= {"record": record.pk} if record else {"identity": str(identity.pk) if identity else ""}
            audit.append(_who(actor), "testimony.added", "testimony", str(testimony.pk), facts)
    return testimony


def page(about: str = "", limit: int = 50) -> tuple[list[Closed], int]:
    """Return the newest documents, of one record or identity or of all, and how many there are."""
    found = Testimony.objects.all()
    if about:
        record, identity = _subject(about)
        found = found.filter(record=record) if record else found.filter(identity=identity)
    shown = list(found.select_related("evidence", "record__batch__source", "record__source").order_by("-id")[:limit])
    taken = _taken([testimony.pk for testimony in shown])
    return [_closed(testimony, taken[testimony.pk]) for testimony in shown], found.count()


def closed(testimony_id: int) -> Closed:
    """Return one document without what it says.

    Raises:
        RegistryError: There is no such document.
    """
    return _closed(_get(testimony_id), _taken([testimony_id])[testimony_id])


def open_text(testimony_id: int, actor: Actor, purpose: str) -> Opened:
    """Open a document for a purpose; the opening is in the custody log before a word is shown.

    Raises:
        RegistryError: There is no such document, or no purpose is stated.
        EvidenceError: The bytes are missing or changed.
    """
    testimony = _get(testimony_id)
    stated = custody.purpose_of(purpose)
    kept = testimony.evidence
    if not store.is_sound(kept.sha256):
        raise EvidenceError("The bytes of this document are missing or changed", kept.sha256[:12], "Restore a backup")
    with transaction.atomic():
        facts = {"purpose": stated, "testimony": testimony.pk}
        custody.log(CustodyAct.OPEN, kept, actor, facts, source=_known_source(testimony.kind), record=testimony.record)
    with store.plain(kept.sha256) as path:
        said = document_text.text_of(path, kept.media_type)
    return Opened(closed(testimony_id), said.text, said.cut, said.unread)


def observe(
    testimony_id: int,
    fields: Mapping[str, str],
    actor: Actor,
    *,
    observed_on: date | None = None,
    place: str = "",
    language: str = "uk",
) -> Record:
    """Keep facts that a person read in a document as a record of its own: an observation like any other.

    Args:
        testimony_id: The document.
        fields: Field to value as the document says it; several brothers and sisters are parted by semicolons.
        actor: Who read them. An account never judges the record.
        observed_on: The day for which the document speaks.
        place: Where in it they stand, such as `page 3`.
        language: `uk`, `ru` or `en`.

    Raises:
        RegistryError: No name is given, or a field, language or value is refused.
    """
    testimony = _get(testimony_id)
    written = _written(fields)
    if language not in LANGUAGES:
        raise RegistryError(f"There is no language {language!r}", "", f"Choose one of {', '.join(LANGUAGES)}")
    try:
        meant = normalise(written, observed_on=observed_on, language=language)
    except (ValueError, TypeError, RecursionError) as fault:
        raise RegistryError(
            f"A value cannot be understood ({type(fault).__name__})", "", "Write it more plainly"
        ) from None
    locator = Locator.from_json(testimony.locator)._replace(testimony=testimony.pk)
    if place.strip():
        locator = locator._replace(place=_place(place))
    with without_payload("Keeping an observation", RegistryError), transaction.atomic():
        batch = _batch_of(testimony)
        number = Record.objects.filter(batch=batch, key__startswith=f"{testimony.pk}/").count() + 1
        row = NewRecord(
            key=f"{testimony.pk}/{number}",
            observed_on=observed_on,
            locator=locator,
            language=language,
            written=written,
            values=meant.values,
            romanised=meant.romanised,
        )
        entered_by = actor.user.pk if actor.user else None
        record_id = batches.add_row(batch, row, entered_by)
        facts = {"testimony": testimony.pk, "fields": sorted(written), "by": storable.text(actor.words)}
        custody.log(CustodyAct.PARSE, batch.evidence, actor, facts, source=batch.source, batch=batch)
        data = {"testimony": testimony.pk, "fields": sorted(written)}
        audit.append(_who(actor), "testimony.observed", "record", str(record_id), data)
    return Record.objects.select_related("source", "batch", "evidence").get(pk=record_id)


def _written(fields: Mapping[str, str]) -> dict[str, str | list[str]]:
    written: dict[str, str | list[str]] = {}
    for name, value in fields.items():
        if name not in OBSERVABLE:
            raise RegistryError(f"There is no field {name!r} to take", "", f"Fields are {', '.join(OBSERVABLE)}")
        text = " ".join(storable.text(value).split())
        if len(text) > _VALUE_LENGTH:
            raise RegistryError(f"The value of {name} is too long", "", f"Keep it below {_VALUE_LENGTH} characters")
        if text and name in LIST_FIELDS:
            written[name] = [part.strip() for part in text.split(";") if part.strip()]
        elif text:
            written[name] = text
    if NAMING_FIELDS.isdisjoint(written):
        raise RegistryError("The observation names nobody", "", "Give full_name, surname or given")
    return written


def _batch_of(testimony: Testimony) -> Batch:
    """Return the batch of facts taken from a document, locked; its custody facts are those of the document."""
    source = _known_source(testimony.kind)
    if source is None:
        raise RegistryError("The document has no source", f"document {testimony.pk}", "Add it again")
    Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    known = Batch.objects.filter(source=source, evidence=testimony.evidence).select_related("source", "evidence")
    batch = known.first()
    if batch is not None:
        return batch
    entry = testimony.evidence.custody.filter(act=CustodyAct.ACQUIRE, source=source).order_by("id").first()
    told = entry.facts if entry else {}
    now = timezone.now()
    words: dict[str, Any] = {
        "collected_by": told.get("by", testimony.actor),
        "collected_how": told.get("how", custody.NOT_STATED),
        "collected_from": told.get("from", custody.NOT_STATED),
    }
    Batch.objects.create(
        source=source,
        evidence=testimony.evidence,
        collected_at=datetime.fromisoformat(told["when"]) if "when" in told else testimony.added_at,
        **words,
        legal_basis=told.get("legal_basis", "")[:300],
        handling_code=testimony.handling_code,
        started_at=now,
        finished_at=now,
    )
    return known.get()


def _source_of(kind: str, collected: CollectionFacts) -> Source:
    """Return the source of facts that are taken from documents of a kind, making it known when it is the first."""
    known = _known_source(kind)
    if known is not None:
        return known
    return sources.register(
        sources.SourceFacts(
            slug=_slug(kind),
            title=_TITLES[TestimonyKind(kind)],
            source_class=kind,
            side="seeking" if kind == TestimonyKind.FAMILY_STATEMENT else "both",
            legal_basis=collected.legal_basis,
            handling_code=collected.handling_code,
            reliability="0.7",
        )
    )


def _known_source(kind: str) -> Source | None:
    return Source.objects.filter(slug=_slug(kind)).first()


def _slug(kind: str) -> str:
    return f"observed_{kind}"


def _subject(about: str) -> tuple[Record | None, Identity | None]:
    try:
        wanted = UUID(about)
    except ValueError:
        return records.find(about), None
    try:
        return None, Identity.objects.get(pk=identities.resolve(wanted))
    except UnknownIdentity:
        raise RegistryError("There is no such identity", "", "Name a record or the id of an identity") from None


def _get(testimony_id: int) -> Testimony:
    found = (
        Testimony.objects.select_related("evidence", "record__batch__source", "record__source")
        .filter(pk=testimony_id)
        .first()
    )
    if found is None:
        raise RegistryError(f"There is no document {testimony_id}", "", "The list of documents shows their numbers")
    return found


def _taken(documents: Sequence[int]) -> dict[int, int]:
    """Count the records that were taken from each document: those of its evidence whose keys begin with its number."""
    records_of_it = Record.objects.filter(
        batch__evidence=OuterRef("evidence"), key__startswith=Concat(Cast(OuterRef("pk"), TextField()), Value("/"))
    )
    counted = records_of_it.order_by().values("batch__evidence").annotate(count=Count("pk")).values("count")
    found = Testimony.objects.filter(pk__in=documents).annotate(taken=Coalesce(Subquery(counted), 0))
    return dict(found.values_list("pk", "taken"))


def _closed(testimony: Testimony, taken: int) -> Closed:
    record = testimony.record
    return Closed(
        testimony.pk,
        testimony.kind,
        testimony.handling_code,
        disclosure.named(record, disclosure.UNOPENED) if record else str(testimony.identity_id),
        Locator.from_json(testimony.locator).place or "",
        testimony.evidence.media_type,
        testimony.evidence.size,
        testimony.evidence.sha256,
        testimony.actor,
        testimony.added_at,
        taken,
    )


def _place(text: str) -> str:
    return " ".join(storable.text(text).split())[:_PLACE_LENGTH]


def _who(actor: Actor) -> str:
    return str(actor.user.pk) if actor.user else actor.name
