"""What the feed's answers look like; the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, model_validator

from registry.identities.preferred import MEANINGS
from registry.models import DISPUTE_REASONS, AnswerKind

CURSOR = r"^[0-9a-f]{32}\.[0-9]{20}$"
MOST_AT_ONCE = 200


class Problem(Schema):
    """Why a request was not answered (RFC 9457, `application/problem+json`)."""

    type: str = Field(description="`urn:ridni:problem:` and the code.")
    title: str
    status: int
    detail: str = Field(description="What is wrong and how to mend it; never what was sent.")
    code: str = Field(description="Stable code for programs.")


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


class FeedOut(Schema):
    """Where the feed stands."""

    feed: UUID = Field(description="The feed's id, the same for ever.")
    epoch: UUID = Field(description="Another one begins when a backup is restored: cursors of before answer 410.")
    first_sequence: int
    last_sequence: int
    cursor: str = Field(description="From which what happens next can be asked for.")
    consumer: str = Field(description="Your name here.")
    scopes: list[str] = Field(description="What your terms let you receive.")


class EventData(Schema):
    """Ids and codes only; what they mean for you stands in the description of the feed."""

    identity: UUID
    merged_into: UUID | None = None
    split_from: UUID | None = None
    into: list[UUID] | None = Field(None, description="Of a split: the ids of the parts that have their own.")
    reason: str | None = Field(None, description="Code of a split or retraction.")


class CloudEvent(Schema):
    """One thing that happened to an identity, as CloudEvents 1.0 writes it; thin on purpose."""

    specversion: Literal["1.0"]
    id: str = Field(pattern=CURSOR, description="Unique in the feed, and the cursor from which the next follows.")
    source: str = Field(description="`urn:uuid:` and the feed's id.")
    type: Literal[
        "org.ridni.identity.proposed",
        "org.ridni.identity.verified",
        "org.ridni.identity.updated",
        "org.ridni.identity.merged",
        "org.ridni.identity.split",
        "org.ridni.identity.retracted",
        "org.ridni.identity.withheld",
        "org.ridni.identity.restored",
        "org.ridni.identity.erased",
    ]
    subject: UUID = Field(description="The identity.")
    time: datetime
    sequence: str = Field(pattern="^[0-9]{20}$", description="Without gaps, in the order in which things happened.")
    datacontenttype: Literal["application/json"]
    data: EventData


class Wanted(Schema):
    """Identities that are asked for at once."""

    ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)


class AnswerIn(Schema):
    """What became of an identity with you. No free words: nothing that names anybody is taken."""

    model_config = ConfigDict(extra="forbid")

    kind: AnswerKind = Field(
        description="linked: a case of yours is this child. reunified, returned: what happened. disputed: it is wrong; "
        "it is held for everybody until a third person has looked. cannot_use: you can do nothing with it."
    )
    on: date | None = Field(None, description="The day of which you speak.")
    reason: Literal[DISPUTE_REASONS] | None = Field(None, description="Of a dispute, and only of one.")  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _reason_of_disputes(self) -> AnswerIn:
        if (self.kind == AnswerKind.DISPUTED) != (self.reason is not None):
            raise ValueError("a dispute has a reason, every other answer has none")
        return self


class AnswerOut(Schema):
    """An answer as it is kept."""

    id: int
    identity: UUID = Field(description="Of a merged id, the one that stood.")
    kind: AnswerKind
    on: date | None
    reason: str
    at: datetime


class Found(Schema):
    """A state and the SHA-256 of its canonical JSON."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    state: IdentityOut


class FoundMany(Schema):
    """The states that were asked for, and the ids that never were one."""

    items: list[Found]
    unknown: list[UUID]
