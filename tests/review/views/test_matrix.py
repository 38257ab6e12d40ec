"""Every address × every role × nobody: an address without a stated expectation fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from registry.access import permissions
from registry.models import ExportRequest, Role, RosterMeeting
from review.queue import gold_items

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
    "casefeed:get_identity": (TOKEN, "get"),
    "casefeed:list_events": (TOKEN, "get"),
    "casefeed:list_identities": (TOKEN, "get"),
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
    "review:decided": (permissions.JUDGE, "get"),
    "review:escalate": (permissions.JUDGE, "post"),
    "review:document": (permissions.TESTIMONY, "post"),
    "review:documents": (permissions.JUDGE, "get"),
    "review:export_ask": (permissions.EXPORT_REQUEST, "post"),
    "review:export_decide": (permissions.EXPORT_DECIDE, "post"),
    "review:export_fetch": (permissions.EXPORT_REQUEST, "post"),
    "review:exports": (f"{permissions.EXPORT_REQUEST} {permissions.EXPORT_DECIDE}", "get"),
    "review:filter": (permissions.JUDGE, "post"),
    "review:gold_plant": (permissions.QUALITY, "post"),
    "review:gold_retire": (permissions.QUALITY, "post"),
    "review:group": (permissions.JUDGE, "get"),
    "review:group_leave": (permissions.JUDGE, "post"),
    "review:group_take": (permissions.JUDGE, "post"),
    "review:groups": (permissions.JUDGE, "get"),
    "review:history": (permissions.JUDGE, "get"),
    "review:home": (PERSON, "get"),
    "review:language": (PUBLIC, "post"),
    "review:log": (permissions.AUDIT, "get"),
    "review:limit_reopen": (permissions.QUALITY, "post"),
    "review:limits": (f"{permissions.QUALITY} {permissions.AUDIT}", "get"),
    "review:login": (PUBLIC, "get"),
    "review:logout": (PUBLIC, "post"),
    "review:nothing": (permissions.JUDGE, "get"),
    "review:original": (permissions.JUDGE, "get"),
    "review:other": (permissions.JUDGE, "post"),
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
    "review:session_end": (PERSON, "post"),
    "review:sessions": (PERSON, "get"),
    "review:skip": (permissions.JUDGE, "post"),
    "review:take": (permissions.JUDGE, "post"),
    "review:undo": (permissions.JUDGE, "post"),
}
"""Who gets in (one of the three above, or rights, of which one is enough), and by which method."""

SENT = {"review:export_decide": {"answer": "refuse"}, "review:language": {"language": "en", "next": "/"}}


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
    """Return something behind every parameter: a pair that nobody holds, a gold item, an export request."""
    pair, golden = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    item = gold_items.plant(stock.user("lead"), golden.pk, "same")
    asked = ExportRequest.objects.create(
        kind="identities",
        purpose="check",
        recipient="an archive",
        requested_by=stock.user("data"),
        requested_at=timezone.now(),
    )
    return {
        "candidate_id": pair.pk,
        "other_id": golden.pk,
        "meeting_id": RosterMeeting.objects.create(transfer="0" * 32, institution="1" * 32).pk,
        "item_id": item.pk,
        "request_id": asked.pk,
        "pk": 1,
        "testimony_id": 1,
        "provider_id": "team",
        "identity_id": "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b",
        "rest": "nowhere",
    }


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
    if answer.status_code == 302 and answer["Location"].startswith("/login/?next="):
        return "sign in"
    if answer.status_code == 401:
        return "unauthorised"
    if answer.status_code == 403:
        return "refused"
    assert answer.status_code < 500
    return "open"


@pytest.mark.parametrize("role", [None, *Role.values])
def test_each_role_gets_in_where_it_may_and_nowhere_else(role, world, sign_in):
    wrong = []
    for name, address in sorted(ADDRESSES.items()):
        client = Client() if role is None else _signed_in(sign_in, role)
        method = ACCESS[name][1]
        answer = getattr(client, method)(address_of(address, world), SENT.get(name, {}))
        if found(answer) != expected(name, role):
            wrong.append((name, answer.status_code, expected(name, role)))
        other = "post" if method == "get" else "get"
        other_answer = getattr(client, other)(address_of(address, world), {})
        if expected(name, role) in ("sign in", "refused") and other_answer.status_code not in (302, 401, 403, 405):
            wrong.append((name, other, other_answer.status_code))
        if expected(name, role) != "open":
            text = (answer.content + other_answer.content).decode()
            if any(value in text for value in ("Вербиц", "Яременко", "Злата")):
                wrong.append((name, "a name was given"))
    assert wrong == []


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
        answer = client.get(address_of(address, world))
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
