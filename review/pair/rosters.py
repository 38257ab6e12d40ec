"""Whole groups: a transfer list meets the reports of an institution, and its pairs are judged row by row.

A meeting is a filter of the queue: each pair is reserved, judged and logged like any other, by two people. A page holds
a handful of rows; the next ones come when these are judged, so that nobody pages through a roster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Min

from registry import audit
from registry.access import field_access, permissions
from registry.access.field_access import FieldClass
from registry.errors import ReviewError
from registry.models import Candidate, OpeningKind, Record, RecordGroup, Review, RosterMeeting, User
from registry.models.candidate import UNDECIDED
from registry.provenance import disclosure
from registry.provenance.values import as_text
from review.pair import surroundings
from review.pair.surroundings import HANDFUL, Neighbour
from review.queue import assignment, budget, gold_items
from review.queue.filters import QueueFilter
from sources.locator import NOWHERE

LARGEST = """
SELECT meeting_id, count(*), max(probability * urgency) AS best FROM registry_candidate c
WHERE c.meeting_id IS NOT NULL AND c.status IN ('open', 'second') AND NOT c.escalated AND c.probability >= %(from)s
GROUP BY meeting_id HAVING count(*) > 1 ORDER BY count(*) DESC, best DESC, meeting_id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Meeting:
    """A transfer list and an institution whose reports have pairs with it.

    Attributes:
        meeting_id: Its number.
        transfer: Title of the list's source.
        part: Where in the file the list stands: sheet, table or page; '' for the whole file, and where the name of a
            sheet may tell where the children were taken and this person may not know it.
        institution: The institution as one of the reports writes it; '' when it may not be seen.
        on_list: Children on the list; `in_reports` those of the reports.
        waiting: Pairs that wait for a verdict.
    """

    meeting_id: int
    transfer: str
    part: str
    institution: str
    on_list: int
    in_reports: int
    waiting: int


@dataclass(frozen=True)
class Row:
    """One pair of a meeting: the child on the list, the child of a report, and whether this person holds the pair."""

    candidate_id: int
    listed: Neighbour
    reported: Neighbour
    held: bool


@dataclass(frozen=True)
class Rows:
    """The next rows for one person, and how far the meeting has come."""

    meeting: Meeting
    rows: tuple[Row, ...]
    judged: int
    decided: int


@dataclass(frozen=True)
class _Roster:
    """The first record of a roster, and how many children stand on it."""

    first: Record
    children: int


def largest(user: User, review_from: float) -> list[Meeting]:
    """Return the meetings with the most pairs that wait; never more than a handful."""
    permissions.require(user, permissions.JUDGE)
    with connection.cursor() as cursor:
        cursor.execute(LARGEST, {"from": review_from, "limit": HANDFUL})
        waiting = {number: count for number, count, _ in cursor.fetchall()}
    meetings = RosterMeeting.objects.in_bulk(waiting)
    known = _known(list(meetings.values()))
    return [_meeting(user, meetings[number], waiting[number], known) for number in waiting]


def rows(user: User, meeting_id: int) -> Rows:
    """Return the next rows of a meeting for one person and log that they saw them.

    Raises:
        ReviewError: A role that does not judge, or no such meeting.
    """
    permissions.require(user, permissions.JUDGE)
    meeting = RosterMeeting.objects.filter(pk=meeting_id).first()
    if meeting is None:
        raise ReviewError("unknown", "There is no such meeting of rosters")
    held = Candidate.objects.filter(reserved_by=user, meeting=meeting, status__in=UNDECIDED).first()
    next_ones = [pair for pair in assignment.peek(user, QueueFilter(meeting=meeting_id), HANDFUL) if pair != held]
    shown = ([held] if held else []) + next_ones[: HANDFUL - (1 if held else 0)]
    opened = budget.allow(user, OpeningKind.PAIR, [pair.pk for pair in shown])
    shown = [pair for pair in shown if pair.pk in opened]
    known = surroundings.neighbours(user, {record for pair in shown for record in (pair.left_id, pair.right_id)})
    listed = set(_members(meeting.transfer, known))
    pairs = Candidate.objects.filter(meeting=meeting)
    audit.append(str(user.pk), "meeting.seen", "meeting", str(meeting_id), {"records": sorted(known)})
    return Rows(
        meeting=_meeting(user, meeting, pairs.filter(status__in=["open", "second"]).count(), _known([meeting])),
        rows=tuple(_row(pair, known, listed, held) for pair in shown),
        judged=Review.objects.filter(candidate__meeting=meeting, reviewer=user, withdrawal=None).count()
        + len(gold_items.judged_among(user, pairs)),
        decided=pairs.filter(status__in=["verified", "rejected", "unresolved"]).count(),
    )


def _row(pair: Candidate, known: dict[int, Neighbour], listed: set[int], held: Candidate | None) -> Row:
    sides = (pair.left_id, pair.right_id) if pair.left_id in listed else (pair.right_id, pair.left_id)
    return Row(pair.pk, known[sides[0]], known[sides[1]], held is not None and held.pk == pair.pk)


def _members(digest: str, of: dict[int, Neighbour]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id FROM registry_recordgroup WHERE digest = %s AND record_id = ANY(%s)", [digest, list(of)]
        )
        return [record for (record,) in cursor.fetchall()]


def _known(meetings: Sequence[RosterMeeting]) -> dict[str, _Roster]:
    """Return the rosters of meetings by digest."""
    digests = {digest for meeting in meetings for digest in (meeting.transfer, meeting.institution)}
    groups = RecordGroup.objects.filter(digest__in=digests).values_list("digest")
    counted = groups.annotate(first=Min("record_id"), children=Count("pk"))
    rosters = {digest: (first, children) for digest, first, children in counted}
    records = Record.objects.select_related("source", "batch").in_bulk([first for first, _ in rosters.values()])
    return {digest: _Roster(records[first], children) for digest, (first, children) in rosters.items()}


def _meeting(user: User, meeting: RosterMeeting, waiting: int, known: dict[str, _Roster]) -> Meeting:
    seen = field_access.of_person(user)
    transfer, report = known.get(meeting.transfer), known.get(meeting.institution)
    written = report.first.payload.get("written", {}).get("institution") if report else None
    place = disclosure.place(transfer.first, seen, instead="") if transfer else NOWHERE
    return Meeting(
        meeting_id=meeting.pk,
        transfer=transfer.first.source.title if transfer else "",
        part=next((str(part) for part in (place.sheet, place.table, place.page) if part), ""),
        institution=as_text(written) if FieldClass.ORIGIN in seen else "",
        on_list=transfer.children if transfer else 0,
        in_reports=report.children if report else 0,
        waiting=waiting,
    )
