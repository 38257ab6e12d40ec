"""Answers of consumers: what became of an identity with them; a dispute holds it until a third person has looked.

disputed --> withheld from everybody --> a third person: it stands --> restored
it is wrong --> its retraction is asked for, another allows
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from registry import actors, audit
from registry.access import permissions
from registry.access.tokens import Caller
from registry.errors import RegistryError, ReviewError
from registry.identities import identities
from registry.judgements import changes, consent, rows
from registry.models import (
    AnswerKind,
    ConsumerAnswer,
    DisputeSettlement,
    Identity,
    IdentityMember,
    IdentityStatus,
    Judgement,
    Says,
    User,
)

KEY_LENGTH = 100


class KeyUsed(RegistryError):
    """The same idempotency key came with another answer."""


@dataclass(frozen=True)
class Kept:
    """An answer, and whether it had been kept before: a repetition changes nothing."""

    answer: ConsumerAnswer
    again: bool


def answer(caller: Caller, identity_id: UUID, kind: str, key: str, *, on: date | None = None, reason: str = "") -> Kept:
    """Keep what a consumer says of an identity.

    Args:
        caller: Who says it.
        identity_id: Any id that ever was; of a merged one the answer goes to the one that stands.
        kind: One of `AnswerKind`.
        key: The consumer's own idempotency key: with the same key the same answer is kept once.
        on: The day of which it speaks.
        reason: Of a dispute, one of `DISPUTE_REASONS`; '' for every other kind.

    Raises:
        UnknownIdentity: No identity ever had this id.
        KeyUsed: The key came before with another answer.
    """
    said = {"identity": str(identity_id), "kind": kind, "on": on.isoformat() if on else None, "reason": reason}
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    current = identities.resolve(identity_id)
    with transaction.atomic():
        if kind == AnswerKind.DISPUTED:
            rows.lock()  # before anything else that is locked
        try:
            with transaction.atomic():
                made = ConsumerAnswer.objects.create(
                    consumer=caller.consumer, identity_id=current, kind=kind, on=on, reason=reason, key=key,
                    digest=digest, at=timezone.now(),
                )  # fmt: skip
        except IntegrityError:
            before = ConsumerAnswer.objects.filter(consumer=caller.consumer, key=key).first()
            if before is None:
                raise
            if before.digest != digest:
                raise KeyUsed("This idempotency key came before with another answer", "", "Send a new key") from None
            return Kept(before, again=True)
        if kind == AnswerKind.DISPUTED:
            consent.follow([current])
        facts = {"answer": made.pk, "kind": kind, "reason": reason}
        audit.append(actors.of_token(caller.name), "answer.kept", "identity", str(current), facts)
    return Kept(made, again=False)


def disputes() -> list[ConsumerAnswer]:
    """Return the disputes that hold a standing identity and wait for a third person, the oldest first."""
    found = ConsumerAnswer.objects.filter(kind=AnswerKind.DISPUTED, settlement="").select_related("consumer")
    standing = Q(identity__status=IdentityStatus.VERIFIED) | Q(identity__merged_into__isnull=False)
    return list(found.filter(standing).order_by("pk"))


def of_identity(identity_id: UUID) -> list[ConsumerAnswer]:
    """Return what consumers have answered to an identity, under this id or one merged into it, the oldest first."""
    held = Q(identity_id=identity_id) | Q(identity__merged_into_id=identity_id)
    return list(ConsumerAnswer.objects.filter(held).select_related("consumer", "settled_by").order_by("pk"))


def settle(user: User, answer_id: int, settlement: str) -> ConsumerAnswer:
    """Say whether a disputed identity stands; if it is wrong, its retraction is asked for and it stays held.

    Raises:
        ReviewError: The role may not, there is no such dispute, it is settled, or the person gave one of the verdicts.
    """
    permissions.require(user, permissions.IDENTITIES)
    if settlement not in DisputeSettlement.values:
        raise ReviewError("unknown", "There is no such settlement", f"Choose {' or '.join(DisputeSettlement.values)}")
    with transaction.atomic():
        rows.lock()
        found = ConsumerAnswer.objects.select_for_update(of=("self",)).select_related("identity")
        dispute = found.filter(pk=answer_id, kind=AnswerKind.DISPUTED).first()
        if dispute is None:
            raise ReviewError("unknown", "There is no such dispute")
        if dispute.settlement == DisputeSettlement.STANDS:
            raise ReviewError("decided", "This dispute has been settled already")
        current = dispute.identity.merged_into_id or dispute.identity_id
        if user.pk in _who_said_same(current):
            raise ReviewError("own_verdict", "Whoever gave a verdict does not settle its dispute", "Ask a third person")
        dispute.settlement, dispute.settled_by, dispute.settled_at = settlement, user, timezone.now()
        dispute.save(update_fields=["settlement", "settled_by", "settled_at"])
        standing = Identity.objects.filter(pk=current, status=IdentityStatus.VERIFIED).exists()
        waits = any(change.identity_id == current for change in changes.waiting())
        if settlement == DisputeSettlement.WRONG and standing and not waits:
            changes.ask(user, "retract", current, "new_evidence")
        consent.follow([current])
        facts = {"answer": dispute.pk, "settlement": settlement}
        audit.append(str(user.pk), "dispute.settled", "identity", str(current), facts)
    return dispute


def _who_said_same(identity_id: UUID) -> set[int]:
    held = IdentityMember.objects.filter(identity_id=identity_id).values("row_id")
    found = Judgement.objects.filter(left_id__in=held, right_id__in=held, says=Says.SAME)
    return {number for pair in found.values_list("first_id", "second_id") for number in pair if number is not None}
