import hashlib
import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client

from registry import audit
from registry.access import consumers, tokens
from registry.identities import identities
from registry.models import AuditEntry, Record

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
    rest = get("/events", after=first["next_after"])
    assert [event["seq"] for event in first["items"] + rest["items"]] == [1, 2, 3, 4, 5]
    assert get("/events", after=rest["next_after"]) == {"items": [], "next_after": 5}


def test_a_merged_id_answers_with_the_one_it_was_merged_into(stock, get):
    a, b, c, d = (stock.record() for _ in range(4))
    first, second = verify(stock, a, b), verify(stock, c, d)
    verify(stock, b, c)
    alias = get(f"/identities/{second}")
    assert alias == {"id": second, "status": "merged", "merged_into": first}
    assert get(f"/identities/{first}")["aliases"] == [second]
    assert [item["id"] for item in get("/identities")["items"]] == [first]
    merged = [event for event in get("/events")["items"] if event["kind"] == "merged"]
    assert merged[0]["identity"] == second and merged[0]["data"] == {"merged_into": first}
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
    assert get(f"/identities/{NOBODY}", 404)["error"] == "unknown_identity"
    told = [event for event in get("/events")["items"] if event["identity"] == hidden]
    assert [event["kind"] for event in told] == ["verified", "withheld"]
    assert [set(event["data"]) for event in told] == [{"candidate", "records"}, set()]
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


def test_a_replay_of_events_gives_the_state(stock, get):
    records = [stock.record() for _ in range(8)]
    for left, right in [(0, 1), (2, 3), (4, 5), (1, 2), (5, 6), (3, 4)]:
        verify(stock, records[left], records[right])
    state = {}
    for event in get("/events")["items"]:
        if event["kind"] in {"verified", "updated"}:
            state.setdefault(event["identity"], set()).update(event["data"]["records"])
        elif event["kind"] == "merged":
            state[event["data"]["merged_into"]] |= state.pop(event["identity"])
    assert state == {get("/identities")["items"][0]["id"]: {record.pk for record in records[:7]}}


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "Bearer \x00", "bearer ridni_" + "x" * 43]
)
@pytest.mark.parametrize("path", ["/identities", f"/identities/{NOBODY}", "/events"])
def test_without_a_valid_token_there_is_a_clear_401(header, path):
    response = Client().get(f"/api/v1{path}", headers={} if header is None else {"Authorization": header})
    assert response.status_code == 401
    assert response.json()["error"] == "unauthorized"
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
    assert refused.json()["error"] == "too_many_requests" and int(refused["Retry-After"]) == 12
    assert int(refused["RateLimit-Reset"]) > 0


def test_guesses_close_an_address_and_no_consumer_behind_it(stock):
    good = {"Authorization": f"Bearer {stock.token()}"}
    wrong = {"Authorization": "Bearer ridni_" + "x" * 43}
    client = Client(REMOTE_ADDR="203.0.113.7")
    assert [client.get("/api/v1/events", headers=wrong).status_code for _ in range(22)] == [401] * 20 + [429] * 2
    refused = client.get("/api/v1/events", headers=wrong)
    assert refused.json()["error"] == "too_many_guesses" and int(refused["Retry-After"]) == 900
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
        ("/events?after=-1", 422, "invalid_request"),
        (f"/events?after={2**63}", 422, "invalid_request"),
        ("/events?limit=1000000", 422, "invalid_request"),
        ("/events?afer=7", 422, "invalid_request"),
        ("/identities?afer=7", 422, "invalid_request"),
    ],
)
def test_bad_requests_get_a_code_and_a_sentence_without_what_was_sent(stock, path, status, error):
    token = stock.token()
    response = Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert "Zoriana" not in response.json()["message"]


@pytest.mark.parametrize("path", ["", "identity", "identities/", "identities/x/y", f"events/{NOBODY}", "дитина?name=x"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_an_unknown_address_is_answered_as_json(path, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(f"/api/v1/{path}")
    assert response.status_code == 404 and response["Content-Type"].startswith("application/json")
    assert response.json()["error"] == "unknown_address" and "name" not in response.content.decode()


def test_every_read_is_logged_with_the_token_and_the_ids(stock, get):
    identity = verify(stock, stock.record(), stock.record())
    get("/identities")
    get(f"/identities/{identity}")
    get("/events")
    log = list(AuditEntry.objects.filter(action__startswith="feed.").order_by("seq"))
    assert [(entry.actor, entry.action) for entry in log] == [
        ("token:case system", "feed.identities"),
        ("token:case system", "feed.identity"),
        ("token:case system", "feed.events"),
    ]
    assert log[0].data == {"ids": [identity]} and log[1].object_id == identity and len(log[1].data["sha256"]) == 64
    assert audit.verify().sound


def test_an_unexpected_fault_tells_and_logs_no_value(stock, monkeypatch, caplog, capsys):
    token = stock.token()

    def broken(*arguments):
        raise ValueError("Вигаданенко Зоряна")

    monkeypatch.setattr("registry.judgements.events.after", broken)
    response = Client().get("/api/v1/events", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 500 and response.json()["error"] == "internal_error"
    from web.safe_logging import SafeFormatter

    written = "\n".join(SafeFormatter().format(record) for record in caplog.records)
    assert "ValueError" in written and "Вигаданенко" not in written + response.content.decode()
