"""Guessing ends soon, and no stranger keeps a known person out."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registry.access import guessing
from registry.models import AuditEntry, SignInFailures, User
from review.sign_in import hashing, known_devices

pytestmark = pytest.mark.django_db


def attempt(username: str, password: str, address: str, client: Client | None = None) -> bool:
    """Try to sign in; tells whether it went through."""
    client = client or Client()
    sent = {"username": username, "password": password}
    return bool(client.post("/login/", sent, REMOTE_ADDR=address).status_code == 302)


def test_a_stranger_locks_only_themselves_out_of_a_known_name(records):
    records.person("maria")
    for _ in range(40):
        assert not attempt("maria", "guess", "203.0.113.7")
    assert not attempt("maria", records.PASSWORD, "203.0.113.7")
    assert attempt("maria", records.PASSWORD, "198.51.100.2")
    assert User.objects.get().locked_until is None


def test_the_fifth_guess_closes_and_a_quarter_of_an_hour_opens(records):
    records.person("maria")
    for _ in range(4):
        attempt("maria", "guess", "203.0.113.7")
    assert attempt("maria", records.PASSWORD, "203.0.113.7")  # and forgets the four
    for _ in range(5):
        attempt("maria", "guess", "203.0.113.7")
    assert not attempt("maria", records.PASSWORD, "203.0.113.7")
    SignInFailures.objects.update(closed_until=timezone.now() - timedelta(seconds=1))
    assert attempt("maria", records.PASSWORD, "203.0.113.7")
    assert [e.data["locked"] for e in AuditEntry.objects.filter(action="login.failed")].count(True) == 1


def test_one_address_guesses_few_passwords_whatever_the_names(records):
    for number in range(12):
        records.person(f"person{number}")
    for number in range(12):
        for _ in range(3):
            attempt(f"person{number}", "guess", "203.0.113.7")
    assert AuditEntry.objects.filter(action="login.failed").count() == 30
    assert not attempt("person11", records.PASSWORD, "203.0.113.7")
    assert attempt("person11", records.PASSWORD, "203.0.113.8")


def test_an_address_is_not_another_for_its_last_letters():
    network = guessing.network_of
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") != network("2001:db8:1:3::1")
    assert network("203.0.113.7") != network("203.0.113.8")
    assert network("::ffff:203.0.113.7") == network("203.0.113.7")
    assert network("nonsense") == "nonsense" and network("") == ""


def test_many_addresses_close_a_name_for_new_browsers_but_not_for_those_of_its_person(records):
    records.person("maria")
    own = Client()
    assert attempt("maria", records.PASSWORD, "198.51.100.2", own)
    own.post("/logout/")
    for number in range(25):
        for _ in range(4):
            attempt("maria", "guess", f"203.0.113.{number}")
    assert not attempt("maria", records.PASSWORD, "192.0.2.1")
    assert attempt("maria", records.PASSWORD, "198.51.100.2", own)


def test_a_known_browser_guesses_five_times_too(records):
    records.person("maria")
    own = Client()
    attempt("maria", records.PASSWORD, "198.51.100.2", own)
    own.post("/logout/")
    for number in range(5):
        attempt("maria", "guess", f"198.51.100.{number}", own)
    assert not attempt("maria", records.PASSWORD, "198.51.100.77", own)


def test_a_browser_is_known_to_its_own_accounts_until_the_password_changes(records):
    maria, petro = records.person("maria"), records.person("petro")
    value = known_devices.value_for(maria)
    assert known_devices.knows(value, maria) and not known_devices.knows(value, petro)
    both = known_devices.value_for(petro, value)
    assert known_devices.knows(both, maria) == known_devices.knows(both, petro) == known_devices.knows(value, maria)
    for forged in ("", value[:-1], "x" + value, value.replace(":", "."), "{}"):
        assert not known_devices.knows(forged, maria) and not known_devices.is_ours(forged)
    maria.set_password("інший-став-біля-греблі")
    assert not known_devices.knows(value, maria)
    for number in range(8):
        both = known_devices.value_for(records.person(f"person{number}"), both)
    assert len(both) < 1000


def test_names_and_addresses_are_not_kept(records):
    records.person("maria")
    attempt("maria", "guess", "203.0.113.7")
    stored = repr(list(SignInFailures.objects.values_list()))
    assert SignInFailures.objects.count() == 3
    assert "maria" not in stored and "203.0.113" not in stored


def test_a_lane_has_so_many_places_and_no_more():
    lane, inside, free, refused = hashing.Lane(running=1, waiting=2), threading.Event(), threading.Event(), []

    def hold() -> None:
        try:
            with lane.turn():
                inside.set()
                free.wait(10)
        except hashing.Busy:
            refused.append(1)

    threads = [threading.Thread(target=hold) for _ in range(8)]
    threads[0].start()
    assert inside.wait(5)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        if len(refused) < 5:
            thread.join(0.2)
    assert len(refused) == 5
    free.set()
    for thread in threads:
        thread.join(5)
    with lane.turn():
        pass


def test_whoever_finds_no_place_is_told_at_once_and_known_people_have_a_lane(records, sign_in):
    client = sign_in("maria")
    stranger = Client(headers={"accept-language": "en"})
    with holding(hashing.STRANGERS):
        answer = stranger.post("/login/", {"username": "maria", "password": records.PASSWORD})
        assert answer.status_code == 503 and answer["Retry-After"] == "5"
        assert "Wait some seconds" in answer.content.decode()
        assert client.post("/confirm/", {"password": records.PASSWORD}).status_code == 302
        client.post("/logout/")
        assert client.post("/login/", {"username": "maria", "password": records.PASSWORD}).status_code == 302
    assert stranger.post("/login/", {"username": "maria", "password": records.PASSWORD}).status_code == 302


class holding:
    """Fill all places of a lane."""

    def __init__(self, lane: hashing.Lane) -> None:
        self.lane, self.held = lane, 0

    def __enter__(self) -> None:
        while self.lane._places.acquire(blocking=False):
            self.held += 1
        assert self.held == self.lane.places

    def __exit__(self, *fault: Any) -> None:
        for _ in range(self.held):
            self.lane._places.release()


def test_no_hash_is_made_while_a_transaction_holds_a_lock(records, monkeypatch, transactional_db):
    from django.db import connection

    records.person("maria")
    seen = []
    encode = hashing.BoundedHasher.encode

    def watched(self: Any, *args: Any, **kwargs: Any) -> str:
        seen.append(connection.in_atomic_block)
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(hashing.BoundedHasher, "encode", watched)
    client = Client()
    attempt("maria", records.PASSWORD, "203.0.113.7", client)
    attempt("maria", "guess", "203.0.113.7")
    attempt("nobody", "guess", "203.0.113.7")
    new = "другий-став-біля-греблі"
    client.post("/password/", {"old_password": records.PASSWORD, "new_password1": new, "new_password2": new})
    assert len(seen) >= 5 and not any(seen)
