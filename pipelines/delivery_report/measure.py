"""One delivery next to the last one: figures, placeholders, and what drifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.delivery_report.placeholders import Placeholders, placeholders
from registry.ingestion.descriptions import stored_config
from sources.errors import SourceError

if TYPE_CHECKING:
    from pipelines.delivery_report.delivery_profile import Figures
    from registry.models import Batch

NOTABLE = 0.10
"""A share that moves by so much from one delivery to the next is worth a look."""


@dataclass(frozen=True)
class Drift:
    """One share, then and now; `notable` when it moved by ten points or more."""

    what: str
    before: float
    now: float

    @property
    def moved(self) -> float:
        """Return by how much the share moved."""
        return self.now - self.before

    @property
    def notable(self) -> bool:
        """Tell whether it is worth a look."""
        return abs(self.moved) >= NOTABLE


@dataclass(frozen=True)
class Profile:
    """One delivery.

    Attributes:
        now: Its figures.
        before: Those of the delivery before it, None for the first one.
        history: All deliveries up to it, the oldest first.
        placeholders: What stands in its cells and means nothing.
        drift: Shares then and now, those that moved most first.
    """

    now: Figures
    before: Figures | None
    history: tuple[Figures, ...]
    placeholders: Placeholders
    drift: tuple[Drift, ...] = field(default=())

    @property
    def fields(self) -> list[str]:
        """Return the fields that this or the last delivery fills, in the order in which people read them."""
        from registry.provenance.values import in_order

        return in_order({*self.now.filled, *(self.before.filled if self.before else ())})


def of_batch(batch: Batch) -> Profile:
    """Measure one delivery; `batch` has `source` and `evidence` loaded."""
    from pipelines.delivery_report import delivery_profile

    now = delivery_profile.of_batch(batch)
    batches = delivery_profile.deliveries(batch.source.slug)
    places = [other.pk for other in batches]
    upto = batches[: places.index(batch.pk)] if batch.pk in places else []
    before = delivery_profile.of_batch(upto[-1]) if upto else None
    history = (*(delivery_profile.outline(other) for other in upto), now)
    return Profile(now, before, history, _placeholders(batch), _drift(now, before))


def _placeholders(batch: Batch) -> Placeholders:
    from registry.evidence import custody, store

    sha256 = batch.evidence.sha256
    try:
        config = stored_config(batch.config_sha256, batch.source.slug)
    except SourceError:
        return Placeholders({}, "the description by which it was read is not on file")
    if not store.is_sound(sha256):
        return Placeholders({}, "its evidence is missing or damaged")
    with store.plain(sha256) as path:
        return placeholders(config, path, custody.file_name(batch.evidence, batch.source), sha256)


def _drift(now: Figures, before: Figures | None) -> tuple[Drift, ...]:
    if before is None or not before.records or not now.records:
        return ()
    moved = [Drift(name, before.share(name), now.share(name)) for name in {*now.filled, *before.filled}]
    for language in {*now.languages, *before.languages}:
        then = before.languages.get(language, 0) / before.records
        moved.append(Drift(f"letters: {language}", then, now.languages.get(language, 0) / now.records))
    shares = ((figures.quarantined / figures.rows_read if figures.rows_read else 0.0) for figures in (before, now))
    moved.append(Drift("rows in quarantine", *shares))
    return tuple(sorted(moved, key=lambda drift: (-abs(drift.moved), drift.what)))
