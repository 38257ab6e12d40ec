"""Setting up and using one-time codes and a security key in a real browser, and the team's pages under axe-core."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from registry.evidence import store
from registry.models import Candidate, Evidence, Testimony
from review.sign_in import handed_codes

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def violations(page: Any) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    lines = [f"{page.url} {r['id']}: {n['html'][:160]}" for r in found["violations"] for n in r["nodes"]]
    if folder := os.environ.get("RIDNI_PICTURES"):
        name = page.url.split("/", 3)[3].split("?")[0].strip("/").replace("/", "-") or "home"
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    return lines


def sign_in(page: Any, username: str, password: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")


def test_codes_recovery_codes_and_a_security_key(desk, records):
    page = desk("maria", language="en", locale="en")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found: list[str] = []

    page.click(".person summary")
    page.click(".own-pages >> text=Second factor")
    found += violations(page)
    page.click("main a[href$='/codes/add/']")
    page.fill("input[type=password]", records.PASSWORD)
    found += violations(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("img.qr")
    secret = page.input_value("#authenticator_secret")
    found += violations(page)
    page.fill("#id_handed_code", handed_codes.new_code("maria"))
    page.fill("#id_code", code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/recovery/")
    recovery = page.input_value("#recovery_codes").split()
    assert len(recovery) == 10
    found += violations(page)

    page.click("text=Sign out")
    sign_in(page, "maria", records.PASSWORD)
    page.wait_for_url("**/login/code/")
    found += violations(page)
    page.fill("#id_code", "000000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_code_error")
    found += violations(page)
    page.fill("#id_code", code_of(secret, 1))
    page.keyboard.press("Enter")
    page.wait_for_selector("#take")

    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})
    origin = page.url.split("/")[2].replace("127.0.0.1", "localhost")
    assert origin.startswith("localhost")  # a security key knows names, not numbers
    page.goto("/second-factor/keys/add/")
    if "/confirm/" in page.url:
        page.fill("#id_code, input[type=password]", code_of(secret, 1) if "code" in page.url else records.PASSWORD)
        page.keyboard.press("Enter")
    page.wait_for_selector("#mfa_webauthn_add")
    page.fill("#id_name", "desk key")
    found += violations(page)
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/keys/add/" not in url)
    page.goto("/second-factor/keys/")
    assert "desk key" in page.content()
    found += violations(page)

    page.click("text=Sign out")
    sign_in(page, "maria", records.PASSWORD)
    page.wait_for_url("**/login/code/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_selector("#take")

    page.click("text=Sign out")
    sign_in(page, "maria", records.PASSWORD)
    page.fill("#id_code", recovery[0])
    page.keyboard.press("Enter")
    page.wait_for_selector("#take")
    assert found == []
    assert complaints == []


@pytest.mark.parametrize(("language", "width"), [("uk", 1280), ("en", 390)])
def test_pages_of_the_team_have_no_violation(desk, records, tmp_path, language, width):
    _pair, golden, *_ = records.store(tmp_path, records.RUSSIFIED, records.CARD, records.POST)
    viewport = {"width": width, "height": 900}
    found: list[str] = []
    for name in ("maria", "petro"):
        judge = desk(name, language=language, viewport=viewport)
        judge.click("#take")
        judge.wait_for_selector("#decision")
        judge.wait_for_load_state("load")  # the keys are listened to once the page's script has run
        judge.keyboard.press("1")
        judge.keyboard.press("Enter")
        judge.keyboard.press("4")
        judge.keyboard.press("Enter")
        judge.wait_for_selector("#kept, #take")
        if judge.query_selector("#release"):  # the next pair came by itself: the lead is to have one
            judge.wait_for_load_state("load")
            judge.keyboard.press("b")
            judge.wait_for_selector("#take")
    lead = desk("iryna", "lead", language=language, viewport=viewport)
    lead.click("#take")
    lead.wait_for_selector("#decision")
    held = Candidate.objects.get(reserved_by__username="iryna")
    file = tmp_path / "told.txt"
    # Bytes of its own: another test damages what it has stored, and equal bytes are one file.
    file.write_text(f"Вона розповіла, що їх везли вночі автобусом. {uuid4()}", encoding="utf-8")
    stored = store.store(file, media_type="text/plain")
    facts = {"kind": "testimony", "handling_code": "restricted", "actor": "tests", "added_at": timezone.now()}
    kept = Evidence.objects.get(sha256=stored.sha256)
    Testimony.objects.create(evidence=kept, record=held.left, **facts)
    lead.reload()
    lead.click(f"a[href$='/pairs/{held.pk}/documents/']")
    found += violations(lead)
    assert "автобусом" not in lead.content()
    lead.select_option("select[name=purpose]", "safety")
    lead.click("section.panel button")
    lead.wait_for_selector(".written-text")
    found += violations(lead)
    lead.goto("/")
    lead.goto(f"/pairs/{held.pk}/")
    lead.wait_for_load_state("load")
    lead.keyboard.press("b")
    lead.wait_for_selector("#take")
    lead.goto("/quality/")
    lead.fill("#candidate", str(golden.pk))
    lead.click("form.card button")
    lead.wait_for_selector("text=/№ /")
    found += violations(lead)
    lead.goto("/exports/")
    lead.fill("#recipient", "Archive")
    lead.click("form.card button")
    lead.wait_for_selector("table")
    found += violations(lead)
    auditor = desk("olha", "auditor", language=language, viewport=viewport)
    for address in ("/log/", "/exports/", "/"):
        auditor.goto(address)
        found += violations(auditor)
    admin = desk("sofia", "admin", language=language, viewport=viewport)
    admin.goto("/accounts/")
    found += violations(admin)
    admin.fill("#username", "nova")
    admin.click("form.card button")
    admin.wait_for_selector("#first-password")
    admin.wait_for_selector("#enrolment-code")
    found += violations(admin)
    admin.goto("/sessions/")
    found += violations(admin)
    assert found == []
