"""What the feed's answers look like; the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from registry.identities.preferred import MEANINGS
from registry.models import IdentityEvent


class Fault(Schema):
    """Why a request was not answered."""

    error: str = Field(description="Stable code for programs.")
    message: str = Field(description="What is wrong and how to mend it.")


class EvidenceOut(Schema):
    """Where a record was read from; with the scope `evidence:read`."""

    source: str = Field(description="Slug of the source.")
    key: str = Field(
        description="The source's own key of the row; `withheld` where it may tell what the scopes do not."
    )
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes it was read from.")
    locator: dict[str, Any] = Field(
        description="Where in those bytes: sheet, row and cell; message; or element. Names of sheets and files are "
        "`withheld` where they may tell what the scopes do not."
    )


class RecordOut(Schema):
    """One record that people have verified to be of this child."""

    reference: str = Field(description="Opaque and stable: the same row of a source, in whatever version.")
    source_class: str = Field(description="Who speaks: family, authority, occupation, adoption_bank, …")
    side: str = Field(description="seeking: who looks for the child. found: who lists it. both.")
    version: int = Field(description="The newest version of the row; its values are given.")
    verified_version: int = Field(
        description="The version that people verified. An older one: the source has corrected the row since."
    )
    observed_on: date | None
    evidence: EvidenceOut | None = Field(None, description="Only with the scope `evidence:read`.")


class ValueOut(Schema):
    """One value of one record."""

    value: str = Field(description="Normalised form; the written one where there is no other.")
    original: str = Field(
        description="As written in the source, in the original spelling; `withheld` where the value was worked out "
        "from a field outside the scopes."
    )
    romanised: str = Field(description="In Latin letters; empty where that means nothing.")
    record: str = Field(description="Reference of the record that says so.")
    observed_on: date | None = Field(description="Date for which the source speaks.")
    status: Literal["observed", "inferred", "altered"] = Field(
        description="Inferred: worked out from another field. Altered: the source changes names on purpose."
    )
    locator: dict[str, Any] | None = Field(None, description="Only with the scope `evidence:read`.")


class PreferredOut(Schema):
    """The value that stands for a field, and the rule by which it does."""

    value: str
    original: str
    romanised: str
    record: str
    rule: Literal["only", "family", "altered", "observed", "latest", "reference"] = Field(
        description="Why this one: " + "; ".join(f"{rule.value}: {why}" for rule, why in MEANINGS.items()) + "."
    )


class IdentityOut(Schema):
    """What you may hold of an identity; of one that stands for nothing, or must not be used now, its tombstone.

    The SHA-256 of this document in canonical JSON (keys in order, no blanks, UTF-8) is its ETag.
    """

    id: UUID
    status: Literal["verified", "merged", "retracted", "withheld", "erased"] = Field(
        description="merged: ask for `merged_into`. retracted, withheld: use nothing of it (any more, or for now). "
        "erased: delete what you hold. All but verified are tombstones: id and status, nothing else."
    )
    merged_into: UUID | None = Field(None, description="The id under which a merged one stands today.")
    verified_at: datetime | None = Field(None, description="When two people had verified it.")
    aliases: list[UUID] = Field([], description="Ids that were merged into this one; they stay aliases for ever.")
    records: list[RecordOut] = Field([], description="By reference.")
    values: dict[str, dict[str, list[ValueOut]]] = Field({}, description="By class, then by field.")
    preferred: dict[str, PreferredOut] = Field({}, description="By field: the value that stands for it.")
    withheld: list[str] = Field([], description="Fields that are known, but outside your scopes.")


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
