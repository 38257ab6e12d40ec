"""Carrying identities into a Primero: read, compare, write, read back; what cannot be decided here a person is told.

An identity whose rows include a case of the instance (by the key of a described source) fills that case; every other
one gets a case of its own, under its own id. Killed at any point, the next run goes on: what is about to be written is
noted first, and the state counts as carried out only when it was read back. What does not stand any more is taken out
as far as it is still ours.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

import keys
from casefeed.adapters import reading
from casefeed.adapters.primero import forms, plan, terms
from casefeed.adapters.primero.client import Primero
from casefeed.adapters.primero.errors import PrimeroFault
from casefeed.adapters.primero.terms import Instance
from registry import audit
from registry.access import consumers, field_access, permissions
from registry.errors import RegistryError
from registry.identities import consumer_state, feed_position, ledger
from registry.identities.consumer_state import Clearance, State
from registry.identities.feed_position import Position
from registry.judgements import unions
from registry.models import Consumer, ConsumerTerms, FeedEpoch, Identity, User, WrittenCase

WAY = "primero"
AT_ONCE = 200
LOCK = 7_201_018

MESSAGES = {
    "differ": "Ridni: {fields}: not what two people verified (identity {id}), or taken out here. Please look.",
    "merged": "Ridni: this child now stands under identity {into}. What Ridni wrote here was taken out.",
    "retracted": "Ridni: two people took identity {id} back. What Ridni wrote here was taken out; undo what followed.",
    "withheld": "Ridni: identity {id} may not be used for now. What Ridni wrote here was taken out.",
    "erased": "Ridni: identity {id} was erased. Delete what you hold of it, in the history of this case as well.",
    "unknown": "Ridni: identity {id} is not known any more. Use nothing that Ridni wrote here; ask before.",
    "several": "Ridni: two people verified several cases to be one child (identity {id}). Nothing was written.",
    "trace": "Ridni: a tracing request of this child (identity {id}) is linked to another case. Please look.",
}
"""What a person there is told; no name stands in it."""
TAKEN_BACK = ("merged", "retracted", "withheld", "erased")


@dataclass
class Report:
    """What came of a run: identities by outcome, and what a person here has to see to."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def deliver(user: User, name: str, instance: Instance, client: Primero) -> Report:
    """Bring an instance up to date.

    Args:
        user: Who runs it.
        name: The consumer whose instance it is.
        instance: How it is written to.
        client: Speaks with the server of the consumer's terms.

    Raises:
        ReviewError: The role may not.
        RegistryError: Nobody has allowed the terms, the protocol is another, or another run is under way.
        PrimeroRefused: The server cannot be used as it is.
    """
    permissions.require(user, permissions.CONSUMERS_ASK)
    consumer = consumers.called(name)
    clearance = _clearance(consumer, instance)
    forms.connect(client, instance)
    report = Report()
    with _alone(consumer):
        unions.settle_due()
        position = feed_position.current()
        since = FeedEpoch.objects.get(pk=position.epoch).started_at
        run = _Run(consumer, clearance, instance, client, position, since, report)
        for states in _pages(clearance):
            for state in states:
                run.one(state)
        try:
            run.look_for_strangers()
        except PrimeroFault as fault:
            report.problems.append(f"looking for cases that are not known any more: {fault}")
        facts = {"way": WAY, **report.counts}
        audit.append(str(user.pk), "feed.written", "consumer", str(consumer.pk), facts)
    return report


def address_of(name: str) -> str:
    """Return the address of the instance, as two people have allowed it.

    Raises:
        RegistryError: The consumer has no terms, or no address in them.
    """
    return _terms(consumers.called(name)).writes_to


def _terms(consumer: Consumer) -> ConsumerTerms:
    allowed = consumers.terms_of(consumer)
    if allowed is None or not allowed.writes_to:
        raise RegistryError("This consumer's terms name no system to write into", "", "Ask for terms with --writes-to")
    return allowed


def _clearance(consumer: Consumer, instance: Instance) -> Clearance:
    allowed = _terms(consumer)
    if instance.protocol != allowed.basis:
        raise RegistryError(
            "The description names another protocol than the consumer's terms", "", f"Its terms name {allowed.basis!r}"
        )
    scopes = frozenset(allowed.scopes)
    evidence = consumers.READ_EVIDENCE in scopes
    if (instance.sources.cases or instance.sources.traces) and not evidence:
        raise RegistryError(
            "Cases and traces are known by keys of rows, which this consumer may not see", "", "Ask for evidence:read"
        )
    return Clearance(field_access.of_scopes(scopes), evidence)


