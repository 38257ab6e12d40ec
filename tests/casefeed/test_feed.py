import hashlib
import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client

from registry import audit
from registry.access import consumers, tokens
from registry.identities import consumer_state, feed_position, holders, identities, ledger
from registry.judgements import changes
from registry.models import AuditEntry, FeedRead, Record

pytestmark = pytest.mark.django_db

NOBODY = "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b"


@pytest.fixture
def get(stock):
    """Ask the feed with a valid token."""
    token = stock.token()
    client = Client()

    def get(path, expected=200, **query):
        response = client.get(f"/api/v1{path}", query, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == expected, response.content
        return response.json()

    return get


def snapshot(token):
    response = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/snapshot")
    assert response.status_code == 200 and response["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def verify(stock, left, right):
    return str(stock.judge(stock.candidate(left, right), "same", "same").identity_id)


def test_only_verified_identities_with_every_value_traced(stock, get):
    left = stock.record(
        {"full_name": "Вигаданенко Зоряна", "birth_date": "01.02.2012"},
        observed_on=date(2023, 1, 1),
        romanised={"full_name": "Vyhadanenko Zoriana"},
        batch=stock.batch("reports", source_class="family", side="seeking"),
    )
    right = stock.record({"given": "Заряна"}, batch=stock.batch("bank", source_class="adoption_bank", side="found"))
    identity = verify(stock, left, right)
    stock.candidate()
    stock.judge(stock.candidate(), "same")
    stock.judge(stock.candidate(), "different", "different")
    page = get("/identities")
    assert [item["id"] for item in page["items"]] == [identity] and page["next_after"] is None
    (item,) = page["items"]
    assert item == get(f"/identities/{identity}")
    assert item["status"] == "verified"
    assert {(record["source_class"], record["side"]) for record in item["records"]} == {
        ("family", "seeking"),
        ("adoption_bank", "found"),
    }
    (name,) = item["values"]["identity"]["full_name"]
    assert name == {
        "value": "Вигаданенко Зоряна",
        "original": "Вигаданенко Зоряна",
        "romanised": "Vyhadanenko Zoriana",
        "record": next(record["reference"] for record in item["records"] if record["side"] == "seeking"),
        "observed_on": "2023-01-01",
        "status": "observed",
    }
    assert left.key not in str(item) and left.evidence.sha256 not in str(item)


def test_where_in_the_evidence_a_value_stands_is_a_scope_of_its_own(stock):
    left, right = stock.record(), stock.record()
    identity = verify(stock, left, right)
    token = stock.token("prosecutor", [consumers.READ_EVIDENCE])
    header = {"Authorization": f"Bearer {token}"}
    item = Client().get(f"/api/v1/identities/{identity}", headers=header).json()
    assert {record["evidence"]["key"] for record in item["records"]} == {left.key, right.key}
    assert {record["evidence"]["sha256"] for record in item["records"]} == {
        left.evidence.sha256,
        right.evidence.sha256,
    }
    places = [value["locator"] for value in item["values"]["identity"]["full_name"]]
    assert {"sheet": "1", "row": left.locator["row"], "cell": left.locator["cells"]["full_name"]} in places


def test_the_etag_is_the_sha256_of_the_canonical_state_and_answers_304(stock, get):
    identity = verify(stock, stock.record(), stock.record())
    client = Client(headers={"Authorization": f"Bearer {stock.token('second')}"})
    first = client.get(f"/api/v1/identities/{identity}")
    canonical = json.dumps(first.json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert first.content == canonical and first["ETag"] == f'"{hashlib.sha256(canonical).hexdigest()}"'
    for known in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}'):
        again = client.get(f"/api/v1/identities/{identity}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(f"/api/v1/identities/{identity}", headers={"If-None-Match": '"other"'}).status_code == 200
    verify(stock, stock.record(), Record.objects.get(pk=Record.objects.order_by("pk").first().pk))
    changed = client.get(f"/api/v1/identities/{identity}", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_pages_and_events_resume(stock, get):
    made = [verify(stock, stock.record(), stock.record()) for _ in range(5)]
    seen, after = [], {}
    while True:
        page = get("/identities", limit=2, **after)
        seen += [item["id"] for item in page["items"]]
        if page["next_after"] is None:
            break
        after = {"after": page["next_after"]}
    assert seen == made
    first = get("/events", limit=3)
    rest = get("/events", cursor=first[-1]["id"])
    assert [int(event["sequence"]) for event in first + rest] == [1, 2, 3, 4, 5]
    assert [event["subject"] for event in first + rest] == made
    assert get("/events", cursor=rest[-1]["id"]) == []
    assert get("/feed")["cursor"] == rest[-1]["id"]


def test_a_merged_id_answers_with_the_one_it_was_merged_into(stock, get):
    a, b, c, d = (stock.record() for _ in range(4))
    first, second = verify(stock, a, b), verify(stock, c, d)
    verify(stock, b, c)
    alias = get(f"/identities/{second}")
    assert alias == {"id": second, "status": "merged", "merged_into": first}
    assert get(f"/identities/{first}")["aliases"] == [second]
    assert [item["id"] for item in get("/identities")["items"]] == [first]
    merged = [event for event in get("/events") if event["type"] == "org.ridni.identity.merged"]
    assert merged[0]["subject"] == second and merged[0]["data"] == {"identity": second, "merged_into": first}
    # A consumer that leaves off between the two pages is not lost when its cursor is merged away.
    assert get("/identities", after=second)["items"] == []


def test_without_consent_to_tracing_an_identity_does_not_exist_for_the_feed(stock, get):
    first = verify(stock, stock.record(values={"consent": "yes"}), stock.record())
    refused = stock.record(values={"consent": "no"}, key="R")
    hidden = verify(stock, refused, stock.record(values={"consent": "yes"}))
    last = verify(stock, stock.record(), stock.record())
    assert [item["id"] for item in get("/identities")["items"]] == [first, last]
    page = get("/identities", limit=1)
    assert [item["id"] for item in get("/identities", after=page["next_after"])["items"]] == [last]
    assert [item["id"] for item in get("/identities", after=hidden)["items"]] == [last]
    assert get(f"/identities/{hidden}") == {"id": hidden, "status": "withheld"}
    assert get(f"/identities/{NOBODY}", 404)["code"] == "unknown_identity"
    told = [event for event in get("/events") if event["subject"] == hidden]
    assert [event["type"].rpartition(".")[2] for event in told] == ["verified", "withheld"]
    assert [event["data"] for event in told] == [{"identity": hidden}] * 2
    assert [str(view.id) for view in identities.page()] == [first, hidden, last]
    assert identities.get(UUID(hidden)).records

    joined = verify(stock, stock.record(), refused)
    assert joined == hidden
    bridge = stock.record()
    merged_away = verify(stock, bridge, stock.record())
    assert verify(stock, bridge, refused) == hidden
    assert get(f"/identities/{merged_away}") == {"id": merged_away, "status": "merged", "merged_into": hidden}


def test_the_latest_word_on_consent_counts_also_before_it_is_verified(stock, get):
    batch = stock.batch()
    identity = verify(stock, stock.record(key="A", batch=batch, is_current=False), stock.record())

    def say(version, **values):
        Record.objects.filter(key="A", source=batch.source).update(is_current=False)
        stock.record(key="A", version=version, batch=batch, values=values)

    assert get(f"/identities/{identity}")["status"] == "verified"
    say(2, consent="no")
    assert get(f"/identities/{identity}") == {"id": identity, "status": "withheld"}
    say(3, surname="Вигаданенко")
    assert get(f"/identities/{identity}") == {"id": identity, "status": "withheld"}
    stock.record(key="A", batch=stock.batch("cards"), values={"consent": "yes"})  # another source's row of this key
    assert get(f"/identities/{identity}") == {"id": identity, "status": "withheld"}
    say(4, consent="yes")
    assert get(f"/identities/{identity}")["status"] == "verified"


def test_a_replay_of_events_gives_the_snapshot(stock, get):
    records = [stock.record() for _ in range(8)]
    for left, right in [(0, 1), (2, 3), (4, 5), (1, 2), (5, 6), (3, 4)]:
        verify(stock, records[left], records[right])
    held = {}
    for event in get("/events"):
        held[event["subject"]] = get(f"/identities/{event['subject']}")
    lines = snapshot(stock.token("second"))
    assert {line["state"]["id"]: line["state"] for line in lines[1:-1]} == held
    assert len([state for state in held.values() if state["status"] == "verified"]) == 1


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "Bearer \x00", "bearer ridni_" + "x" * 43]
)
@pytest.mark.parametrize("path", ["/identities", f"/identities/{NOBODY}", "/events"])
def test_without_a_valid_token_there_is_a_clear_401(header, path):
    response = Client().get(f"/api/v1{path}", headers={} if header is None else {"Authorization": header})
    assert response.status_code == 401
    assert response.json()["code"] == "unauthorized"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_an_expired_and_a_closed_consumers_token(stock):
    client = Client(headers={"Authorization": f"Bearer {stock.token('narrow')}"})
    assert client.get("/api/v1/events").status_code == 200
    tokens.revoke("narrow")
    assert client.get("/api/v1/events").status_code == 401
    expired = tokens.issue("narrow", valid_for=timedelta(seconds=-1))
    assert client.get("/api/v1/events", headers={"Authorization": f"Bearer {expired}"}).status_code == 401
    good = {"Authorization": f"Bearer {tokens.issue('narrow')}"}
    assert client.get("/api/v1/events", headers=good).status_code == 200
    consumers.close(stock.user("auditor"), "narrow")
    assert client.get("/api/v1/events", headers=good).status_code == 401


def test_terms_hold_at_once_for_tokens_made_before(stock):
    client = Client(headers={"Authorization": f"Bearer {stock.token(rate=1_000)}"})
    left = stock.record({"full_name": "Вигаданенко Зоряна", "contact": "0 800 000"})
    path = f"/api/v1/identities/{verify(stock, left, stock.record())}"
    assert client.get(path).json()["withheld"] == ["contact"]
    stock.consumer(scopes=["fields:contact"], rate=5)
    wider = client.get(path)
    assert wider.json()["withheld"] == [] and "0 800 000" in wider.content.decode()
    assert (wider["RateLimit-Limit"], wider["RateLimit-Remaining"]) == ("5", "4")
    statuses = [client.get("/api/v1/events").status_code for _ in range(6)]
    assert statuses[:4] == [200] * 4 and statuses[-1] == 429
    refused = client.get("/api/v1/events")
    assert refused.json()["code"] == "too_many_requests" and int(refused["Retry-After"]) == 12
    assert int(refused["RateLimit-Reset"]) > 0


def test_guesses_close_an_address_and_no_consumer_behind_it(stock):
    good = {"Authorization": f"Bearer {stock.token()}"}
    wrong = {"Authorization": "Bearer ridni_" + "x" * 43}
    client = Client(REMOTE_ADDR="203.0.113.7")
    assert [client.get("/api/v1/events", headers=wrong).status_code for _ in range(22)] == [401] * 20 + [429] * 2
    refused = client.get("/api/v1/events", headers=wrong)
    assert refused.json()["code"] == "too_many_guesses" and int(refused["Retry-After"]) == 900
    assert client.get("/api/v1/events", headers=good).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.8").get("/api/v1/events", headers=wrong).status_code == 401
    (told,) = AuditEntry.objects.filter(action="token.guessed")
    assert told.data == {"failures": 20} and "203.0.113" not in str(vars(told))


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        (f"/identities/{NOBODY}", 404, "unknown_identity"),
        ("/identities/Zoriana", 422, "invalid_request"),
        ("/identities?after=Zoriana", 422, "invalid_request"),
        (f"/identities?after={NOBODY}", 404, "unknown_identity"),
        ("/identities?limit=0", 422, "invalid_request"),
        ("/events?cursor=5", 422, "invalid_request"),
        (f"/events?cursor={'0' * 32}.{0:020}", 410, "cursor_gone"),
        ("/events?wait=26", 422, "invalid_request"),
        ("/events?limit=1000000", 422, "invalid_request"),
        ("/events?after=7", 422, "invalid_request"),
        ("/identities?afer=7", 422, "invalid_request"),
    ],
)
def test_bad_requests_get_a_code_and_a_sentence_without_what_was_sent(stock, path, status, error):
    token = stock.token()
    response = Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["code"]) == (status, error)
    assert "Zoriana" not in response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == f"urn:ridni:problem:{error}" and response.json()["status"] == status


