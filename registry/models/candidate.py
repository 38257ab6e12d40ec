"""What the machine proposes: runs of the linkage, and the scored pairs that people judge."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest, Least

from registry.models.record import Record
from registry.narrow_columns import NarrowForeignKey, RealField


class RunStatus(models.TextChoices):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class ExplanationLayout(models.Model):
    """How `levels` and `bits` of candidates are read; `registry.linkage.explanation_rows` says what stands in it."""

    digest = models.CharField(max_length=64, unique=True)
    layout = models.JSONField()


class Run(models.Model):
    """One execution of a flow with its manifest: input hashes, code version, config, model, thresholds, seed."""

    kind = models.CharField(max_length=40)
    manifest = models.JSONField()
    layout = models.ForeignKey(ExplanationLayout, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.RUNNING)

    class Meta:
        constraints = (models.CheckConstraint(name="run_known_status", condition=Q(status__in=RunStatus.values)),)


class CandidateStatus(models.TextChoices):
    """Where a candidate stands: waiting for the first, second or third verdict, decided, contested or superseded.

    Twice: decided as one child that stands in lists twice, where nobody was sought. Contested: its verdicts contradict
    others, and a third person looks at the whole. Implied: its answer follows from other pairs, so nobody is asked.
    Superseded: a source corrected one of the two rows before the pair was decided.
    """

    OPEN = "open"
    SECOND = "second"
    DISPUTED = "disputed"
    VERIFIED = "verified"
    TWICE = "twice"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    CONTESTED = "contested"
    IMPLIED = "implied"
    SUPERSEDED = "superseded"


GROUNDS = ("ages_out", "ages_out_soon", "card_open", "sibling_found", "new_evidence")
"""What makes a pair urgent, by `registry.linkage.grounds`; bit 0 of `Candidate.grounds` first."""

QUEUED = Q(status__in=["open", "second"], escalated=False, listed_twice=False, probability__gte=0.01)
"""What the queue's index holds. A lower `review_from` is obeyed too, but then the queue is read from the table."""

UNDECIDED = (CandidateStatus.OPEN, CandidateStatus.SECOND, CandidateStatus.DISPUTED)


class FilterFacts(models.Model):
    """What pairs are filtered by, once for each combination that pairs have: there are few, and pairs are many.

    Attributes:
        sources: The numbers of both sources, in ascending order.
        regions: Identifiers of the regions that places of either record may lie in, in ascending order.
        born_from, born_to: First and last year of birth that both records allow; 0 when nobody knows.
    """

    id = models.AutoField(primary_key=True)  # four bytes, in every pair and in the index of the queue
    sources = ArrayField(models.BigIntegerField())
    regions = ArrayField(models.CharField(max_length=12))
    born_from = models.SmallIntegerField()
    born_to = models.SmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="filter_facts_once", fields=["sources", "regions", "born_from", "born_to"]),
        )


