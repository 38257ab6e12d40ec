"""The order of deliveries of one source: by the day for which they speak, or else by when they were collected.

Of deliveries of one moment the later arrival counts as newer. What is current does not depend on the order of arrival.
The rule stands twice, as an expression of the ORM and in SQL, because statements over many rows are written in SQL.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import DateTimeField, Func
from django.db.models.functions import Coalesce
from psycopg.sql import SQL, Composed, Identifier

from registry.models import Batch

SPEAKS_AT = Coalesce(
    Func("as_of", template="(%(expressions)s)::timestamp AT TIME ZONE 'UTC'", output_field=DateTimeField()),
    "collected_at",
)
"""When a delivery speaks."""

THIS = SQL("%(place)s::timestamptz")
"""When the delivery that is being settled speaks, in SQL."""


def place(alias: str) -> Composed:
    """Write when a delivery speaks, in SQL over an alias of the table of batches."""
    return SQL("coalesce({0}.as_of::timestamp AT TIME ZONE 'UTC', {0}.collected_at)").format(Identifier(alias))


@dataclass(frozen=True)
class Arrival:
    """A delivery that is being settled, among the others of its source.

    Attributes:
        batch: Number of the batch; `source` and `evidence` likewise.
        place: When it speaks.
        late: Whether a newer delivery came before it.
        gone: Number of the next complete delivery after a late one: rows that it does not hold have vanished by then.
    """

    batch: int
    source: int
    evidence: int
    place: datetime
    late: bool
    gone: int | None

    @classmethod
    def of(cls, batch: Batch) -> Arrival:
        """Find where a batch stands; its `as_of` is set, stored or not."""
        spoken = datetime.combine(batch.as_of, time(), UTC) if batch.as_of else batch.collected_at
        others = Batch.objects.filter(source_id=batch.source_id).exclude(pk=batch.pk).alias(place=SPEAKS_AT)
        newer = others.filter(place__gt=spoken).order_by("place", "pk")
        gone = newer.filter(complete=True).values_list("pk", flat=True).first()
        return cls(batch.pk, batch.source_id, batch.evidence_id, spoken, newer.exists(), gone)

    def parameters(self) -> dict[str, Any]:
        """Return the values of the parameters that statements of settling name."""
        return asdict(self)
