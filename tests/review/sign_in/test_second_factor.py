"""Second factors, sessions that end, and signing in through the team's provider; without a browser."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from configs.settings import settings as chosen
from registry.access import accounts
from registry.errors import RegistryError
from registry.models import AuditEntry, Session, User
from review.sign_in import backend, handed_codes

pytestmark = pytest.mark.django_db


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def protect(sign_in: Any, records: Any) -> Any:
    """Make an account with one-time codes and return its client, secret and recovery codes."""

    def make(username: str, role: str = "verifier") -> tuple[Client, str, list[str]]:
        client = sign_in(username, role)
        asked = client.get("/second-factor/codes/add/")
        assert asked["Location"].startswith("/confirm/")
        assert client.post(asked["Location"], {"password": records.PASSWORD}).status_code == 302
        page = client.get("/second-factor/codes/add/")
        secret = page.context["form"].secret
        handed = handed_codes.new_code(username)
        assert client.post("/second-factor/codes/add/", {"code": "000000", "handed_code": handed}).status_code == 200
        done = client.post("/second-factor/codes/add/", {"code": code_of(secret), "handed_code": handed})
        assert done["Location"] == "/second-factor/recovery/"
        codes = client.get("/second-factor/recovery/").context["unused_codes"]
        assert len(codes) == 10
        return client, secret, codes

    return make


def password_step(username: str, password: str, **more: str) -> tuple[Client, Any]:
    client = Client(headers={"accept-language": "en"})
    return client, client.post("/login/", {"username": username, "password": password, **more})


def test_the_password_alone_opens_nothing(protect, records):
    _, secret, _ = protect("maria")
    client, answer = password_step("maria", records.PASSWORD, next="/decisions/")
    assert answer["Location"] == "/login/code/"
    assert client.get("/")["Location"].startswith("/login/?next=")
    assert "authenticator code" in client.get("/login/code/").content.decode()
    assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    done = client.post("/login/code/", {"code": code_of(secret, 1)})
    assert done["Location"] == "/decisions/"
    assert client.get("/").status_code == 200
    entry = AuditEntry.objects.filter(action="login").order_by("-seq").first()
    assert entry.data == {"methods": ["password", "mfa"]}


def test_a_code_is_good_once_and_a_recovery_code_as_well(protect, records):
    _, secret, recovery = protect("maria")
    code = code_of(secret, 1)
    first, _ = password_step("maria", records.PASSWORD)
    assert first.post("/login/code/", {"code": code}).status_code == 302
    second, _ = password_step("maria", records.PASSWORD)
    assert second.post("/login/code/", {"code": code}).status_code == 200
    assert second.post("/login/code/", {"code": recovery[0]}).status_code == 302
    third, _ = password_step("maria", records.PASSWORD)
    assert third.post("/login/code/", {"code": recovery[0]}).status_code == 200


def test_five_wrong_codes_lock_the_account_though_the_password_is_known(protect, records):
    _, secret, recovery = protect("maria")
    for _ in range(5):
        client, answer = password_step("maria", records.PASSWORD)
        assert answer["Location"] == "/login/code/"
        client.post("/login/code/", {"code": "123456"})
    assert User.objects.get(username="maria").locked_until is not None
    assert client.post("/login/code/", {"code": code_of(secret, 1)}).status_code == 200
    assert client.post("/login/code/", {"code": recovery[0]}).status_code == 200
    assert password_step("maria", records.PASSWORD)[1].status_code == 200
    facts = [entry.data for entry in AuditEntry.objects.filter(action="login.failed")]
    assert {"what": "second_factor", "locked": True} in facts


def test_confirming_the_password_counts_failures_too(sign_in, records):
    client = sign_in("maria")
    for _ in range(5):
        assert client.post("/confirm/", {"password": "guess"}).status_code == 200
    assert client.post("/confirm/", {"password": records.PASSWORD}).status_code == 200
    assert client.get("/second-factor/codes/add/")["Location"].startswith("/confirm/")


def test_secrets_of_codes_do_not_stand_in_the_database(protect):
    _, secret, recovery = protect("maria")
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored and not any(code in stored for code in recovery)
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret, 1))


def test_the_administrator_lifts_a_lost_second_factor(protect, sign_in, records):
    protect("maria")
    admin = sign_in("olha", "admin")
    page = admin.get("/accounts/").content.decode()
    assert "Take away the second factor" in page
    answer = admin.post("/accounts/change/", {"username": "maria", "what": "second_factor"})
    assert re.search(r'id="enrolment-code">([A-Z2-9]{4}-){3}[A-Z2-9]{4}<', answer.content.decode())
    assert password_step("maria", records.PASSWORD)[1]["Location"] == "/"
    entry = AuditEntry.objects.get(action="second_factor.removed")
    assert entry.actor == f"user:{User.objects.get(username='olha').pk}"
    assert accounts.remove_second_factors("maria") == 0


def test_where_it_is_required_nobody_sees_anything_without(sign_in, records, monkeypatch):
    monkeypatch.setattr(chosen(), "require_mfa", True)
    client = sign_in("maria")
    for address in ("/", "/decisions/", "/exports/", "/pairs/1/", "/nothing/"):
        assert client.get(address)["Location"] == "/second-factor/"
    assert client.post("/take/")["Location"] == "/second-factor/"
    for address in ("/second-factor/", "/password/"):
        assert client.get(address).status_code == 200
    client.post("/confirm/", {"password": records.PASSWORD})
    secret = client.get("/second-factor/codes/add/").context["form"].secret
    handed = handed_codes.new_code("maria")
    client.post("/second-factor/codes/add/", {"code": code_of(secret), "handed_code": handed})
    assert client.get("/").status_code == 200
    assert client.post("/language/", {"language": "uk"}).status_code == 302


def test_sessions_end_when_idle_and_in_any_case(sign_in, monkeypatch):
    client, now = sign_in("maria"), time.time()
    assert client.get("/").status_code == 200
    clock = {"now": now}
    monkeypatch.setattr("review.sign_in.middleware.time.time", lambda: clock["now"])
    for minutes in range(0, 8 * 60 - 1, 40):
        clock["now"] = now + minutes * 60
        assert client.get("/").status_code == 200, minutes
    clock["now"] = now + 8 * 3600 + 1
    assert client.get("/")["Location"].startswith("/login/")
    clock["now"] = now
    other = sign_in("petro")
    assert other.get("/").status_code == 200
    clock["now"] = now + 46 * 60
    assert other.get("/")["Location"].startswith("/login/")
    clock["now"] = now
    assert other.get("/").status_code == 302  # it does not come back


def test_the_table_of_sessions_gives_nobody_a_session(sign_in):
    client = sign_in("maria")
    key = client.cookies["sessionid"].value
    stored = list(Session.objects.values_list("session_key", flat=True))
    assert stored and key not in stored
    thief = Client()
    for stolen in stored:
        thief.cookies["sessionid"] = stolen
        assert thief.get("/").status_code == 302
    assert client.get("/").status_code == 200
    client.post("/logout/")
    thief.cookies["sessionid"] = key
    assert thief.get("/").status_code == 302
    assert Session.objects.count() <= 1


def test_nobody_signs_up_and_no_lost_password_is_mailed():
    for address in ("/signup/", "/accounts/signup/", "/password/reset/", "/email/", "/accounts/password/reset/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address, {"username": "x", "password1": "y"}).status_code == 404
    assert not User.objects.exists()


def test_people_prove_who_they_are_outside_the_pages_too(protect, records):
    _, secret, _ = protect("maria")
    with pytest.raises(RegistryError):
        backend.authenticated("maria", records.PASSWORD)
    with pytest.raises(RegistryError):
        backend.authenticated("maria", "wrong", code_of(secret, 1))
    assert backend.authenticated("maria", records.PASSWORD, code_of(secret, 1)).username == "maria"
    with pytest.raises(RegistryError):
        backend.authenticated("nobody", records.PASSWORD)


class Provider(BaseHTTPRequestHandler):
    """A small OpenID Connect provider on this machine: discovery, token and userinfo."""

    subject = "subject-1"
    nonce_of: dict[str, str] = {}  # noqa: RUF012

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        if self.path == "/.well-known/openid-configuration":
            names = ("authorization", "token", "userinfo")
            found = {f"{name}_endpoint": f"{self.base}/{name}" for name in names}
            self.answer({**found, "issuer": self.base, "jwks_uri": f"{self.base}/keys"})
        elif self.path == "/userinfo":
            self.answer({"sub": self.subject, "preferred_username": "maria"})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert sent["code"] == ["a-code"] and sent["code_verifier"]
        claims = {"iss": self.base, "aud": "ridni", "sub": self.subject, "exp": time.time() + 60, "iat": time.time()}
        token = jwt.encode(claims, "x" * 32, algorithm="HS256")
        self.answer({"access_token": "an-access-token", "token_type": "Bearer", "id_token": token})

    def answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider(settings: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    app = {"provider_id": "team", "name": "Team", "client_id": "ridni", "secret": "s", "settings": {"server_url": base}}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"], "APPS": [app]}
    }
    yield base
    server.shutdown()


def through(provider: str, client: Client) -> Any:
    """Go to the provider and come back with a code."""
    asked = client.post("/login/by/team/", {"next": "/decisions/"})
    url = urlsplit(asked["Location"])
    assert f"{url.scheme}://{url.netloc}" == provider
    query = parse_qs(url.query)
    assert query["scope"] == ["openid"] and query["code_challenge_method"] == ["S256"]
    return client.get("/login/by/team/back/", {"code": "a-code", "state": query["state"][0]})


def test_a_linked_person_signs_in_through_the_teams_provider(provider, records, monkeypatch):
    monkeypatch.setattr(chosen(), "require_mfa", True)  # the provider's second factor is trusted
    records.person("maria", "verifier", "en")
    accounts.link_provider("maria", "subject-1")
    client = Client()
    assert "Team" in client.get("/login/").content.decode()
    assert through(provider, client)["Location"] == "/decisions/"
    assert client.get("/").status_code == 200
    assert AuditEntry.objects.filter(action="login").last().data == {"methods": ["socialaccount"]}
    accounts.disable("maria")
    assert client.get("/").status_code == 302
    assert through(provider, Client())["Location"] == "/login/closed/"


def test_whoever_is_not_linked_stays_outside(provider, records):
    records.person("maria", "lead", "en")  # of the very name the provider gives, which is no proof
    client = Client(headers={"accept-language": "en"})
    answer = through(provider, client)
    assert answer.status_code == 403 and "No account belongs to this sign-in" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/login/")
    assert User.objects.count() == 1
    accounts.link_provider("maria", "subject-1")
    assert accounts.unlink_provider("maria") and not accounts.unlink_provider("maria")
    assert through(provider, client).status_code == 403
    with pytest.raises(RegistryError):
        accounts.link_provider("maria", " ")
    accounts.link_provider("maria", "subject-1")
    records.person("petro")
    with pytest.raises(RegistryError, match="Another account"):
        accounts.link_provider("petro", "subject-1")


def test_without_a_provider_there_is_no_such_way_in():
    page = Client().get("/login/").content.decode()
    assert "/login/by/" not in page
    assert Client().post("/login/by/team/").status_code == 404


def test_the_page_is_named_as_in_the_menu_in_both_languages(sign_in):
    client = sign_in("maria")
    for language, heading in (("uk", "Двофакторна автентифікація"), ("en", "Two-Factor Authentication")):
        client.post("/language/", {"language": language, "next": "/"})
        html = client.get("/second-factor/").content.decode()
        assert f"<h1>{heading}</h1>" in re.sub(r"\s*(</?h1>)\s*", r"\1", html)
        assert '<a href="/second-factor/" aria-current="page">' in html
    assert 'aria-current="page">Second factor' not in client.get("/").content.decode()
