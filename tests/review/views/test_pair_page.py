from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import transaction
from django.utils import timezone

from configs.settings import settings
from registry.models import AuditEntry, Candidate, CandidateStatus, Identity, Review, User
from review.queue import reservation, statements

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def look(client, candidate) -> str:
    assert client.post("/take/")["Location"] == f"/pairs/{candidate.pk}/"
    answer = client.get(f"/pairs/{candidate.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def judge(client, candidate, verdict="same", reason="family_agrees"):
    client.post("/take/")
    return client.post(f"/pairs/{candidate.pk}/", {"verdict": verdict, f"reason_{verdict}": reason}, follow=True)


def shown_text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_waterfall_begins_with_a_random_pair_and_ends_at_the_score(sign_in, russified):
    lists = sorted((russified.left.source.slug, russified.right.source.slug))
    russified.run.counts = {"prior_bits": {"|".join(lists): -12.0}}
    russified.run.save()
    odds = russified.weight - 12.0
    share = 0.5
    Candidate.objects.filter(pk=russified.pk).update(probability=share)
    text = shown_text(look(sign_in("maria"), russified))
    assert "Two records at random −12.0 bitsof all pairs of these two lists, about one in 4,100 is one child" in text
    assert f"Rivals −{odds:.1f} bits" in text
    assert "Together 0The model's score: 50 of 100" in text.replace("&#x27;", "'")


def test_both_records_stand_side_by_side_with_their_evidence(sign_in, russified):
    html = look(sign_in("maria"), russified)
    text = shown_text(html)
    for part in (
        "Вербицький Олексій Тарасович",
        "Verbytskyi Oleksii Tarasovych",
        "ВЕРБИЦКИЙ",
        "VERBITSKII",
        "12.05.2014",
        "14.05.2014",
        "letters read as digits",
        "sheet …, row 14",
        "B318",
        "26.05.2022",
        "09.03.2024",
        "lists of the occupation side",
        "two independent sources",
        "One list seems to write the name in Russian.",
        russified.left.evidence.sha256,
    ):
        assert part in text, part
    assert "Олекс<mark>і</mark>й" in html.replace("<mark>О</mark>", "О")
    assert "+380" not in text


def test_weights_add_up_to_the_total_and_are_drawn(sign_in, russified):
    text = shown_text(html := look(sign_in("maria"), russified))
    for bits in ("+8.4 bits", "+5.2 bits", "+1.9 bits", "−2.3 bits", "+20.9 bits"):
        assert bits in text
    assert html.count('<svg class="bar"') == 7
    assert not re.search(r'(x|width|x1|x2)="[^"]*,', html)
    assert "score: 97 of 100, not yet held against verdicts" in text


def test_a_score_is_a_probability_only_by_verdicts(sign_in, russified):
    type(russified).objects.filter(pk=russified.pk).update(calibrated_probability=0.884)
    text = shown_text(look(sign_in("maria"), russified))
    assert "Probability by people" in text and "verdicts: 88 %." in text
    assert "97 of 100" not in text


def test_fields_of_one_record_alone_stand_apart_without_a_weight(sign_in, russified):
    html = look(sign_in("maria"), russified)
    _, apart = html.split("Known to one record only", 1)
    assert "Place of birth" in apart and "Verbytska Olena Ihorivna" in apart
    assert "bits" not in apart.split("Where it is written")[0]


def test_a_field_that_another_subsumes_is_not_called_missing(sign_in, russified):
    html = look(sign_in("maria"), russified)
    row = html.split(">Sex</th>")[1].split("</tr>")[0]
    assert row.count("boy") == 2 and "unknown" not in row and ">м<" not in row


def test_numbers_are_written_as_each_language_does(sign_in, russified):
    html = look(sign_in("maria", language="uk"), russified)
    assert "+8,4 біта" in html and "Бал моделі: 97 зі 100;" in html
    assert not re.search(r'(x|width|x1|x2)="[^"]*,', html)


def test_an_unknown_code_is_shown_as_stored_and_marked_as_english(sign_in, records, tmp_path):
    (card,) = records.store(tmp_path, records.CARD)
    html = look(sign_in("maria", language="uk"), card)
    assert '<span class="reason" lang="en">a sentence that no table knows</span>' in html
    assert "вік: 7" in html and "09.03.2016 – 08.03.2017" in html and "обчислено за віком" in html


def test_the_words_of_a_post_stand_in_full_at_the_top_and_never_become_markup(sign_in, records, tmp_path):
    """Where a post is the record its words are all there is, and public; what families told stays folded."""
    post, card = records.store(tmp_path, records.POST, records.CARD)
    client = sign_in("maria")
    told = look(client, card)
    assert re.search(r"<summary>Show the text</summary><div [^>]*>Говорить тихо", told)
    client.post(f"/pairs/{card.pk}/skip/")
    html = look(client, post)
    words = html.split('<tr role="row" class="words">')[1].split("</tr>")[0]
    assert "<details>" not in words and "запитує про сестру" in words
    assert html.index("запитує про сестру") < html.index(">Full name</th>")
    assert "&lt;b&gt;щодня&lt;/b&gt;" in html
    assert "message 90210" in html and "the publisher has changed the names on purpose" in html


def test_the_page_is_light_and_closed(sign_in, russified):
    client = sign_in("maria")
    html = look(client, russified)
    answer = client.get(f"/pairs/{russified.pk}/")
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    sizes = [len(html.encode())]
    for file in set(files):
        found = finders.find(file.removeprefix("/static/"))
        assert found, file
        sizes.append(Path(found).stat().st_size)
    assert sum(sizes) < 150_000
    assert not INLINE.search(html)
    assert not re.search(r"https?://|//[a-z]", html)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert title is not None and title[1].strip() == f"Pair {russified.pk} — Ridni"


def test_two_who_agree_make_an_identity(sign_in, russified):
    first = judge(sign_in("maria"), russified).content.decode()
    assert "a second person will judge the pair" in first
    second = judge(sign_in("petro"), russified).content.decode()
    assert "the identity is verified" in second
    assert Identity.objects.count() == 1


def test_the_second_page_is_the_same_whatever_the_first_person_said(sign_in, russified):
    maria, petro = sign_in("maria"), sign_in("petro")
    pages = []
    for verdict, reason in (("same", "family_agrees"), ("different", "sibling"), ("cannot_tell", "other")):
        mark = transaction.savepoint()
        judge(maria, russified, verdict, reason)
        html = look(petro, russified)
        pages.append(re.sub(r'name="(?:csrfmiddlewaretoken|who)" value="[^"]+"|yours until [\d:]+', "", html))
        transaction.savepoint_rollback(mark)
    assert pages[0] == pages[1] == pages[2]
    assert "second look" in pages[0]
    text = shown_text(pages[0])
    for hidden in ("bits", "97 of 100", "score:", "Probability", "in Russian.", "Scenario", "scenario", "Together"):
        assert hidden not in text, hidden
    assert 'class="bar"' not in pages[0] and 'class="bits"' not in pages[0]


def test_the_order_of_a_blind_pair_is_drawn_by_lot_and_stays(sign_in, russified):
    judge(sign_in("maria"), russified)
    orders = set()
    for number in range(12):
        client = sign_in(f"person{number}")
        html = look(client, russified)
        order = html.index("Звернення родин") < html.index("Списки переміщених")
        assert (html.index("Звернення родин") < html.index("Списки переміщених")) is order
        orders.add(order)
        client.post(f"/pairs/{russified.pk}/release/")
    assert orders == {True, False}


def test_a_third_person_sees_both_verdicts_and_reasons(sign_in, russified):
    judge(sign_in("maria"), russified, "same", "route_agrees")
    disputed = judge(sign_in("petro"), russified, "different", "birth_conflict")
    assert "third person" in disputed.content.decode()
    assert sign_in("iryna").post("/take/")["Location"] == "/nothing/"
    lead = sign_in("oksana", "adjudicator")
    assert lead.get("/").context["day"].disputed == 1
    text = shown_text(look(lead, russified))
    for part in ("third look", "One and the same child", "places, institution and dates fit", "dates of birth or ages"):
        assert part in text
    assert "maria" not in text and "petro" not in text
    done = judge(lead, russified, "same", "name_and_birth")
    assert "the identity is verified" in done.content.decode()


@pytest.mark.parametrize(
    ("sent", "message", "kept"),
    [
        ({}, "Choose a verdict first.", ""),
        ({"verdict": "perhaps"}, "Choose a verdict first.", ""),
        ({"verdict": "same"}, "Choose the reason, too.", "same"),
        ({"verdict": "same", "reason_different": "sibling"}, "Choose the reason, too.", "same"),
        ({"verdict": "same", "reason_same": "sibling"}, "Choose the reason, too.", "same"),
    ],
)
def test_an_incomplete_form_is_given_back_with_what_was_chosen(sign_in, russified, sent, message, kept):
    client = sign_in("maria")
    client.post("/take/")
    answer = client.post(f"/pairs/{russified.pk}/", sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert message in html
    assert re.findall(r'name="verdict" value="(\w+)"[^>]* checked', html) == ([kept] if kept else [])
    assert not Review.objects.exists()


def test_skip_gives_another_pair_and_release_gives_none(sign_in, records, tmp_path):
    first, second = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    client = sign_in("maria")
    look(client, first)
    assert client.post(f"/pairs/{first.pk}/skip/")["Location"] == f"/pairs/{second.pk}/"
    assert client.post(f"/pairs/{second.pk}/release/")["Location"] == "/"
    assert Candidate.objects.filter(reserved_by__isnull=False).count() == 0
    assert client.post(f"/pairs/{first.pk}/skip/").status_code == 409


def expire(candidate) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(reserved_until=timezone.now() - timedelta(minutes=1))


def test_a_reservation_that_ran_out_is_taken_again_with_what_was_chosen(sign_in, russified):
    client = sign_in("maria")
    look(client, russified)
    expire(russified)
    half = {"verdict": "same", "note": "ask the school"}
    answer = client.post(f"/pairs/{russified.pk}/", half)
    assert answer.status_code == 409
    assert "Your choice is remembered: One and the same child" in answer.content.decode()
    again = client.post(f"/pairs/{russified.pk}/again/", follow=True)
    assert again.redirect_chain == [(f"/pairs/{russified.pk}/", 302)]
    html = again.content.decode()
    assert re.search(r'value="same" id="verdict-same" required checked', html)
    assert "ask the school</textarea>" in html


def test_a_verdict_that_comes_late_still_counts_while_nobody_else_took_the_pair(sign_in, russified):
    client = sign_in("maria")
    look(client, russified)
    expire(russified)
    client.post(f"/pairs/{russified.pk}/", {"verdict": "same", "reason_same": "route_agrees"})
    assert Review.objects.get().verdict == "same"


def test_a_pair_that_went_to_somebody_else_is_not_judged_twice(sign_in, russified):
    late, other = sign_in("maria"), sign_in("petro")
    look(late, russified)
    expire(russified)
    look(other, russified)
    answer = late.post(f"/pairs/{russified.pk}/", {"verdict": "same", "reason_same": "route_agrees"})
    assert answer.status_code == 409
    assert "in other hands" in answer.content.decode()
    assert "Вербиц" not in answer.content.decode()
    assert not Review.objects.exists()


def test_a_session_that_ends_while_deciding_loses_nothing(sign_in, russified, records):
    client = sign_in("maria")
    (who,) = re.findall(r'name="who" value="([^"]+)"', look(client, russified))
    client.logout()
    sent = {"verdict": "different", "reason_different": "sibling", "note": "the elder one", "who": who}
    stopped = client.post(f"/pairs/{russified.pk}/", sent)
    assert "sibling" not in stopped["Location"]
    (way_back,) = parse_qs(urlsplit(stopped["Location"]).query)["next"]
    fields = {"username": "maria", "password": records.PASSWORD, "next": way_back}
    back = client.post(stopped["Location"], fields, follow=True)
    html = back.content.decode()
    assert re.search(r'id="verdict-different" required checked', html)
    assert re.search(r'id="reason-different-sibling" checked', html)
    assert "the elder one</textarea>" in html


def test_what_one_person_had_chosen_is_not_shown_to_the_next_on_the_same_machine(sign_in, russified, records):
    client = sign_in("maria")
    (who,) = re.findall(r'name="who" value="([^"]+)"', look(client, russified))
    client.logout()
    client.post(f"/pairs/{russified.pk}/", {"verdict": "different", "note": "the elder one", "who": who})
    reservation.release(User.objects.get(username="maria"), russified.pk)
    records.person("petro")
    client.post("/login/", {"username": "petro", "password": records.PASSWORD})
    html = look(client, russified)
    assert "the elder one" not in html and "checked>" not in html.split("keys-on")[0]


def test_a_pair_nobody_gave_you_stays_closed(sign_in, russified):
    answer = sign_in("maria").get(f"/pairs/{russified.pk}/")
    assert answer.status_code == 409
    assert "Вербиц" not in answer.content.decode()


def test_a_person_cannot_judge_twice(sign_in, russified):
    client = sign_in("maria")
    judge(client, russified)
    user = User.objects.get(username="maria")
    Candidate.objects.filter(pk=russified.pk).update(
        reserved_by=user, reserved_until=timezone.now() + timedelta(minutes=5)
    )
    answer = client.post(f"/pairs/{russified.pk}/", {"verdict": "same", "reason_same": "other"})
    assert answer.status_code == 409
    assert "You have judged this pair already" in answer.content.decode()
    assert Candidate.objects.get(pk=russified.pk).status == CandidateStatus.SECOND


def test_every_look_is_logged_by_the_registry(sign_in, russified):
    look(sign_in("maria"), russified)
    assert AuditEntry.objects.filter(action="candidate.seen", object_id=str(russified.pk)).count() == 1


def test_a_pair_that_one_does_not_hold_is_told_as_it_is(sign_in, records, tmp_path):
    """Nobody hears that a verdict was lost which was kept, and a number alone opens nothing."""
    first, second = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    maria = sign_in("maria")
    judge(maria, first)
    kept = maria.get(f"/pairs/{first.pk}/")
    assert kept.status_code == 409 and "Your verdict is kept" in shown_text(kept.content.decode())
    again = maria.post(f"/pairs/{first.pk}/", {"verdict": "different", "reason_different": "sibling"})
    assert "not kept: Different children." in shown_text(again.content.decode())
    maria.post("/take/")
    maria.post(f"/pairs/{second.pk}/release/")
    assert "You have given this pair back" in maria.get(f"/pairs/{second.pk}/").content.decode()
    stranger = sign_in("petro")
    assert {stranger.get(f"/pairs/{number}/").status_code for number in (first.pk, second.pk, 999_999)} == {409}
    assert "This pair is not before you" in stranger.get("/pairs/999999/").content.decode()


def test_a_third_verdict_comes_back_to_whoever_gave_it_and_is_told_so(sign_in, russified):
    judge(sign_in("maria"), russified, "same", "family_agrees")
    judge(sign_in("petro"), russified, "different", "sibling")
    iryna = sign_in("iryna", "adjudicator")
    said = shown_text(judge(iryna, russified, "different", "sibling").content.decode())
    assert "The pair becomes yours again" in said and "another person will judge the pair" not in said
    form = {"review": Review.objects.latest("pk").pk}
    assert iryna.post("/undo/", form)["Location"] == f"/pairs/{russified.pk}/"


def test_the_name_stands_once_with_what_is_said_of_its_parts(sign_in, russified):
    html = look(sign_in("maria"), russified)
    (row,) = re.findall(r'<tr role="row" class="name">.*?</tr>', html, re.DOTALL)
    assert html.count(">Surname</th>") == 0
    said = shown_text(row)
    assert [said.count(part) for part in ("Surname", "Given name", "Patronymic")] == [1, 1, 1]
    for bits in ("+8.4 bits", "+4.1 bits", "+5.2 bits"):
        assert bits in said
    assert "ВЕРБИЦКИЙ Алексей Тарасович" in said and "VERBITSKII Aleksei Tarasovich" in said


def test_three_chips_say_what_decides(sign_in, records, tmp_path):
    pairs = records.store_group(tmp_path)
    html = look(sign_in("maria"), pairs["Алексей"])
    chips = re.findall(r'<li class="chip (\w+)">(.*?)</li>', html)
    assert [(tone, shown_text(words)) for tone, words in chips] == [
        ("good", "two independent sources"),
        ("warn", "1 other pair of these records"),
        ("good", "1 brother or sister seen on both sides"),
    ]


def test_one_key_gives_verdict_and_reason_and_the_next_pair_comes_by_itself(sign_in, records, tmp_path):
    first, second = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    client = sign_in("maria")
    html = look(client, first)
    assert re.search(r'form="quick" name="quick" value="same"', html)
    answer = client.post(f"/pairs/{first.pk}/", {"quick": "same"})
    assert answer["Location"] == f"/pairs/{second.pk}/"
    given = Review.objects.get(candidate=first)
    assert (given.verdict, given.reason) == ("same", "name_and_birth")
    page = shown_text(client.get(f"/pairs/{second.pk}/").content.decode())
    assert f"Pair {first.pk} is kept: One and the same child — name and date of birth agree." in page
    assert "second person" not in page, "what it led to is not told"
    assert "is kept:" not in client.get(f"/pairs/{second.pk}/").content.decode()
    back = client.post("/undo/", {"review": given.pk})
    assert back["Location"] == f"/pairs/{first.pk}/"
    assert Candidate.objects.get(pk=second.pk).reserved_by is None
    assert re.search(r'value="same" id="verdict-same" required checked', client.get(back["Location"]).content.decode())


def test_nobody_is_given_a_pair_in_the_seconds_in_which_its_verdict_is_taken_back(sign_in, russified, monkeypatch):
    monkeypatch.setattr(settings(), "undo_seconds", 3600)
    monkeypatch.setattr(statements, "GRACE", 3600)
    judge(sign_in("maria"), russified)
    petro = sign_in("petro")
    assert petro.post("/take/")["Location"] == "/nothing/"
    monkeypatch.setattr(statements, "GRACE", 0)
    assert petro.post("/take/")["Location"] == f"/pairs/{russified.pk}/"


def test_a_key_that_is_asked_of_nobody_gives_no_verdict(sign_in, russified):
    client = sign_in("maria")
    look(client, russified)
    for quick in ("cannot_tell", "twice", "certain"):
        assert client.post(f"/pairs/{russified.pk}/", {"quick": quick}).status_code == 422
    assert not Review.objects.exists()