@pytest.mark.parametrize("path", ["", "identity", "identities/", "identities/x/y", f"events/{NOBODY}", "дитина?name=x"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_an_unknown_address_is_answered_as_json(path, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(f"/api/v1/{path}")
    assert response.status_code == 404 and response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unknown_address" and "name" not in response.content.decode()


def test_reads_enter_the_log_in_batches_with_the_consumer_and_the_ids(stock, get):
    identity = verify(stock, stock.record(), stock.record())
    get("/identities")
    get(f"/identities/{identity}")
    get("/events")
    before = AuditEntry.objects.count()
    assert FeedRead.objects.count() == 3 and ledger.flush() == 3 and ledger.flush() == 0
    log = list(AuditEntry.objects.order_by("seq")[before:])
    assert [(entry.actor, entry.action, entry.data["reads"], entry.data["ids"]) for entry in log] == [
        ("token:case system", "feed.feed", 2, [identity]),
        ("token:case system", "feed.events", 1, []),
    ]
    assert audit.verify().sound


def test_the_ledger_tells_who_holds_what_and_who_has_confirmed(stock, get):
    identity = verify(stock, stock.record(), stock.record())
    state = get(f"/identities/{identity}")
    snapshot(stock.token("archive"))
    stock.token("silent")
    first, second = holders.of_identity(UUID(identity))
    assert (first.consumer, first.ways, first.status, first.confirmed) == ("archive", ("snapshot",), "verified", True)
    assert (second.consumer, second.ways, second.times, second.confirmed) == ("case system", ("feed",), 1, True)
    assert first.sha256 == second.sha256 == consumer_state.digest_of(consumer_state.canonical(state))
    asked = changes.ask(stock.user("lead"), "retract", UUID(identity), "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    assert [one.confirmed for one in holders.of_identity(UUID(identity))] == [False, False]
    events = get("/events")
    assert [one.confirmed for one in holders.of_identity(UUID(identity))] == [False, False]
    get("/events", cursor=events[-1]["id"])
    assert [one.confirmed for one in holders.of_identity(UUID(identity))] == [False, True]
    assert get(f"/identities/{identity}") == {"id": identity, "status": "retracted"}
    assert holders.of_identity(UUID(identity))[1].status == "retracted"


def test_several_identities_at_once(stock, get):
    made = [verify(stock, stock.record(), stock.record()) for _ in range(2)]
    client = Client(headers={"Authorization": f"Bearer {stock.token('second')}"})
    answer = client.post("/api/v1/fetch", {"ids": [made[1], NOBODY, made[0]]}, "application/json")
    assert answer.json()["unknown"] == [NOBODY]
    assert [item["state"] for item in answer.json()["items"]] == [get(f"/identities/{one}") for one in made[::-1]]
    for item in answer.json()["items"]:
        assert item["sha256"] == consumer_state.digest_of(consumer_state.canonical(item["state"]))
    for body in ("{", "[]", '{"ids": []}', '{"ids": ["x"]}'):
        refused = client.post("/api/v1/fetch", body, "application/json")
        assert refused.status_code in (400, 422) and refused["Content-Type"] == "application/problem+json"


def test_a_restored_backup_begins_another_epoch(stock, get):
    verify(stock, stock.record(), stock.record())
    before = get("/feed")
    beyond = before["cursor"][:-1] + "2"
    assert get("/events", 410, cursor=beyond)["code"] == "cursor_gone"
    now = feed_position.begin_epoch()
    after = get("/feed")
    assert (after["feed"], after["last_sequence"]) == (before["feed"], 1) and after["epoch"] != before["epoch"]
    assert get("/events", 410, cursor=before["cursor"])["code"] == "cursor_gone"
    assert get("/events", cursor=now.cursor) == []
    (event,) = get("/events")
    assert event["id"] == now.cursor and event["source"] == f"urn:uuid:{after['feed']}"


def test_a_known_address_says_which_methods_it_knows(stock):
    response = Client().delete("/api/v1/feed")
    assert (
        response.status_code == 405 and response.json()["code"] == "method_not_allowed" and "GET" in response["Allow"]
    )


def test_an_unexpected_fault_tells_and_logs_no_value(stock, monkeypatch, caplog, capsys):
    token = stock.token()

    def broken(*arguments):
        raise ValueError("Вигаданенко Зоряна")

    monkeypatch.setattr("casefeed.cloud_events.after", broken)
    response = Client().get("/api/v1/events", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 500 and response.json()["code"] == "internal_error"
    from web.safe_logging import SafeFormatter

    written = "\n".join(SafeFormatter().format(record) for record in caplog.records)
    assert "ValueError" in written and "Вигаданенко" not in written + response.content.decode()


@pytest.mark.parametrize("path", ["/", "/login/", "/pairs/1/", "/nowhere"])
def test_a_process_of_the_feed_alone_serves_nothing_else_and_says_so(settings, path):
    settings.ROOT_URLCONF = "web.feed_urls"
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == 404 and response["Content-Type"] == "application/problem+json"
    assert Client().get("/api/v1/openapi.json").status_code == 200
    assert Client().get("/api/v1/docs").status_code == 200
