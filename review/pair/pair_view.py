"""What the pair page shows: the one place where a reviewer's sight is decided and each look is logged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.judgements import notes
from registry.linkage import explanations, runs
from registry.models import Candidate, CandidateStatus, Escalation, Provisional, Review, User
from registry.models.candidate import UNDECIDED
from registry.models.review import standing
from review.lookup import asking
from review.pair import (
    blinding,
    commonness,
    originals,
    supporters,
    surroundings,
    unmasking,
    verified_beside,
)
from review.pair.originals import Original
from review.pair.side import SideView
from review.pair.sides import side_of
from review.pair.supporters import SupporterView
from review.pair.surroundings import Context
from review.queue import budget


@dataclass(frozen=True)
class ExplanationRow:
    """What one field says about the pair; on a blind review `bits` is None, and nothing tells of the scenario."""

    field: str
    level: str
    bits: float | None
    code: str
    sentence: str


@dataclass(frozen=True)
class EarlierVerdict:
    """A verdict that a third person gets to see, without who gave it."""

    ordinal: int
    verdict: str
    reason: str
    note: str = ""


@dataclass(frozen=True)
class HandedOver:
    """Why a colleague handed the pair over, without who it was."""

    reason: str
    note: str


@dataclass(frozen=True)
class Reopened:
    """The pair that earlier versions of the same two rows made; what it led to is hidden on a blind review."""

    candidate_id: int
    outcome: str


@dataclass(frozen=True)
class PairView:
    """Everything the pair page shows.

    Attributes:
        stage: `first`, `second` (blind) or `third`.
        weight: In bits; None when blind. `probability`, the model's own score, and `scenario` likewise.
        prior: log2 of the odds of a random pair of these two lists; None when blind, or where its run did not keep it.
        calibrated_probability: What the score is worth by people's verdicts; None when blind, or when nobody knows.
        independent: Whether the two records come from different sources.
        earlier: Earlier verdicts, on the third review only.
        urgent_for: Codes of what makes the pair urgent.
        handed_over: Why colleagues handed it over.
        reopened: The earlier pair, when a row has a new version since it was judged.
        meeting: Number of the two rosters that meet in the pair.
        around: What stands around the pair.
        twice: Where nobody is sought, what the pair is: `one_list`, `each_once` (of a list that says it holds each
            child once) or `two_lists`; else ''.
        supporters: The pairs that speak for this one; none on a blind review, for they tell what the machine holds.
        opinion: `hidden` before the person's provisional verdict, `shown` after it, '' where none is asked. While it is
            hidden, nothing stands around the pair either.
        provisional: What this person said before the opinion was shown.
    """

    candidate_id: int
    run_id: int
    stage: str
    left: SideView
    right: SideView
    explanation: tuple[ExplanationRow, ...]
    weight: float | None
    prior: float | None
    probability: float | None
    calibrated_probability: float | None
    scenario: str | None
    independent: bool
    earlier: tuple[EarlierVerdict, ...]
    reserved_until: datetime
    urgent_for: tuple[str, ...]
    handed_over: tuple[HandedOver, ...]
    reopened: Reopened | None
    meeting: int | None
    around: Context
    twice: str
    supporters: tuple[SupporterView, ...] = ()
    opinion: str = ""
    provisional: EarlierVerdict | None = None

    @property
    def blind(self) -> bool:
        """Tell whether the score and the first verdict are hidden."""
        return self.stage == "second"


STAGES = {CandidateStatus.OPEN: "first", CandidateStatus.SECOND: "second", CandidateStatus.DISPUTED: "third"}


def pair(user: User, candidate_id: int) -> PairView:
    """Return what this person may see of the candidate they hold, and log that they saw it.

    Raises:
        ReviewError: The person does not hold the candidate, the lease has run out, the candidate is superseded, or the
            person has opened as much as one person may (`budget`).
    """
    _on_desk(user, candidate_id)
    budget.open_pair(user, candidate_id)
    with transaction.atomic():
        candidate = _on_desk(user, candidate_id)
        view = _view(candidate, user)
        facts = {
            "records": [view.left.record_id, view.right.record_id],
            "stage": view.stage,
            "around": sorted({*view.around.records, *(o.record_id for s in (view.left, view.right) for o in s.beside)}),
            "evidence": [view.left.evidence_state, view.right.evidence_state],
            "fields": [[f.field for f in side.fields if not f.withheld] for side in (view.left, view.right)],
            "versions": sorted({n for side in (view.left, view.right) for c in side.changes for n in c.records}),
        }
        facts |= {"opinion": view.opinion} if view.opinion else {}
        audit.append(str(user.pk), "candidate.seen", "candidate", str(candidate_id), facts)
    return view


def original(user: User, candidate_id: int) -> tuple[PairView, tuple[Original, Original]]:
    """Return the bytes behind both sides of the pair this person holds, and log that they looked into them.

    Raises:
        ReviewError: As for `pair`.
    """
    _on_desk(user, candidate_id)
    budget.open_pair(user, candidate_id)
    with transaction.atomic():
        candidate = _on_desk(user, candidate_id)
        view = _view(candidate, user, alone=True)
        records = {record.pk: record for record in (candidate.left, candidate.right)}
        left, right = originals.look((side, records[side.record_id]) for side in (view.left, view.right))
        found = left, right
        facts = {
            "records": [view.left.record_id, view.right.record_id],
            "evidence": [view.left.evidence_sha256, view.right.evidence_sha256],
            "state": [one.state for one in found],
        }
        audit.append(str(user.pk), "candidate.original_seen", "candidate", str(candidate_id), facts)
    return view, found


def _on_desk(user: User, candidate_id: int) -> Candidate:
    """Return the candidate that this person holds and may see."""
    candidate = (
        Candidate.objects.select_related(
            "run", *(f"{side}__{part}" for side in ("left", "right") for part in ("source", "evidence", "batch"))
        )
        .filter(pk=candidate_id, reserved_by=user, reserved_until__gt=timezone.now(), status__in=UNDECIDED)
        .first()
    )
    if candidate is None and Candidate.objects.filter(pk=candidate_id, status=CandidateStatus.SUPERSEDED).exists():
        raise ReviewError("superseded", "A record of the pair was corrected by its source", "Take the next one")
    if candidate is None or candidate.reserved_until is None or not permissions.may(user, permissions.JUDGE):
        raise ReviewError("not_reserved", "The candidate is not reserved for this person", "Take the next one")
    if (candidate.status == CandidateStatus.DISPUTED or candidate.escalated) and not permissions.may(
        user, permissions.ADJUDICATE
    ):
        raise ReviewError("adjudicators_only", "Only an adjudicator or lead sees such candidates")
    return candidate


def _view(candidate: Candidate, user: User, *, alone: bool = False) -> PairView:
    """Make the view of a pair; `alone` leaves out what stands around it and leaves the files to the caller."""
    assert candidate.reserved_until is not None
    opinion = unmasking.stage(candidate, user)
    blind = blinding.is_blind(candidate)
    masked = blind or opinion == unmasking.HIDDEN
    seen = field_access.of_person(user)
    pair = candidate.left, candidate.right
    sides = [side_of(record, seen, alone=alone) for record in pair]
    if not alone:
        verified = verified_beside.beside(user, [record.pk for record in pair])
        sides = [
            replace(side, shared=commonness.shared(record, side.values), beside=verified.get(record.pk, ()))
            for record, side in zip(pair, sides, strict=True)
        ]
    if blinding.is_swapped(candidate, user):
        sides.reverse()
    return PairView(
        candidate_id=candidate.pk,
        run_id=candidate.run_id,
        stage=STAGES[CandidateStatus(candidate.status)],
        left=sides[0],
        right=sides[1],
        explanation=tuple(
            _explain(part, masked=masked)
            for part in (explanations.as_compared(candidate) if masked else explanations.reasons(candidate))
            if not masked or part["field"] not in unmasking.OF_OTHER_PAIRS
        ),
        weight=None if masked else candidate.weight,
        prior=None if masked else runs.prior_bits(candidate.run, *(side.source for side in sides)),
        probability=None if masked else candidate.probability,
        calibrated_probability=None if masked else candidate.calibrated_probability,
        scenario=None if masked else candidate.scenario,
        independent=candidate.left.source_id != candidate.right.source_id,
        earlier=_earlier(candidate),
        reserved_until=candidate.reserved_until,
        urgent_for=(*candidate.urgent_for, *(("asked_for",) if asking.is_asked_for(candidate) else ())),
        handed_over=_handed_over(candidate),
        reopened=_reopened(candidate, blind=blind),
        meeting=candidate.meeting_id,
        around=surroundings.NOTHING
        if alone or opinion == unmasking.HIDDEN
        else surroundings.around(user, candidate, sides[0].record_id, sides[1].record_id, blind=blind),
        twice=_twice(candidate),
        opinion=opinion,
        provisional=_provisional(candidate, user) if opinion == unmasking.SHOWN else None,
        supporters=() if masked or alone else supporters.behind(user, candidate),
    )


def _provisional(candidate: Candidate, user: User) -> EarlierVerdict:
    given = Provisional.objects.get(candidate=candidate, reviewer=user)
    return EarlierVerdict(0, given.verdict, given.reason)


def _twice(candidate: Candidate) -> str:
    if not candidate.listed_twice:
        return ""
    if candidate.left.source_id != candidate.right.source_id:
        return "two_lists"
    return "each_once" if candidate.left.source.one_row_per_child else "one_list"


def _earlier(candidate: Candidate) -> tuple[EarlierVerdict, ...]:
    if candidate.status != CandidateStatus.DISPUTED:
        return ()
    reviews = standing().filter(candidate=candidate).select_related("note").order_by("ordinal")
    return tuple(EarlierVerdict(r.ordinal, r.verdict, r.reason, _words(r)) for r in reviews)


def _handed_over(candidate: Candidate) -> tuple[HandedOver, ...]:
    if not candidate.escalated:
        return ()
    found = Escalation.objects.filter(candidate=candidate).select_related("note").order_by("pk")
    return tuple(HandedOver(escalation.reason, _words(escalation)) for escalation in found)


def _words(noted: Review | Escalation) -> str:
    """Return the note of a verdict or an escalation."""
    return notes.words_of(noted)


def _reopened(candidate: Candidate, *, blind: bool) -> Reopened | None:
    if candidate.reopens_id is None:
        return None
    status = Candidate.objects.values_list("status", flat=True).get(pk=candidate.reopens_id)
    return Reopened(candidate.reopens_id, "" if blind else str(status))


def _explain(part: dict[str, Any], *, masked: bool) -> ExplanationRow:
    bits = part.get("bits")
    return ExplanationRow(
        field=str(part["field"]),
        level=str(part.get("level", "")),
        bits=None if masked or bits is None else float(bits),
        code=str(part.get("code", "")),
        sentence=str(part.get("sentence", "")),
    )