class Candidate(models.Model):
    """A scored pair of records; `weight` is in bits.

    `reasons` say why in some thirty bytes, read by the layout of the run (`registry.linkage.explanations`); they hold
    no names. `probability` is the model's own score between 0 and 1;
    `calibrated_probability` is what it is worth by the verdicts of people, null where nobody knows.

    A pair is stored once, whichever side comes first. The queue's indices carry its order: probability times urgency,
    then (by the alphabet) second reviews before first ones, then age.

    What the queue is ordered and filtered by is worked out from the two records by `registry.linkage.urgency`:
    `urgency` (1 or more), its `grounds` (a bit for each of `GROUNDS`), and `facts`. `escalated` sends the next verdict
    to an adjudicator;
    `reopens` names the pair that earlier versions of the same two rows made; `meeting` the two rosters that meet.
    `listed_twice` says that nobody is sought in the pair: two rows of one list, or of two lists of which neither seeks
    whom the other holds. Such pairs have a queue and a verdict of their own and find no child.

    There are some twenty for each report, so a row is narrow and has few indices. The queue's index holds what waits
    and is likely enough to be offered by the setting `review_from` as it comes (`QUEUED`).
    """

    left = NarrowForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    right = NarrowForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    run = NarrowForeignKey(Run, on_delete=models.PROTECT, related_name="candidates", db_index=False)
    weight = RealField()
    probability = models.FloatField()
    calibrated_probability = models.FloatField(null=True)
    scenario = models.CharField(max_length=60)
    reasons = models.BinaryField(default=b"", db_default=Value(b""))
    status = models.CharField(max_length=10, choices=CandidateStatus.choices, default=CandidateStatus.OPEN)
    reserved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reserved_until = models.DateTimeField(null=True)
    urgency = RealField(default=1.0, db_default=1.0)
    grounds = models.SmallIntegerField(default=0, db_default=0)
    # Facts are never removed; a constraint would cost a look-up for each new pair.
    facts = models.ForeignKey(
        FilterFacts, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    escalated = models.BooleanField(default=False, db_default=False)
    listed_twice = models.BooleanField(default=False, db_default=False)
    reopens = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    meeting = models.ForeignKey(
        "RosterMeeting", on_delete=models.SET_NULL, null=True, related_name="candidates", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Least("left", "right"), Greatest("left", "right"), name="candidate_pair_once_either_way"
            ),
            models.CheckConstraint(name="candidate_known_status", condition=Q(status__in=CandidateStatus.values)),
            models.CheckConstraint(name="candidate_two_records", condition=~Q(left=F("right"))),
            models.CheckConstraint(name="candidate_probability_in_range", condition=Q(probability__range=(0.0, 1.0))),
            models.CheckConstraint(
                name="candidate_calibrated_in_range", condition=Q(calibrated_probability__range=(0.0, 1.0))
            ),
            models.CheckConstraint(
                name="candidate_reservation_whole",
                condition=Q(reserved_by__isnull=True) ^ Q(reserved_until__isnull=False),
            ),
            models.UniqueConstraint(
                name="candidate_one_per_person", fields=["reserved_by"], condition=Q(reserved_by__isnull=False)
            ),
        )
        indexes = (
            models.Index(F("probability").desc(), F("id"), name="candidate_second", condition=Q(status="second")),
            models.Index(F("probability").desc(), F("id"), name="candidate_disputed", condition=Q(status="disputed")),
            models.Index(fields=["status"], name="candidate_not_open", condition=~Q(status="open")),
            models.Index(  # holds what most filters ask for, so that looking in vain does not read the table
                (F("probability") * F("urgency")).desc(),
                F("status").desc(),
                F("id"),
                name="candidate_queued",
                include=["probability", "urgency", "facts"],
                condition=QUEUED,
            ),
            models.Index(fields=["meeting"], name="candidate_meets", condition=Q(meeting__isnull=False)),
            models.Index(
                fields=["meeting"],
                name="candidate_of_meeting",
                include=["probability", "urgency"],
                condition=Q(status__in=["open", "second"], escalated=False, meeting__isnull=False),
            ),
            models.Index(
                F("probability").desc(),
                F("id"),
                name="candidate_escalated",
                condition=Q(status__in=["open", "second"], escalated=True),
            ),
            models.Index(
                F("probability").desc(),
                F("status").desc(),
                F("id"),
                name="candidate_listed_twice",
                condition=Q(status__in=["open", "second"], escalated=False, listed_twice=True),
            ),
        )

    @property
    def urgent_for(self) -> tuple[str, ...]:
        """Codes of what makes the pair urgent."""
        return tuple(code for bit, code in enumerate(GROUNDS) if self.grounds >> bit & 1)


class MovedPair(models.Model):
    """A decided pair that the newest run over everything sees otherwise than the run by which people judged it.

    It has changed sides: what was likely is not, or the other way round. The new run's weight, probability and reasons
    stand here; those of then stay with the candidate. All are null where the run does not propose the pair any more.
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, primary_key=True, related_name="moved")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="moved", db_index=False)
    weight = RealField(null=True)
    probability = models.FloatField(null=True)
    reasons = models.BinaryField(null=True)


class Skip(models.Model):
    """A person passed over a candidate; it stays out of their queue for a while."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="skips")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(name="skip_once", fields=["candidate", "reviewer"]),)
