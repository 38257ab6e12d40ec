"""The queue "listed twice?": beside the queue of children, with a page and a verdict that find nobody."""

from dataclasses import replace

import pytest
from django.urls import reverse

from registry.models import Candidate, Identity, Source
from review.queue import workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(records, tmp_path):
    """Two rows of one list, and a pair in which a child may be found."""
    one_list = replace(records.RUSSIFIED, left=replace(records.RUSSIFIED.left, source="transfers"))
    found, pair = records.store(tmp_path, records.RUSSIFIED, one_list)
    Candidate.objects.filter(pk=pair.pk).update(listed_twice=True)
    pair.refresh_from_db()
    return found, pair


def test_the_queue_of_children_never_gives_it_and_the_other_gives_nothing_else(sign_in, twice):
    found, pair = twice
    client = sign_in("maria")
    page = client.get("/").content.decode()
    assert "1 pair of rows may list one child twice" in page
    assert client.post("/take/")["Location"] == reverse("review:pair", args=[found.pk])
    client.post(reverse("review:release", args=[found.pk]))
    assert client.post("/take/listed-twice/")["Location"] == reverse("review:pair", args=[pair.pk])
    client.post(reverse("review:release", args=[pair.pk]))
    page = client.get("/").content.decode()
    assert "You are working through rows that may list one child twice" in page
    assert client.post("/take/")["Location"] == reverse("review:pair", args=[pair.pk]), "until the person goes back"
    client.post(reverse("review:release", args=[pair.pk]))
    client.post("/groups/leave/")
    assert client.post("/take/")["Location"] == reverse("review:pair", args=[found.pk])


def test_a_wish_for_certain_pairs_keeps_to_the_queue(sign_in, twice):
    _, pair = twice
    client = sign_in("maria")
    client.post("/take/listed-twice/")
    client.post(reverse("review:release", args=[pair.pk]))
    client.post("/filter/", {"source": str(Source.objects.get(slug="transfers").pk)})
    assert client.post("/take/")["Location"] == reverse("review:pair", args=[pair.pk])
    client.post(reverse("review:release", args=[pair.pk]))
    client.post("/filter/", {"source": str(Source.objects.get(slug="family").pk)})
    assert client.post("/take/")["Location"] == reverse("review:nothing")


@pytest.mark.parametrize(
    ("each_once", "said"),
    [(False, "the list has it twice: no child is found by that"), (True, "goes to a third person before anything")],
)
@pytest.mark.usefixtures("twice")
def test_the_page_says_what_the_pair_is(sign_in, each_once, said):
    Source.objects.filter(slug="transfers").update(one_row_per_child=each_once)
    client = sign_in("maria")
    page = client.post("/take/listed-twice/", follow=True).content.decode()
    assert "<h1>Listed twice?</h1>" in page and said in page
    assert "One child, listed twice" in page and "Another person" in page and "Cannot tell" in page
    assert "One and the same child" not in page and 'value="same"' not in page


def test_rows_of_two_lists_say_so_in_ukrainian_too(sign_in, records, tmp_path):
    lists = replace(records.RUSSIFIED, left=replace(records.RUSSIFIED.left, source="posts"))
    (pair,) = records.store(tmp_path, lists)
    Candidate.objects.filter(pk=pair.pk).update(listed_twice=True)
    page = sign_in("oksana", language="uk").post("/take/listed-twice/", follow=True).content.decode()
    assert "<h1>Записано двічі?</h1>" in page and "за жодним із них дитину не шукають" in page


def test_two_people_say_it_and_nobody_is_found(sign_in, twice):
    _, pair = twice
    answers = []
    for name in ("maria", "oksana"):
        client = sign_in(name)
        client.post("/take/listed-twice/")
        choice = {"verdict": "twice", "reason_twice": "copied"}
        answers.append(client.post(reverse("review:pair", args=[pair.pk]), choice, follow=True).content.decode())
    assert "a second person will judge the pair" in answers[0]
    assert "Two people agree that one child is listed twice" in answers[1]
    pair.refresh_from_db()
    assert pair.status == "twice" and not Identity.objects.exists()
    assert "One child, listed twice" in client.get(reverse("review:history")).content.decode()


def test_the_verdict_of_a_found_child_is_not_taken_there(sign_in, twice):
    found, pair = twice
    client = sign_in("maria")
    client.post("/take/listed-twice/")
    answer = client.post(reverse("review:pair", args=[pair.pk]), {"verdict": "same", "reason_same": "other"})
    assert answer.status_code == 422 and not pair.reviews.exists()
    client.post(reverse("review:release", args=[pair.pk]))
    client.post("/groups/leave/")
    client.post("/take/")
    answer = client.post(reverse("review:pair", args=[found.pk]), {"verdict": "twice", "reason_twice": "other"})
    assert answer.status_code == 422 and not found.reviews.exists()


def test_what_waits_is_counted_apart(sign_in, twice, records):
    _, pair = twice
    person = records.person("olha", "lead", "en")
    day = workload.day(person)
    assert (day.first, day.second, day.listed_twice) == (1, 0, 1)
    client = sign_in("maria")
    client.post("/take/listed-twice/")
    client.post(reverse("review:pair", args=[pair.pk]), {"verdict": "cannot_tell", "reason_cannot_tell": "other"})
    day = workload.day(person)
    assert (day.first, day.second, day.listed_twice) == (1, 0, 1)


def test_the_whole_child_is_judged_without_it(sign_in, twice):
    _, pair = twice
    client = sign_in("maria")
    client.post("/take/listed-twice/")
    assert client.get(reverse("review:child", args=[pair.pk])).status_code != 200
