"""Each session proves the second factor itself; sessions are encrypted, seen and ended by their own person."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import signing
from django.test import Client
from django.utils import timezone

from configs.settings import settings as chosen
from registry.access import sessions
from registry.models import AuditEntry, Session, User
from review.sign_in import devices, handed_codes

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def begin(client: Client, password: str) -> str:
    """Confirm the password and return the secret that the page of one-time codes shows."""
    client.post("/confirm/", {"password": password})
    return str(client.get("/second-factor/codes/add/").context["form"].secret)


def enrol(client: Client, username: str, password: str) -> str:
    secret, handed = begin(client, password), handed_codes.new_code(username)
    sent = {"code": code_of(secret), "handed_code": handed.lower().replace("-", " ")}
    assert client.post("/second-factor/codes/add/", sent)["Location"] == "/second-factor/recovery/"
    return secret


def again(username: str, password: str, **headers: str) -> Client:
    client = Client(headers={"accept-language": "en", **headers})
    client.post("/login/", {"username": username, "password": password})
    return client


@pytest.mark.parametrize("required", [True, False])
def test_a_session_older_than_the_factor_opens_nothing(sign_in, records, monkeypatch, required):
    monkeypatch.setattr(chosen(), "require_mfa", required)
    victim = sign_in("maria")
    thief = again("maria", records.PASSWORD)
    early = Session.objects.get(session_key=sessions.digest(thief.cookies["sessionid"].value))
    enrol(victim, "maria", records.PASSWORD)
    assert victim.get("/").status_code == 200
    early.save(force_insert=True)  # even a session that outlived the ending has proved nothing
    for address in ("/", "/decisions/", "/pairs/1/", "/second-factor/", "/second-factor/keys/add/", "/password/"):
        assert thief.get(address)["Location"].startswith("/login/?next="), address
        Session.objects.filter(pk=early.pk).exists() or early.save(force_insert=True)
    assert thief.post("/take/")["Location"].startswith("/login/")
    assert victim.get("/").status_code == 200
    assert AuditEntry.objects.filter(action="session.ended", data__why="enrolment").exists()


def test_whoever_has_only_the_password_enrols_nothing(sign_in, records, monkeypatch):
    monkeypatch.setattr(chosen(), "require_mfa", True)
    thief = sign_in("maria")
    secret = begin(thief, records.PASSWORD)
    for handed in ("", "AAAA-BBBB-CCCC-DDDD", "-" * 19):
        answer = thief.post("/second-factor/codes/add/", {"code": code_of(secret), "handed_code": handed})
        assert answer.status_code == 200
    assert not Authenticator.objects.exists()
    assert thief.get("/")["Location"] == "/second-factor/"
    page = thief.get("/second-factor/keys/add/").content.decode()
    assert 'name="handed_code"' in page


def test_a_handed_code_is_good_once_for_a_day_and_for_its_account(sign_in, records):
    maria, petro = sign_in("maria"), sign_in("petro")
    first, of_petro = handed_codes.new_code("maria"), handed_codes.new_code("petro")
    latest = handed_codes.new_code("maria")
    user = User.objects.get(username="maria")
    assert (
        not handed_codes.fits(user, first) and not handed_codes.fits(user, of_petro) and handed_codes.fits(user, latest)
    )
    stored = list(User.objects.values_list("enrolment_code", flat=True))
    assert latest not in stored and latest.replace("-", "") not in stored
    User.objects.filter(username="maria").update(enrolment_until=timezone.now() - timedelta(seconds=1))
    assert not handed_codes.spend(user, latest)
    newest = handed_codes.new_code("maria")
    assert handed_codes.spend(user, newest) and not handed_codes.spend(user, newest)
    assert User.objects.get(username="maria").enrolment_until is None
    enrol(petro, "petro", records.PASSWORD)
    assert maria.get("/").status_code == 200


def test_five_wrong_handed_codes_lock_the_account(sign_in, records):
    client = sign_in("maria")
    secret, handed = begin(client, records.PASSWORD), handed_codes.new_code("maria")
    for _ in range(5):
        client.post("/second-factor/codes/add/", {"code": code_of(secret), "handed_code": "WRNG-WRNG-WRNG-WRNG"})
    client.post("/second-factor/codes/add/", {"code": code_of(secret), "handed_code": handed})
    assert not Authenticator.objects.exists()


def test_who_has_proved_a_factor_adds_another_without_a_code(sign_in, records):
    client = sign_in("maria")
    enrol(client, "maria", records.PASSWORD)
    page = client.get("/second-factor/keys/add/").content.decode()
    assert 'name="name"' in page and 'name="handed_code"' not in page


def test_taking_a_factor_away_ends_the_sessions_that_proved_it(sign_in, records):
    client = sign_in("maria")
    enrol(client, "maria", records.PASSWORD)
    sign_in("olha", "admin").post("/accounts/change/", {"username": "maria", "what": "second_factor"})
    assert client.get("/")["Location"].startswith("/login/")


def test_no_row_of_a_session_holds_the_secret_while_it_is_set_up(sign_in, records):
    client = sign_in("maria")
    secret = begin(client, records.PASSWORD)
    rows = list(Session.objects.values_list("session_data", flat=True))
    assert rows
    for row in rows:
        signed = signing.loads(row, salt="django.contrib.sessions.SessionStore", serializer=_Bytes)
        assert secret.encode() not in signed and b"_auth_user_id" not in signed and b"mfa" not in signed
    assert client.session["mfa.totp.secret"] == secret


class _Bytes:
    def loads(self, data: bytes) -> bytes:
        return data


def test_people_see_and_end_their_own_sessions_only(sign_in, records):
    maria = sign_in("maria")
    phone = again("maria", records.PASSWORD, **{"user-agent": CHROME})
    office = again("maria", records.PASSWORD, **{"user-agent": FIREFOX})
    petro = sign_in("petro")
    page = maria.get("/sessions/").content.decode()
    assert "Chrome, Android" in page and "Firefox, Windows" in page and "this session" in page
    assert "127.0.0.1" not in page and "Mozilla" not in page and page.count('<th scope="row">') == 3
    numbers = re.findall(r'name="number" value="(\w+)"', page)
    assert len(numbers) == 2
    for number in numbers:
        petro.post("/sessions/end/", {"number": number})
    assert phone.get("/").status_code == 200 and office.get("/").status_code == 200
    number = next(o.number for o in sessions.of_user(User.objects.get(username="maria"), None) if "Android" in o.device)
    maria.post("/sessions/end/", {"number": number})
    assert phone.get("/").status_code == 302 and office.get("/").status_code == 200
    maria.post("/sessions/end/")
    assert office.get("/").status_code == 302 and maria.get("/").status_code == 200
    assert petro.get("/").status_code == 200
    assert AuditEntry.objects.filter(action="session.ended").count() == 2
    assert not Session.objects.filter(device__contains="Mozilla").exists()


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        (FIREFOX.replace("Firefox/128.0", "Chrome/1 Safari/5 Edg/126.0"), "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604", "Safari, iPhone"),
        ("curl/8.0 <script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_two_words(agent: str, expected: str) -> Any:
    assert devices.words(agent) == expected
