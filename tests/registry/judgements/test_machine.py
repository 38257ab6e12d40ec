"""Whatever people and sources do, in whichever order, alone or twenty at once: identities keep their rules."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from configs.settings import settings as deployment
from registry.errors import ReviewError
from registry.judgements import changes, follow, log, replay, settling, unions
from registry.linkage import candidates
from registry.models import (
    CHANGE_REASONS,
    Candidate,
    Contradiction,
    Identity,
    IdentityEvent,
    IdentityMember,
    IdentityStatus,
    NewEvidence,
    PendingUnion,
    Record,
    Review,
    Says,
    Source,
    WithheldRow,
)
from review.verdicts import decisions, reopening

ROWS = 5


class World:
    """Rows, people who never judge twice, and everything that may be done to them."""

    def __init__(self, stock, rows=ROWS):
        self.stock = stock
        self.rows = [stock.record(batch=stock.batch(f"list{n}")).pk for n in range(rows)]
        self.days = itertools.count(1)

    def attempt(self, call, *arguments, **more):
        try:
            with transaction.atomic():
                return call(*arguments, **more)
        except ReviewError:
            return None

    def current(self, row):
        first = Record.objects.get(pk=row)
        return Record.objects.get(source=first.source_id, key=first.key, is_current=True)

    def judge(self, one, other, verdicts):
        """Let people judge a pair; what a run proposes they may judge before the run has looked at what waits."""
        left, right = sorted((self.current(one), self.current(other)), key=lambda record: record.pk)
        known = Candidate.objects.filter(left=left, right=right)
        pair, proposed = known.first(), False
        if pair is None:
            try:
                with transaction.atomic():
                    pair, proposed = self.stock.candidate(left, right), True
            except IntegrityError:  # somebody else has made it since
                pair = known.get()
        for verdict in verdicts:
            pair.refresh_from_db()
            if pair.status in ("open", "second", "disputed"):
                self.attempt(self.stock.judge, pair, verdict)
        if proposed:
            follow.run([left.pk, right.pk])

    def withdraw(self):
        last = Review.objects.order_by("-pk").first()
        if last is not None:
            self.attempt(decisions.withdraw, last.reviewer, last.pk)

    def reopen(self, number):
        found = list(Candidate.objects.order_by("pk"))
        if found:
            self.attempt(reopening.reopen, self.stock.user("lead"), found[number % len(found)].pk, "second_thoughts")

    def correct(self, row, consent=""):
        """Deliver a row anew; one delivery of a source at a time, as `batches` sees to."""
        slug = Record.objects.get(pk=row).source.slug
        batch, day = self.stock.batch(slug), date(2024, 1, 1) + timedelta(days=next(self.days))
        with transaction.atomic():
            Source.objects.select_for_update(no_key=True).get(slug=slug)
            old = self.current(row)
            candidates.supersede([old.pk])
            Record.objects.filter(pk=old.pk).update(is_current=False)
            values = {"consent": consent} if consent else {}
            self.stock.record(
                {"full_name": f"Вигаданенко {day}"}, batch=batch, key=old.key, version=old.version + 1,
                values=values, observed_on=day,
            )  # fmt: skip
            follow.delivery(batch.pk)

    def arrive(self, row):
        """Let a new record come that may be the child of a row, as a run proposes it."""
        new = self.stock.record(batch=self.stock.batch(f"new{next(self.days)}"))
        self.stock.candidate(self.current(row), new)
        follow.run([new.pk])

    def change(self, kind, number, cut, allowed):
        standing = list(Identity.objects.filter(status=IdentityStatus.VERIFIED).order_by("created_at"))
        if not standing:
            return
        one = standing[number % len(standing)]
        held = sorted(one.members.values_list("row_id", flat=True))
        more = {}
        if kind == "split":
            chosen = [row for place, row in enumerate(held) if cut >> place & 1]
            more = {"parts": [[row for row in held if row not in chosen], chosen]}
        elif kind == "merge":
            more = {"other": standing[(number + 1) % len(standing)].pk}
        reason = CHANGE_REASONS[kind][0]
        asked = self.attempt(
            changes.ask, self.stock.user("verifier" if cut % 2 else "lead"), kind, one.pk, reason, **more
        )
        if asked is not None:
            self.attempt(changes.decide, self.stock.user("lead"), asked.pk, allowed=allowed)

    def settle(self, answer, cut):
        found = Contradiction.objects.filter(settled_at=None).order_by("pk").first()
        if found is None:
            return
        left, right = log.pair_of(found.candidate)
        held = sorted(IdentityMember.objects.filter(identity__members__row_id=left).values_list("row_id", flat=True))
        away = {right} | {row for place, row in enumerate(held) if cut >> place & 1 and row != left}
        parts = [[row for row in held if row not in away], [row for row in held if row in away]]
        lead = self.stock.user("lead")
        self.attempt(settling.settle, lead, found.pk, answer, "other", parts=parts if found.inside else ())

    def due(self):
        PendingUnion.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        unions.settle_due()


def check(ids: set | None = None) -> None:
    """Hold every rule of identities against the database as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    stored = replay.stored()
    assert replay.states() == stored
    held = {row: number for number, state in stored.items() for row in state.members}
    rows = set(Record.objects.filter(version=1).values_list("pk", flat=True))
    same = [(one.left, one.right) for one in log.among(rows, Says.SAME)]
    together = {frozenset(part) for part in log.parts(rows, same) if len(part) > 1}
    assert together == {frozenset(state.members) for state in stored.values() if state.members}
    for one in log.among(rows, Says.DIFFERENT):
        assert held.get(one.left) is None or held.get(one.left) != held.get(one.right)
    made = list(IdentityEvent.objects.filter(kind="verified").values_list("identity_id", flat=True))
    assert len(made) == len(set(made)) == len(stored)
    seqs = list(IdentityEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    refused = set(WithheldRow.objects.filter(identity_id__isnull=False).values_list("identity_id", flat=True))
    standing = {number for number, state in stored.items() if state.status == "verified"}
    assert {number for number in standing if stored[number].withheld} == refused & standing
    assert all(len(stored[number].members) > 1 for number in standing)
    if ids is not None:
        assert ids <= set(stored)
        ids |= set(stored)


def what_is_new():
    kept = NewEvidence.objects.order_by("identity_id", "record_id")
    return list(kept.values_list("identity_id", "row_id", "record_id", "compared", "together", "before"))


ROW = st.integers(0, ROWS - 1)
WORDS = st.sampled_from(["same", "different", "cannot_tell"])


class Identities(RuleBasedStateMachine):
    """A small register that everybody works on."""

    stock = None

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.world, self.ids = World(self.stock), set()

    def teardown(self):
        try:
            kept = what_is_new()
            follow.run(None)
            assert what_is_new() == kept, "what is kept as things happen is what a run over everything finds"
        finally:
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    @rule(one=ROW, step=st.integers(1, ROWS - 1), verdict=st.sampled_from(["same", "same", "same", "different"]))
    def two_people_agree(self, one, step, verdict):
        self.world.judge(self.world.rows[one], self.world.rows[(one + step) % ROWS], [verdict, verdict])

    @rule(one=ROW, step=st.integers(1, ROWS - 1), verdicts=st.lists(WORDS, min_size=1, max_size=3))
    def people_judge(self, one, step, verdicts):
        self.world.judge(self.world.rows[one], self.world.rows[(one + step) % ROWS], verdicts)

    @rule()
    def take_back(self):
        self.world.withdraw()

    @rule(number=st.integers(0, 9))
    def open_again(self, number):
        self.world.reopen(number)

    @rule(row=ROW, consent=st.sampled_from(["", "", "no", "yes", "unclear"]))
    def correct(self, row, consent):
        self.world.correct(self.world.rows[row], consent)

    @rule(row=ROW)
    def arrive(self, row):
        self.world.arrive(self.world.rows[row])

    @rule(
        kind=st.sampled_from(sorted(CHANGE_REASONS)), number=st.integers(0, 3), cut=st.integers(1, 30),
        allowed=st.sampled_from([True, True, True, False]),
    )  # fmt: skip
    def change(self, kind, number, cut, allowed):
        self.world.change(kind, number, cut, allowed)

    @rule(answer=st.sampled_from(["one_child", "apart"]), cut=st.integers(0, 31))
    def settle(self, answer, cut):
        self.world.settle(answer, cut)

    @rule()
    def a_minute_passes(self):
        self.world.due()

    @invariant()
    def rules_hold(self):
        check(self.ids)


@pytest.mark.django_db
@pytest.mark.parametrize("wait", [0, 60])
def test_any_order_of_acts_keeps_the_rules(stock, monkeypatch, wait):
    monkeypatch.setattr(deployment(), "undo_seconds", wait)
    bound = type("Bound", (Identities,), {"stock": stock})
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    chosen = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(bound, settings=chosen)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wait", [0, 60])
def test_twenty_people_at_once_keep_the_rules(stock, monkeypatch, wait):
    monkeypatch.setattr(deployment(), "undo_seconds", wait)
    world = World(stock, rows=8)
    pairs = [(a, b) for a in range(8) for b in range(a + 1, 8)]
    for a, b in pairs:
        stock.candidate(*(Record.objects.get(pk=world.rows[n]) for n in (a, b)))

    def work(seed):
        chance, done = random.Random(seed), 0
        try:
            for _ in range(6):
                act = chance.randrange(11)
                a, b = chance.choice(pairs)
                try:
                    if act < 4:
                        word = chance.choice(["same", "same", "different"])
                        world.judge(world.rows[a], world.rows[b], [word, word])
                    elif act == 4:
                        world.change(
                            chance.choice(sorted(CHANGE_REASONS)), chance.randrange(4), chance.randrange(1, 200), True
                        )
                    elif act == 5:
                        world.settle(chance.choice(["one_child", "apart"]), chance.randrange(256))
                    elif act == 6:
                        world.withdraw()
                    elif act == 7:
                        world.due()
                    elif act == 8:
                        world.arrive(world.rows[a])
                    else:
                        world.correct(world.rows[a], chance.choice(["no", "yes", "unclear", ""]))
                    done += 1
                except OperationalError as fault:
                    assert "deadlock" not in str(fault)
                    raise
        finally:
            connection.close()
        return done

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(work, range(20))) == 120
    with transaction.atomic():
        check()
    for consent in ("no", "yes"):
        for row in world.rows:
            world.correct(row, consent)
        with transaction.atomic():
            check()
