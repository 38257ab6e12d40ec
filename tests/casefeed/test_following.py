"""Following the feed from other threads: long poll, snapshots of one moment, readers and people who never wait."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client

from casefeed import waiting
from casefeed.keeping import Keeper
from registry import audit
from registry.identities import feed_position
from registry.judgements import rows
from registry.models import AuditEntry, Delivery, FeedRead

pytestmark = pytest.mark.django_db(transaction=True)


def verify(stock):
    return str(stock.judge(stock.candidate(), "same", "same").identity_id)


def apart(call):
    """Run a call in a thread of its own, with its own connection."""

    def run():
        try:
            return call()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    return pool.submit(run)


def test_whoever_waits_is_woken_by_the_next_event(stock):
    client = Client(headers={"Authorization": f"Bearer {stock.token()}"})
    cursor = client.get("/api/v1/feed").json()["cursor"]
    began = time.monotonic()
    assert client.get("/api/v1/events", {"cursor": cursor, "wait": 1}).json() == []
    assert time.monotonic() - began >= 1
    waits = apart(lambda: client.get("/api/v1/events", {"cursor": cursor, "wait": 25}).json())
    time.sleep(0.5)
    assert not waits.done()
    identity = verify(stock)
    (event,) = waits.result(timeout=20)
    assert event["subject"] == identity


def test_who_comes_beyond_those_who_wait_is_answered_at_once():
    few = waiting.Listener()
    few._places = threading.BoundedSemaphore(1)
    long = apart(lambda: few.until(lambda: None, 3))
    time.sleep(0.5)
    began = time.monotonic()
    assert few.until(lambda: None, 20) is None and time.monotonic() - began < 2
    assert long.result() is None


def test_readers_wait_for_nobody_at_work_and_hold_nobody_up(stock):
    identity = verify(stock)
    client = Client(headers={"Authorization": f"Bearer {stock.token()}"})
    with transaction.atomic():
        rows.lock()
        audit.append("system", "step", "t", "1", {})  # holds the chain until this transaction ends
        for path in ("feed", "events", "identities", f"identities/{identity}"):
            assert apart(lambda p=path: client.get(f"/api/v1/{p}").status_code).result(timeout=20) == 200
        read = apart(lambda: b"".join(client.get("/api/v1/snapshot").streaming_content)).result(timeout=20)
        assert len(read.splitlines()) == 3
    assert Delivery.objects.filter(way="snapshot").count() == 1


def test_a_snapshot_is_of_one_moment_whatever_happens_while_it_is_read(stock):
    first = verify(stock)
    client = Client(headers={"Authorization": f"Bearer {stock.token()}"})
    stream = iter(client.get("/api/v1/snapshot").streaming_content)
    head = json.loads(next(stream))["snapshot"]
    later = apart(lambda: verify(stock)).result(timeout=60)
    read = [json.loads(line) for line in b"".join(stream).splitlines()]
    assert [line["state"]["id"] for line in read[:-1]] == [first] and read[-1] == {"end": {"identities": 1}}
    assert head["sequence"] == 1
    assert [event["subject"] for event in client.get("/api/v1/events", {"cursor": head["cursor"]}).json()] == [later]


def test_two_processes_begin_one_first_epoch():
    with ThreadPoolExecutor(4) as pool:
        found = {future.result().epoch for future in [pool.submit(position) for _ in range(4)]}
    assert len(found) == 1


def position():
    try:
        return feed_position.current()
    finally:
        connection.close()


def test_the_keeper_writes_reads_into_the_log(stock):
    client = Client(headers={"Authorization": f"Bearer {stock.token()}"})
    client.get("/api/v1/events")
    keeper = Keeper(every=0.1)
    keeper.start()
    keeper.stop()
    assert not FeedRead.objects.exists() and AuditEntry.objects.filter(action="feed.events").count() == 1
