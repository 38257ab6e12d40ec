"""What becomes of the bytes that rows were read from: destroyed where they hold nobody else, else a redacted copy.

The safe rule where no copy can be made (scans, PDF, Word, archives, a copy that its reader does not read alike): the
bytes are destroyed as well. The plan says how many, and how many rows of others lose theirs: whoever allows it may ask
for a list without the child first, and deliver that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from keeping.redaction import copies
from keeping.redaction.copies import Reading
from registry.errors import EvidenceError
from registry.evidence import custody, store
from registry.ingestion import descriptions
from registry.models import Batch, Evidence, QuarantinedRow, Record, Redaction, Sighting, Testimony
from sources.locator import Locator


@dataclass
class Bytes:
    """One piece of evidence that holds erased rows.

    Attributes:
        evidence: As it was delivered.
        places: Where the rows stand in it.
        others: How many rows and documents of others it holds.
        may_copy: Whether a copy without the rows may be made of this kind of file.
    """

    evidence: Evidence
    places: list[Locator] = field(default_factory=list)
    others: int = 0
    may_copy: bool = False

    @property
    def current(self) -> Evidence:
        """The bytes that stand for it now."""
        return Evidence.objects.get(sha256=store.standing(self.evidence.sha256))


def of_rows(gone: Collection[int], waiting: Collection[int], papers: Collection[int]) -> list[Bytes]:
    """Return the evidence that holds these versions of rows, quarantined rows and documents.

    Args:
        gone: Ids of records.
        waiting: Ids of quarantined rows.
        papers: Ids of testimonies.
    """
    places: dict[int, list[Locator]] = defaultdict(list)
    for evidence, locator in _places(gone, waiting):
        places[evidence].append(locator)
    for evidence in Testimony.objects.filter(pk__in=papers).values_list("evidence_id", flat=True):
        places[evidence] = places[evidence]
    found = []
    for piece in Evidence.objects.filter(pk__in=places).order_by("pk"):
        if Redaction.objects.filter(original__sha256=store.standing(piece.sha256)).exists():
            continue  # destroyed before
        one = Bytes(piece, places[piece.pk], _others(piece, gone, waiting, papers))
        one.may_copy = bool(one.others) and _copyable(one)
        found.append(one)
    return found


def copy_of(one: Bytes) -> bytes | None:
    """Return the list without the rows; None where no sound copy can be made."""
    with store.plain(one.evidence.sha256) as path:
        return copies.made(path, _read_by(one.evidence), one.evidence.sha256, one.places)


def _places(gone: Collection[int], waiting: Collection[int]) -> Iterator[tuple[int, Locator]]:
    read = Record.objects.filter(pk__in=gone).exclude(fingerprint="").values_list("evidence_id", "locator")
    seen = Sighting.objects.filter(record_id__in=gone).values_list("batch__evidence_id", "locator")
    held = QuarantinedRow.objects.filter(pk__in=waiting).values_list("batch__evidence_id", "locator")
    for found in (read, seen, held):
        for evidence, locator in found:
            yield evidence, Locator.from_json(locator)


def _others(evidence: Evidence, gone: Collection[int], waiting: Collection[int], papers: Collection[int]) -> int:
    kept = Record.objects.filter(evidence=evidence).exclude(fingerprint="").exclude(pk__in=gone).count()
    kept += Sighting.objects.filter(batch__evidence=evidence).exclude(record_id__in=gone).count()
    rows = QuarantinedRow.objects.filter(batch__evidence=evidence).exclude(pk__in=waiting)
    kept += rows.exclude(Q(locator={"place": "erased"})).count()
    return kept + Testimony.objects.filter(evidence=evidence).exclude(pk__in=papers).count()


def _copyable(one: Bytes) -> bool:
    try:
        with store.plain(one.evidence.sha256) as path:
            return copies.may_be_made(path, _read_by(one.evidence), one.places)
    except EvidenceError:
        return False


def _read_by(evidence: Evidence) -> list[Reading]:
    """Return how a list was read, once for each source that it was delivered for; nothing where that is not on file."""
    found = []
    for batch in Batch.objects.filter(evidence=evidence).select_related("source").order_by("pk"):
        sha256 = batch.config_sha256 or batch.source.config_sha256
        if not sha256 or not descriptions.path_of(sha256).is_file():
            return []
        config = descriptions.stored_config(sha256, batch.source.slug)
        found.append(Reading(config, custody.file_name(evidence, batch.source)))
    return found
