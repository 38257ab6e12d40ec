"""Simulated reviewers, who err at a rate, work one queue to its end in one of three ways."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

from benchmarks.children.register import Register

if TYPE_CHECKING:
    from matching.evaluation.clusters import ClusterScore
    from registry.models import Candidate

REASONS = {"same": "name_and_birth", "different": "sibling", "cannot_tell": "too_little"}
BY_PAIRS, BY_CHILDREN = "pairs, implied ones left out", "children"
WAYS = ("every pair", BY_PAIRS, BY_CHILDREN)
"""As before identities were judged as a whole; without pairs whose answer follows from others; whole children."""


@dataclass(frozen=True)
class Worked:
    """What one way of working took, and what came of it.

    Attributes:
        answers: Pages that a person answered.
        ticks: What was said on them: of each record of a child, or once of a pair.
        verdicts: What is kept of it, on pairs.
    """

    way: str
    answers: int
    ticks: int
    verdicts: int
    contradictions: int
    score: ClusterScore

    @property
    def found(self) -> int:
        """Return the number of children whose records are one identity, and no others."""
        return round((self.score.cluster.recall or 0.0) * self.score.persons)


def work(way: str, children: int, rate: float, seed: int) -> Worked:
    """Let reviewers work a whole queue in one way."""
    import pandas as pd

    from matching.evaluation import clusters
    from registry.identities import identities
    from registry.models import Contradiction, Record, Review

    register = Register(children, seed, people=40)
    asked = nullcontext() if way in (BY_PAIRS, BY_CHILDREN) else mock.patch("registry.judgements.implied.refresh")
    with asked:
        answers, ticks = _queue(register, rate, by_children=way == BY_CHILDREN)
    rows = Record.objects.values_list("source__slug", "key", "pk")
    truth = pd.DataFrame([(s, k, str(register.person[n])) for s, k, n in rows], columns=["source", "key", "person_id"])
    found = pd.DataFrame(identities.rows(), columns=["source", "key", "cluster"])
    score = clusters.held_against(found, truth)
    return Worked(way, answers, ticks, Review.objects.count(), Contradiction.objects.count(), score)


def _queue(register: Register, rate: float, *, by_children: bool) -> tuple[int, int]:
    from review.child import would_be
    from review.pair import unmasking
    from review.queue import assignment
    from review.verdicts import child_verdicts, decisions, provisional

    answers, ticks, idle = 0, 0, 0
    while idle < 2 * len(register.people):
        person = register.draw.choice([*register.people, *register.leads])
        candidate = assignment.take_next(person)
        if candidate is None:
            idle += 1
            _settle(register)
            continue
        idle, answers = 0, answers + 1
        whole = would_be.around(person, candidate) if by_children and candidate.status != "disputed" else None
        if whole is not None and whole.is_more_than_a_pair:
            child = register.person[candidate.left_id]
            said = {u.number: register.errs(register.person[u.number] == child, rate) for u in whole.units}
            if list(said.values()).count("same") and would_be.verdicts(whole, said):
                child_verdicts.decide_child(person, candidate.pk, said, REASONS)
                ticks += len(said)
                continue
        verdict = register.errs(_is_same(register, candidate), rate)
        if unmasking.is_hidden(candidate, person):
            provisional.give(person, candidate.pk, verdict, REASONS[verdict])
        decisions.decide(person, candidate.pk, verdict, REASONS[verdict])
        ticks += 1
    return answers, ticks


def _is_same(register: Register, candidate: Candidate) -> bool:
    return register.person[candidate.left_id] == register.person[candidate.right_id]


def _settle(register: Register) -> None:
    """Let a third person, who sees the whole, say what holds."""
    from registry.errors import ReviewError
    from registry.judgements import log, settling
    from registry.models import IdentityMember

    for lead in register.leads:
        for found in settling.waiting(lead):
            left, _ = log.pair_of(found.candidate)
            held = IdentityMember.objects.filter(identity__members__row_id=left).values_list("row_id", flat=True)
            own = [row for row in held if register.person[row] == register.person[left]]
            parts = [own, [row for row in held if row not in own]]
            same = len({register.person[row] for row in found.rows}) == 1
            try:
                answer = "one_child" if same or (found.inside and not parts[1]) else "apart"
                settling.settle(lead, found.pk, answer, "other", parts=parts if found.inside else ())
            except ReviewError:
                continue
