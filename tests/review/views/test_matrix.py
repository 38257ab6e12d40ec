"""Every address × every role × nobody: an address without a stated expectation fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from keeping.erasure import requests, targets
from registry import testimonies
from registry.access import consumers, permissions, tokens
from registry.evidence.custody import Actor
from registry.identities import answers, feed_files, feed_position
from registry.judgements import changes, stated_transfers
from registry.models import (
    Candidate,
    Contradiction,
    ExportRequest,
    Lookup,
    LookupAnswer,
    Review,
    Role,
    RosterMeeting,
    Transfer,
    User,
)
from review.queue import gold_items, reservation

pytestmark = pytest.mark.django_db

PUBLIC, PERSON, TOKEN, ERROR = "public", "person", "token", "error"
"""Open to everybody; to whoever is signed in; to a bearer token only, which no session is; the page of an error."""

ACCESS: dict[str, tuple[str, str]] = {
    "account_inactive": (PUBLIC, "get"),
    "account_login": (PUBLIC, "get"),
    "account_logout": (PUBLIC, "post"),
    "account_reauthenticate": (PERSON, "get"),
    "casefeed:answer_root": (PUBLIC, "get"),
    "casefeed:answer_unknown": (PUBLIC, "get"),
    "casefeed:api-root": (PUBLIC, "get"),
    "casefeed:fetch_identities": (TOKEN, "post"),
    "casefeed:get_feed": (TOKEN, "get"),
    "casefeed:get_identity": (TOKEN, "get"),
    "casefeed:get_snapshot": (TOKEN, "get"),
    "casefeed:list_events": (TOKEN, "get"),
    "casefeed:list_identities": (TOKEN, "get"),
    "casefeed:post_answer": (TOKEN, "post"),
    "casefeed:openapi-json": (PUBLIC, "get"),
    "casefeed:openapi-view": (PUBLIC, "get"),
    "mfa_activate_totp": (PERSON, "get"),
    "mfa_add_webauthn": (PERSON, "get"),
    "mfa_authenticate": (PUBLIC, "get"),
    "mfa_deactivate_totp": (PERSON, "get"),
    "mfa_download_recovery_codes": (PERSON, "get"),
    "mfa_edit_webauthn": (PERSON, "get"),
    "mfa_generate_recovery_codes": (PERSON, "get"),
    "mfa_index": (PERSON, "get"),
    "mfa_list_webauthn": (PERSON, "get"),
    "mfa_reauthenticate": (PERSON, "get"),
    "mfa_reauthenticate_webauthn": (PERSON, "get"),
    "mfa_remove_webauthn": (PERSON, "get"),
    "mfa_view_recovery_codes": (PERSON, "get"),
    "openid_connect_callback": (PUBLIC, "get"),
    "openid_connect_login": (PUBLIC, "get"),
    "socialaccount_login_cancelled": (PUBLIC, "get"),
    "socialaccount_login_error": (ERROR, "get"),
    "review:again": (permissions.JUDGE, "post"),
    "review:change_decide": (permissions.IDENTITIES, "post"),
    "review:child": (permissions.JUDGE, "get"),
    "review:contradiction": (permissions.ADJUDICATE, "get"),
    "review:contradiction_settle": (permissions.ADJUDICATE, "post"),
    "review:consumer_ask": (permissions.CONSUMERS_ASK, "post"),
    "review:consumer_close": (f"{permissions.CONSUMERS_ASK} {permissions.CONSUMERS_DECIDE}", "post"),
    "review:consumer_decide": (permissions.CONSUMERS_DECIDE, "post"),
    "review:consumer_token": (permissions.CONSUMERS_ASK, "post"),
    "review:consumers": (f"{permissions.CONSUMERS_ASK} {permissions.CONSUMERS_DECIDE}", "get"),
    "review:decided": (permissions.JUDGE, "get"),
    "review:deliveries": (f"{permissions.CONSUMERS_ASK} {permissions.CONSUMERS_DECIDE}", "get"),
    "review:escalate": (permissions.JUDGE, "post"),
    "review:document": (permissions.TESTIMONY, "post"),
    "review:documents": (permissions.JUDGE, "get"),
    "review:dispute_settle": (permissions.IDENTITIES, "post"),
    "review:erasure_ask": (permissions.ERASE_ASK, "post"),
    "review:erasure_decide": (permissions.ERASE_DECIDE, "post"),
    "review:erasures": (f"{permissions.ERASE_ASK} {permissions.ERASE_DECIDE}", "get"),
    "review:export_ask": (permissions.EXPORT_REQUEST, "post"),
    "review:export_decide": (permissions.EXPORT_DECIDE, "post"),
    "review:export_fetch": (permissions.EXPORT_REQUEST, "post"),
    "review:exports": (f"{permissions.EXPORT_REQUEST} {permissions.EXPORT_DECIDE}", "get"),
    "review:file_confirm": (permissions.CONSUMERS_ASK, "post"),
    "review:filter": (permissions.JUDGE, "post"),
    "review:gold_plant": (permissions.QUALITY, "post"),
    "review:gold_retire": (permissions.QUALITY, "post"),
    "review:group": (permissions.JUDGE, "get"),
    "review:group_leave": (permissions.JUDGE, "post"),
    "review:group_take": (permissions.JUDGE, "post"),
    "review:groups": (permissions.JUDGE, "get"),
    "review:history": (permissions.JUDGE, "get"),
    "review:home": (PERSON, "get"),
    "review:identities": (permissions.IDENTITIES, "get"),
    "review:identity": (permissions.IDENTITIES, "get"),  # and whoever judged one of its pairs: test_identity_pages.py
    "review:identity_ask": (permissions.IDENTITIES, "post"),
    "review:identity_find": (permissions.IDENTITIES, "post"),
    "review:identity_print": (permissions.IDENTITIES, "get"),
    "review:language": (PUBLIC, "post"),
    "review:log": (permissions.AUDIT, "get"),
    "review:lookup": (permissions.LOOKUP, "get"),
    "review:lookup_lead": (permissions.LOOKUP, "post"),
    "review:limit_reopen": (permissions.QUALITY, "post"),
    "review:limits": (f"{permissions.QUALITY} {permissions.AUDIT}", "get"),
    "review:login": (PUBLIC, "get"),
    "review:logout": (PUBLIC, "post"),
    "review:nothing": (permissions.JUDGE, "get"),
    "review:original": (permissions.JUDGE, "get"),
    "review:other": (permissions.JUDGE, "post"),
    "review:outcomes": (permissions.OUTCOMES, "get"),
    "review:outcomes_csv": (permissions.OUTCOMES, "get"),
    "review:outcomes_svg": (permissions.OUTCOMES, "get"),
    "review:pair": (permissions.JUDGE, "get"),
    "review:pair_history": (permissions.JUDGE, "get"),
    "review:paper": (permissions.DOCUMENTS, "get"),
    "review:paper_add": (permissions.DOCUMENTS, "post"),
    "review:paper_observe": (permissions.DOCUMENTS, "post"),
    "review:papers": (permissions.DOCUMENTS, "get"),
    "review:password": (PERSON, "get"),
    "review:people": (permissions.ACCOUNTS, "get"),
    "review:person_add": (permissions.ACCOUNTS, "post"),
    "review:person_change": (permissions.ACCOUNTS, "post"),
    "review:quality": (permissions.QUALITY, "get"),
    "review:release": (permissions.JUDGE, "post"),
    "review:reopen": (permissions.JUDGE, "post"),
    "review:session_end": (PERSON, "post"),
    "review:sessions": (PERSON, "get"),
    "review:skip": (permissions.JUDGE, "post"),
    "review:weaker": (permissions.JUDGE, "get"),
    "review:look_for_weaker": (permissions.JUDGE, "post"),
    "review:take": (permissions.JUDGE, "post"),
    "review:take_twice": (permissions.JUDGE, "post"),
    "review:transfer": (permissions.TRANSFERS, "get"),
    "review:transfer_decide": (permissions.TRANSFERS, "post"),
    "review:transfer_state": (permissions.TRANSFERS, "post"),
    "review:transfers": (permissions.TRANSFERS, "get"),
    "review:undo": (permissions.JUDGE, "post"),
    "review:webhook_again": (permissions.CONSUMERS_ASK, "post"),
}
"""Who gets in (one of the three above, or rights, of which one is enough), and by which method."""

SENT: dict[str, dict[str, Any]] = {
    "review:change_decide": {"answer": "refuse"},
    "review:consumer_ask": {"name": "registry {serial}", "purpose": "tracing", "basis": "Protocol 7", "rate": "60"},
    "review:consumer_close": {"name": "{consumer}"},
    "review:consumer_decide": {"answer": "refuse"},
    "review:consumer_token": {"name": "{consumer}", "what": "issue"},
    "review:contradiction_settle": {"settlement": "apart", "reason": "siblings"},
    "review:identity_ask": {"kind": "retract", "reason_retract": "slip"},
    "review:identity_find": {"id": "{identity_id}"},
    "review:reopen": {"reason": "slip"},
    "review:webhook_again": {"name": "{consumer}", "from": "1"},
    "review:document": {"purpose": "safety"},
    "review:escalate": {"hand_over": "complex"},
    "review:dispute_settle": {"settlement": "stands"},
    "review:erasure_ask": {"thing": "{fresh_record}", "ground": "unlawful"},
    "review:erasure_decide": {"answer": "refuse"},
    "review:export_ask": {"kind": "candidates", "purpose": "check", "recipient": "an archive"},
    "review:export_decide": {"answer": "refuse"},
    "review:gold_plant": {"candidate": "{fresh}", "answer": "same"},
    "review:group_take": {"candidate": ""},
    "review:language": {"language": "en", "next": "/"},
    "review:limit_reopen": {"user": "{colleague}"},
    "review:paper_observe": {"full_name": "Вигаданенко Зоряна", "purpose": "facts of the child"},
    "review:person_add": {"username": "new{serial}", "role": "verifier"},
    "review:person_change": {"username": "{colleague_name}", "what": "close"},
    "review:transfer_decide": {"answer": "allow"},
    "review:transfer_state": {
        "kind": "institution",
        "origin": "Дитячий будинок № 3, м. Бердянськ",
        "region": "Ростовская область",
        "stated_in": "an order",
        "reason": "signed",
    },
    "review:undo": {"review": "{review}"},
}
"""What has to be sent so that the page does what it is for; `{…}` is filled in from the world."""

PROOF: dict[str, tuple[int, str]] = {
    "review:change_decide": (302, "/identities/"),
    "review:child": (200, "Which records are one child?"),
    "review:contradiction": (200, "Verdicts that cannot all be true"),
    "review:consumer_ask": (302, "/consumers/"),
    "review:consumer_close": (302, "/consumers/"),
    "review:consumer_decide": (302, "/consumers/"),
    "review:consumer_token": (200, "ridni_"),
    "review:consumers": (200, "Case systems"),
    "review:contradiction_settle": (302, "/identities/"),
    "review:dispute_settle": (302, "/identities/"),
    "review:deliveries": (200, "What case systems hold"),
    "review:file_confirm": (302, "/consumers/deliveries/"),
    "review:webhook_again": (302, "/consumers/deliveries/"),
    "review:identity": (200, "One child, all records"),
    "review:identity_ask": (302, "/identities/"),
    "review:identity_find": (302, "/identities/{identity_id}/"),
    "review:identity_print": (200, "printed by"),
    "review:reopen": (302, "/decisions/"),
    "account_inactive": (200, ""),
    "account_login": (302, "/"),  # whoever is signed in goes on
    "account_reauthenticate": (200, ""),
    "casefeed:answer_root": (404, "application/problem+json"),
    "casefeed:answer_unknown": (404, "application/problem+json"),
    "casefeed:api-root": (404, ""),
    "mfa_activate_totp": (302, "/confirm/"),
    "mfa_add_webauthn": (302, "/confirm/"),
    "mfa_authenticate": (302, "/"),
    "mfa_deactivate_totp": (404, ""),  # these persons have no codes
    "mfa_download_recovery_codes": (404, ""),
    "mfa_edit_webauthn": (302, "/confirm/"),
    "mfa_generate_recovery_codes": (302, "/confirm/"),
    "mfa_reauthenticate": (302, "/confirm/"),
    "mfa_reauthenticate_webauthn": (302, "/confirm/"),
    "mfa_remove_webauthn": (302, "/confirm/"),
    "mfa_view_recovery_codes": (404, ""),
    "openid_connect_callback": (404, ""),  # no provider is configured
    "openid_connect_login": (404, ""),
    "review:again": (302, "/pairs/{candidate_id}/"),
    "review:decided": (302, "/"),
    "review:document": (200, "автобусом"),
    "review:escalate": (302, "/"),
    "review:erasure_ask": (302, "/erasures/"),
    "review:erasure_decide": (302, "/erasures/"),
    "review:export_fetch": (200, "text/csv"),
    "review:group_take": (302, "/pairs/"),
    "review:log": (200, "user.added"),
    "review:login": (302, "/"),
    "review:original": (200, "Originals of pair {candidate_id}"),
    "review:other": (302, "/pairs/{other_id}/"),
    "review:outcomes": (200, "Figures without identities"),
    "review:outcomes_csv": (200, "#indicator+value+num"),
    "review:outcomes_svg": (200, "<svg"),
    "review:pair": (200, "м. Маріуполь"),
    "review:paper_add": (422, "Choose the file"),  # test_documents.py sends one
    "review:paper_observe": (200, "child"),
    "review:person_add": (200, "first-password"),
    "review:skip": (302, "/pairs/"),
    "review:look_for_weaker": (302, "/pairs/{candidate_id}/"),
    "review:take": (302, "/pairs/"),
    "review:take_twice": (302, "/pairs/"),
    "review:transfer": (200, "The pairs that gain most"),
    "review:transfer_decide": (302, "/transfers/"),
    "review:transfer_state": (302, "/transfers/"),
    "review:transfers": (200, "Stated by people"),
    "review:undo": (302, "/"),
}
"""What proves that the page did its work: status, and Location, type or words; for all others 200 or 302."""


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    pattern: str
    parameters: tuple[str, ...]


def addresses() -> list[Address]:
    def walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Address]:
        for part in resolver.url_patterns:
            whole = prefix + str(part.pattern)
            if isinstance(part, URLPattern):
                yield Address(space + (part.name or whole), whole, tuple(part.pattern.converters))
            else:
                yield from walk(part, whole, f"{space}{part.namespace}:" if part.namespace else space)

    return list(walk(get_resolver(), "", ""))


ADDRESSES = {address.name: address for address in addresses()}


def test_every_address_has_a_stated_expectation():
    assert set(ADDRESSES) == set(ACCESS)
    assert all(
        right in {PUBLIC, PERSON, TOKEN, ERROR, *permissions.table()}
        for kind, _ in ACCESS.values()
        for right in kind.split()
    )


@pytest.fixture
def world(stock: Any, records: Any, tmp_path: Any) -> dict[str, Any]:
    """Return something real behind every parameter; `stand` puts each person before it."""
    pair, golden = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    meeting = RosterMeeting.objects.create(transfer="0" * 32, institution="1" * 32)
    Candidate.objects.filter(pk=pair.pk).update(meeting=meeting)
    beside = stock.candidate(left=pair.left, meeting=meeting)
    for _ in range(4):
        stock.candidate(meeting=meeting)
    file = tmp_path / "told.txt"
    file.write_text(f"Вона розповіла, що їх везли вночі автобусом. {uuid4()}", encoding="utf-8")
    collected = replace(records.COLLECTED, legal_basis="consent", handling_code="restricted")
    told = testimonies.add(file, "testimony", str(pair.left_id), collected, Actor.operator())
    moved = Transfer.objects.create(
        digest="2" * 32, kind="institution", run=pair.run, found=3, families=3, sources=[], pairs=0, bits=0.0
    )
    return {
        "candidate_id": pair.pk,
        "golden": golden.pk,
        "other_id": beside.pk,
        "meeting_id": meeting.pk,
        "testimony_id": told.pk,
        "provider_id": "team",
        "identity_id": str(stock.judge(stock.candidate(), "same", "same").identity_id),
        "transfer_id": moved.pk,
        "rest": "nowhere",
        "stock": stock,
    }


def stand(world: dict[str, Any], name: str, user: User | None) -> dict[str, Any]:
    """Put a person before what the address is about: they hold the pair, asked for the export, gave the verdict, …"""
    stock, needed = world["stock"], {*ADDRESSES[name].parameters, *re.findall(r"{(\w+)}", str(SENT.get(name, "")))}
    here = world | {"pk": 1, "serial": next(stock.serial)}
    if needed & {"colleague", "colleague_name", "request_id"}:
        colleague = stock.user("data")
        here |= {"colleague": colleague.pk, "colleague_name": colleague.username}
        asked: dict[str, Any] = {"requested_by": colleague}
        if name == "review:export_fetch" and user is not None:
            asked = {"requested_by": user, "allowed": True, "decided_by": colleague, "decided_at": timezone.now()}
        facts = {"kind": "candidates", "purpose": "check", "recipient": "an archive", "requested_at": timezone.now()}
        here["request_id"] = ExportRequest.objects.create(**facts, **asked).pk
    if "consumer" in needed:
        here["consumer"] = stock.consumer(f"system {here['serial']}").name
    if "terms_id" in needed:
        terms = {"purpose": "tracing", "basis": "Protocol 7"}
        here["terms_id"] = consumers.ask(stock.user("admin"), f"system {here['serial']}", **terms).pk
    if "answer_id" in needed:
        identity = stock.judge(stock.candidate(), "same", "same").identity_id
        caller = tokens.authenticate(stock.token(f"system {here['serial']}"))
        here["answer_id"] = answers.answer(caller, identity, "disputed", "k", reason="other").answer.pk
    if "file_id" in needed:
        taker = stock.consumer(f"taker {here['serial']}")
        made = feed_files.enter(stock.user("lead"), taker, "csv", feed_position.current(), "0" * 64, 1, 0)
        here["file_id"] = made.pk
    if "fresh_record" in needed:
        here["fresh_record"] = stock.record().pk
    if "erasure_id" in needed:
        target = targets.named(str(stock.record().pk))
        here["erasure_id"] = requests.ask(stock.user("data"), target, "unlawful").pk
    if "answer_id" in needed and name == "review:lookup_lead":
        asker = user or stock.user("hotline")
        facts = {"asked_by": asker, "asked_at": timezone.now(), "purpose": "relative", "case": "1", "answers": 1}
        told = LookupAnswer.objects.create(lookup=Lookup.objects.create(**facts), record=stock.record())
        here["answer_id"] = told.pk
    if "fresh" in needed:
        here["fresh"] = stock.candidate().pk
    if "item_id" in needed:
        here["item_id"] = gold_items.plant(stock.user("lead"), stock.candidate().pk, "same").pk
    if "review" in needed:
        judged = stock.candidate()
        stock.judge(judged, "same", by=[user if user and permissions.may(user, permissions.JUDGE) else stock.user()])
        here["review"] = Review.objects.get(candidate=judged).pk
    if needed & {"change_id"} or name == "review:identity_ask":
        here["identity_id"] = str(stock.judge(stock.candidate(), "same", "same").identity_id)
    if "change_id" in needed:
        here["change_id"] = changes.ask(stock.user("lead"), "retract", UUID(here["identity_id"]), "slip").pk
    if "statement_id" in needed:
        values = {"institution": "Дитячий будинок № 3, м. Бердянськ", "region": "Ростовская область"}
        said = stated_transfers.read({**values, "stated_in": "an order", "reason": "signed"})
        here["statement_id"] = stated_transfers.state(stock.user("lead"), said).pk
    if "contradiction_id" in needed:
        a, b, c = (stock.record() for _ in range(3))
        for left, right, verdict in ((a, c, "different"), (a, b, "same"), (b, c, "same")):
            stock.judge(stock.candidate(left, right), verdict, verdict)
        here["contradiction_id"] = Contradiction.objects.latest("pk").pk
    if name == "review:reopen":
        decided = stock.candidate()
        judges = [user if user and permissions.may(user, permissions.JUDGE) else stock.user(), stock.user()]
        stock.judge(decided, "different", "different", by=judges)
        return here | {"candidate_id": decided.pk}
    Candidate.objects.filter(reserved_by__isnull=False).update(reserved_by=None, reserved_until=None)
    Candidate.objects.filter(pk=world["candidate_id"]).update(escalated=False, status="open")
    if user is not None and name not in ("review:take", "review:group_take"):
        reservation.reserve(user, Candidate.objects.get(pk=world["candidate_id"]))
    if name == "review:again" and user is not None:
        Candidate.objects.filter(pk=world["candidate_id"]).update(reserved_until=timezone.now() - timedelta(minutes=1))
    return here


def address_of(address: Address, world: dict[str, Any]) -> str:
    path = address.pattern
    for name in address.parameters:
        assert name in world, f"say what stands behind {name}"
        for form in (f"<int:{name}>", f"<str:{name}>", f"<path:{name}>", f"<uuid:{name}>", f"<{name}>"):
            path = path.replace(form, str(world[name]))
    assert "<" not in path
    return f"/{path}"


def expected(name: str, role: str | None) -> str:
    kind, _ = ACCESS[name]
    if kind == PUBLIC:
        return "open"
    if kind in (TOKEN, ERROR):
        return "unauthorised"
    if role is None:
        return "sign in"
    allowed = kind == PERSON or any(role in permissions.table()[right] for right in kind.split())
    return "open" if allowed else "refused"


def found(answer: Any) -> str:
    """Say what an answer is: only one that is neither a refusal nor an error counts as open."""
    if answer.status_code == 302 and answer["Location"].startswith("/login/?next="):
        return "sign in"
    if answer.status_code == 401:
        return "unauthorised"
    if answer.status_code == 403:
        return "refused"
    return "open" if answer.status_code in (200, 302) else f"status {answer.status_code}"


def proven(name: str, answer: Any, world: dict[str, Any]) -> bool:
    """Tell whether an answer shows that the page did what it is for."""
    status, sign = PROOF.get(name, (0, ""))
    if not status:
        return found(answer) == "open"
    words = sign.format(**world)
    text = answer.get("Location", "") + answer.get("Content-Type", "")
    if not answer.streaming and answer.status_code == status != 302:
        text += re.sub(r"<[^>]*>", "", answer.content.decode()) + answer.content.decode()
    return answer.status_code == status and (text.startswith(words) if status == 302 else words in text)


def whole(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


@pytest.mark.parametrize("role", [None, *Role.values])
def test_each_role_gets_in_where_it_may_and_nowhere_else(role, world, sign_in):
    wrong = []
    for name, address in sorted(ADDRESSES.items()):
        client = Client() if role is None else _signed_in(sign_in, role)
        user = None if role is None else User.objects.get(username=f"{role}{_clients[role]}")
        here = stand(world, name, user)
        method, wanted = ACCESS[name][1], expected(name, role)
        sent = {field: value.format(**here) for field, value in SENT.get(name, {}).items()}
        answer = getattr(client, method)(address_of(address, here), sent)
        if wanted == "open" and role is not None and not proven(name, answer, here):
            wrong.append((name, answer.status_code, answer.get("Location", ""), "is not proven"))
        if wanted != "open" and found(answer) != wanted:
            wrong.append((name, answer.status_code, wanted))
        other = "post" if method == "get" else "get"
        other_answer = getattr(client, other)(address_of(address, here), {})
        if wanted in ("sign in", "refused") and other_answer.status_code not in (302, 401, 403, 405):
            wrong.append((name, other, other_answer.status_code))
        if wanted != "open" and any(v in whole(answer) + whole(other_answer) for v in ("Вербиц", "Яременко", "Злата")):
            wrong.append((name, "a name was given"))
    assert not wrong, "\n".join(map(str, wrong))


_clients: dict[str, int] = {}


def _signed_in(sign_in: Any, role: str) -> Client:
    _clients[role] = _clients.get(role, 0) + 1
    return sign_in(f"{role}{_clients[role]}", role)


@pytest.mark.parametrize("role", [None, *Role.values])
def test_no_page_lets_a_script_or_a_foreign_origin_in(role, world, sign_in):
    client = Client() if role is None else _signed_in(sign_in, role)
    for name, address in ADDRESSES.items():
        if ACCESS[name][1] != "get":
            continue
        here = stand(world, name, None if role is None else User.objects.get(username=f"{role}{_clients[role]}"))
        answer = client.get(address_of(address, here))
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy and "http" not in policy
        html = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        if "text/html" not in answer.get("Content-Type", "") or name.startswith("casefeed:"):
            continue
        assert " style=" not in html and "<style" not in html and " on" + "click=" not in html, name
        for tag in html.split("<script")[1:]:
            head = tag.split(">")[0]
            assert "src=" in head or 'type="application/json"' in head, name
        assert "//" not in "".join(part.split('"')[0] for part in html.split('src="')[1:]), name
