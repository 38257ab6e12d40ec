"""Who has a pair may wait for the lock of identities: whoever has that lock waits for no pair."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from registry.judgements import changes, rows
from registry.models import Candidate, Identity

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("kind", ["split", "retract"])
def test_a_change_that_is_allowed_waits_for_its_pairs_before_it_locks_identities(stock, kind):
    pair = stock.candidate()
    stock.judge(pair, "same", "same")
    identity = Identity.objects.get()
    held = sorted(identity.members.values_list("row_id", flat=True))
    more = {"parts": [[held[0]], [held[1]]]} if kind == "split" else {}
    reason = changes.CHANGE_REASONS[kind][0]
    asked = changes.ask(stock.user("lead"), kind, identity.pk, reason, **more)
    lead, taken = stock.user("lead"), Event()

    def like_a_verdict() -> None:
        try:
            with transaction.atomic():
                Candidate.objects.select_for_update(no_key=True).get(pk=pair.pk)
                taken.set()
                until = time.monotonic() + 20
                while not somebody_waits() and time.monotonic() < until:
                    time.sleep(0.05)
                rows.lock()
        finally:
            connection.close()

    def allow() -> str:
        try:
            taken.wait(20)
            changes.decide(lead, asked.pk, allowed=True)
            return Identity.objects.get().status
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(like_a_verdict), pool.submit(allow)
        first.result(60)
        assert second.result(60) == "retracted"
