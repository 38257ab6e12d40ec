"""What the feed's answers look like; the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, Field

from registry.identities.identities import IdentityView, MemberRecord
from registry.models import IdentityEvent
from registry.provenance.values import Value
from sources.locator import Locator


class Fault(Schema):
    """Why a request was not answered."""

    error: str = Field(description="Stable code for programs.")
    message: str = Field(description="What is wrong and how to mend it.")


def _as_object(place: Any) -> Any:
    return place.to_json() if isinstance(place, Locator) else place


Place = Annotated[dict[str, Any], BeforeValidator(_as_object)]
"""Where in the evidence something stands, as an object with the parts that say something."""


class ValueOut(Schema):
    """One value of one record, with where it was found."""

    field: str
    value: str = Field(description="Normalised form; the written one where there is no other.")
    original: str = Field(description="As written in the source, in the original spelling.")
    romanised: str = Field(description="In Latin letters; empty where that means nothing.")
    source: str = Field(description="Slug of the source.")
    evidence_sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes it was read from.")
    locator: Place = Field(
        description="Where in those bytes: sheet, row and cell; message; or element. Names of sheets and files are "
        "`withheld` where they may tell what the scopes do not."
    )
    observed_on: date | None = Field(description="Date for which the source speaks.")
    status: Literal["observed", "inferred", "altered"] = Field(
        description="Inferred: worked out from another field. Altered: the source changes names on purpose."
    )

    @classmethod
    def of(cls, value: Value) -> ValueOut:
        """Show one value."""
        return cls.model_validate(value, from_attributes=True)


class RecordOut(Schema):
    """One record that people have verified to be of this child."""

    reference: str = Field(description="Opaque and stable: the same row of a source, in whatever version.")
    source: str
    key: str = Field(
        description="The source's own key of the row; `withheld` where it may tell what the scopes do not."
    )
    version: int = Field(description="The newest version of the row; its values are given.")
    verified_version: int = Field(
        description="The version that people verified. An older one: the source has corrected the row since."
    )
    observed_on: date | None
    evidence_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    locator: Place

    @classmethod
    def of(cls, record: MemberRecord) -> RecordOut:
        """Show one record."""
        return cls.model_validate(record, from_attributes=True)


class IdentityOut(Schema):
    """A verified identity; for an id that was merged, the id under which it stands now; nothing for one retracted."""

    id: UUID
    status: Literal["verified", "merged", "retracted"] = Field(
        description="Retracted: it was a mistake. Whatever you hold under this id must not be used any more."
    )
    merged_into: UUID | None = Field(description="Set when the status is merged: ask for this id.")
    created_at: datetime | None = Field(description="When two people had verified it; empty for a merged id.")
    aliases: list[UUID] = Field(description="Ids that were merged into this one.")
    records: list[RecordOut]
    values: dict[str, list[ValueOut]] = Field(description="By field, the latest observation first.")
    withheld: list[str] = Field(description="Fields that are known, but outside the scopes of this token.")

    @classmethod
    def of(cls, view: IdentityView) -> IdentityOut:
        """Show a verified identity."""
        return cls(
            id=view.id,
            status="verified" if view.status == "verified" else "retracted",
            merged_into=None,
            created_at=view.created_at,
            aliases=list(view.aliases),
            records=[RecordOut.of(record) for record in view.records],
            values={field: [ValueOut.of(value) for value in values] for field, values in view.values.items()},
            withheld=list(view.withheld),
        )

    @classmethod
    def merged(cls, alias: UUID, into: UUID) -> IdentityOut:
        """Say where a merged id went."""
        return cls(
            id=alias, status="merged", merged_into=into, created_at=None, aliases=[], records=[], values={}, withheld=[]
        )


class IdentityPage(Schema):
    """Some identities, and where the next page begins."""

    items: list[IdentityOut]
    next_after: UUID | None = Field(description="Give this as `after` for the next page; empty when there is none.")


class EventOut(Schema):
    """One thing that happened to an identity; thin on purpose: ask for the identity to see it."""

    seq: int = Field(description="Without gaps, in the order in which things happened.")
    identity: UUID
    kind: Literal[
        "proposed", "verified", "updated", "merged", "split", "retracted", "withheld", "restored", "erased"
    ] = Field(description="What to do for each kind stands in the description of the feed.")
    at: datetime
    data: dict[str, Any] = Field(
        description="Ids and codes only: `merged_into`; of a split `into`, the ids of parts that have their own, "
        "and of those `split_from`; `records` that came in, `left` that went out, `corrected` by their source since "
        "they were `verified`; `reason` of a split or retraction."
    )

    @classmethod
    def of(cls, event: IdentityEvent) -> EventOut:
        """Show one event."""
        return cls.model_validate(
            {
                "seq": event.seq,
                "identity": event.identity_id,
                "kind": event.kind,
                "at": event.at,
                "data": event.data,
            }
        )


class EventPage(Schema):
    """Some events, and where the next page begins."""

    items: list[EventOut]
    next_after: int = Field(description="Give this as `after` to go on, now or later.")