@contextmanager
def _alone(consumer: Consumer) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, consumer.pk])
        if not cursor.fetchone()[0]:
            raise RegistryError("Another run writes into this system", "", "Wait until it has ended")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, consumer.pk])


def _pages(clearance: Clearance) -> Iterator[list[State]]:
    last = UUID(int=0)
    while ids := list(Identity.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        last = ids[-1]
        yield consumer_state.of_ids(ids, clearance)


@dataclass
class _Run:
    consumer: Consumer
    clearance: Clearance
    instance: Instance
    client: Primero
    position: Position
    since: datetime
    report: Report

    def one(self, state: State) -> None:
        """Carry one state out, unless that was done already or it never reached this system."""
        row = WrittenCase.objects.filter(consumer=self.consumer, way=WAY, identity=state.id).first()
        if row is None and not reading.stands(state.document):
            return
        # After a backup was restored, what was written before it may be older than what stands there.
        if row is not None and row.sha256 == state.digest and row.at >= self.since:
            self.report.counts["unchanged"] += 1
            return
        try:
            outcome = self._carry_out(state, row)
        except PrimeroFault as fault:
            outcome = "failed"
            self.report.problems.append(f"identity {state.id}: {fault}")
        self.report.counts[outcome] += 1

    def _carry_out(self, state: State, row: WrittenCase | None) -> str:
        cases = _keys(state.document, self.instance.sources.cases)
        number = row.case if row is not None else (cases[0] if cases else str(state.id))
        ledger.given(self.consumer, WAY, [state], self.position)
        row = row or WrittenCase(consumer=self.consumer, way=WAY, identity_id=state.id, case=number, at=timezone.now())
        there = self.client.case(number)
        if len(cases) > 1:
            for each in cases:
                self._tell(row, each, "several", state)
            return self._problem(state, "several cases of the instance are this child; nothing was written")
        want = plan.wanted(state.document, self.instance)
        if there is None:
            if number != str(state.id) or row.sha256:
                return self._problem(state, "its case is not to be found")
            self._note(row, {key: self._digest(state)(key, value) for key, value in want.items()})
            owner = {"module_id": self.instance.module_id, "owned_by": self.instance.owned_by}
            if not self.client.create(number, owner | plan.body(want)):
                return self._problem(state, "a case with its id is there, and this account may not see it")
            there = self.client.case(number) or {}
        if there.get("record_state") is False:
            return self._problem(state, "its case was switched off there; nothing was written")
        return self._write(state, row, want, there)

    def _write(self, state: State, row: WrittenCase, want: plan.Values, there: dict[str, Any]) -> str:
        digest = self._digest(state)
        change = plan.compare(want, there, row.written, digest)
        if change.write:
            self._note(row, change.ours)
            self.client.change(row.case, change.write)
            there = self.client.case(row.case) or {}
        found = plan.flattened(there)
        stands = {key: mine for key, mine in change.ours.items() if digest(key, found.get(key)) == mine}
        lost = sorted(set(change.ours) - set(stands))
        left = [key for key in row.written if key not in change.ours and self._is_ours(row, key, found, digest)]
        row.written = {key: [mine, ""] for key, mine in stands.items()}
        row.written |= {key: [digest(key, found[key]), ""] for key in left}
        row.at = timezone.now()
        row.save()
        if change.differ:
            said = hashlib.sha256("".join(sorted(change.theirs)).encode()).hexdigest()
            self._tell(row, row.case, "differ", state, change.differ, said)
        if reading.stands(state.document):  # should it be taken back once more, they are told once more
            row.flagged = [mark for mark in row.flagged if mark not in {_mark(row.case, one) for one in TAKEN_BACK}]
        else:
            self._tell(row, row.case, state.status, state)
        self._traces(state, row, there)
        if lost or left:
            what = ", ".join(_shown(key) for key in sorted({*lost, *left}))
            return self._problem(state, f"{what}: sent, and not there when read back; the role of the account decides")
        row.sha256 = state.digest
        row.save()
        if change.differ:
            return "differ"
        return "written" if reading.stands(state.document) else "taken_out"

    @staticmethod
    def _is_ours(row: WrittenCase, key: str, found: plan.Values, digest: plan.Digest) -> bool:
        """Tell whether a value that should have been taken out is still there."""
        return found.get(key) not in plan.EMPTY and digest(key, found[key]) in row.written[key]

    def _note(self, row: WrittenCase, ours: dict[str, str]) -> None:
        """Note what is about to be written, before it leaves."""
        row.sha256 = ""
        row.written = row.written | {key: [row.written.get(key, [""])[0], mine] for key, mine in ours.items()}
        row.at = timezone.now()
        row.save()

    def _traces(self, state: State, row: WrittenCase, there: dict[str, Any]) -> None:
        """Link the tracing requests that two people verified to be of this child, where tracing is consented to."""
        may = plan.consents(state.document) and there.get("consent_for_tracing") is not False
        wanted = _keys(state.document, self.instance.sources.traces) if may else []
        for number in sorted({*wanted, *row.traces}):
            trace = self.client.trace(number)
            if trace is None:
                self.report.problems.append(f"identity {state.id}: a tracing request is not to be found")
                continue
            linked = trace.get("matched_case_id")
            if number not in wanted:
                if linked == row.case:
                    self.client.link(number, None)
            elif linked is None:
                self.client.link(number, row.case)
            elif linked != row.case:
                self._tell(row, row.case, "trace", state, once=f"trace {number} {linked}")
        row.traces = sorted(set(wanted))

    def _tell(
        self,
        row: WrittenCase,
        case: str,
        message: str,
        state: State,
        fields: list[str] | None = None,
        once: str = "",
    ) -> None:
        """Ask a person there to look, once for each thing."""
        mark = _mark(case, message, once)
        if mark in row.flagged:
            return
        names = ", ".join(sorted({_shown(key) for key in fields or ()}))
        into = state.document.get("merged_into", "")
        self.client.flag(case, MESSAGES[message].format(id=state.id, into=into, fields=names), date.today().isoformat())
        row.flagged = [*row.flagged, mark]
        row.save()

    def _problem(self, state: State, said: str) -> str:
        self.report.problems.append(f"identity {state.id}: {said}")
        return "failed"

    def look_for_strangers(self) -> None:
        """Flag cases that carry our mark and an identity that is not known: a backup from before it was restored."""
        mark, number = (terms.targets(self.instance).get(one) for one in ("other_agency_name", "other_agency_id"))
        if mark is None or number is None:
            return
        asked = {mark.name: plan.MARK, "fields": f"id,{mark.name},{number.name}", "order": "asc"}
        marked = {
            case["id"]: str(case.get(number.name) or "")
            for case in self.client.pages("/cases", **asked)
            if case.get(mark.name) == plan.MARK
        }
        held = set(WrittenCase.objects.filter(consumer=self.consumer, way=WAY).values_list("case", flat=True))
        for case, identity in sorted(marked.items()):
            if case in held:
                continue
            message = MESSAGES["unknown"].format(id=identity)
            told = {one.get("message") for one in self.client.pages(f"/cases/{case}/flags")}
            if message not in told:
                self.client.flag(case, message, date.today().isoformat())
            self.report.counts["unknown"] += 1

    def _digest(self, state: State) -> plan.Digest:
        key = keys.derived(keys.Purpose.FINGERPRINTS, "values written into case systems")

        def digest(name: str, value: Any) -> str:
            said = consumer_state.canonical([str(state.id), name, value])
            return hashlib.blake2b(said, key=key, digest_size=16).hexdigest()

        return digest


def _keys(document: reading.State, source: str) -> list[str]:
    """Return the keys of an identity's rows in a source, which are ids of the instance; others are passed over."""
    if not source or not reading.stands(document):
        return []
    rows = [record["evidence"] for record in document["records"] if record.get("evidence")]
    return sorted({row["key"] for row in rows if row["source"] == source and _is_id(row["key"])})


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _mark(case: str, message: str, once: str = "") -> str:
    return hashlib.sha256(f"{case} {message} {once}".encode()).hexdigest()


def _shown(key: str) -> str:
    """Return a key as a person reads it: without the entry's id."""
    return ".".join((key.split("/")[0], key.split("/")[-1])) if "/" in key else key
