"""What stands around a pair, where its evidence stands, and how a transfer list meets the reports of an institution."""

import importlib.util
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from registry.errors import ReviewError
from registry.evidence import store
from registry.linkage import record_facts, urgency
from registry.models import AuditEntry, Candidate, Record, RosterMeeting
from review.pair import pair_view, rosters
from review.queue import assignment
from review.queue.filters import QueueFilter
from review.verdicts import decisions

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    path = Path(__file__).parents[1] / "records.py"
    if "review_records" not in sys.modules:
        spec = importlib.util.spec_from_file_location("review_records", path)
        sys.modules["review_records"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["review_records"])
    return sys.modules["review_records"]


@pytest.fixture
def group(scene, tmp_path):
    return scene.store_group(tmp_path)


def test_brothers_and_sisters_are_found_on_both_sides_and_so_is_their_own_pair(group, stock):
    person = stock.user()
    assert assignment.take_next(person) == group["Алексей"]
    view = pair_view.pair(person, group["Алексей"].pk)
    left, right = view.around.siblings
    assert [n.name for n in left] == ["Вербицька Софія Тарасівна"] and right == ()
    assert view.around.rosters[1].total == 4 and len(view.around.rosters[1].nearest) == 3
    assert view.around.rosters[0].total == 3
    (seen_too,) = view.around.sibling_pairs
    assert (seen_too.left.name, seen_too.right.name) == ("Вербицька Софія Тарасівна", "ВЕРБИЦКАЯ София Тарасовна")
    assert (seen_too.candidate_id, seen_too.verified) == (group["София"].pk, False)
    others = {(o.candidate_id, o.state) for o in view.around.others}
    assert others == {(group["other"].pk, "waits")}
    seen = AuditEntry.objects.get(action="candidate.seen")
    assert set(view.around.records) == set(seen.data["around"])


def digests_of(record):
    (known,) = record_facts.read([record.pk])
    return dict(record_facts.groups_of(known))


def test_two_rows_of_one_child_are_no_brothers(stock):
    values = {"surname": "Вигаданенко", "given": "Зоря", "mother": ["Вигаданенко", "Ганна", "Іванівна"]}
    batch = stock.batch()
    one, two = (stock.record(batch=batch, values=values) for _ in range(2))
    brother = stock.record(batch=batch, values={**values, "given": "Гнат"})
    digests = digests_of(one)
    assert digests == digests_of(two)
    assert digests["mother"] == digests_of(brother)["mother"]
    assert digests["self"] != digests_of(brother)["self"]
    assert all("Вигад" not in digest and len(digest) == 32 for digest in digests.values())


def test_a_verified_brother_makes_the_sister_urgent(group, stock):
    sister = group["София"]
    assert sister.urgent_for == ()
    stock.judge(group["Алексей"], "same", "same")
    sister.refresh_from_db()
    assert (sister.urgency, sister.urgent_for) == (1.5, ("sibling_found",))
    group["Мирон"].refresh_from_db()
    assert group["Мирон"].urgency == 1.0
    assert assignment.take_next(stock.user()) == sister
    urgency.refresh()  # the nightly look agrees with what the verdict did
    sister.refresh_from_db()
    assert (sister.urgency, sister.urgent_for) == (1.5, ("sibling_found",))


@pytest.mark.parametrize(
    ("months", "expected"),
    [(-1, ()), (3, ("ages_out",)), (11, ("ages_out",)), (18, ("ages_out_soon",)), (40, ())],
)
def test_coming_of_age_makes_urgent(stock, months, expected):
    today = timezone.localdate()
    month = today.year * 12 + today.month - 1 + months - 18 * 12
    birth = date(month // 12, month % 12 + 1, 15).isoformat()
    record = stock.record(values={"birth": f"{birth}/{birth}"})
    candidate = stock.candidate(left=record, right=stock.record(batch=stock.batch("cards")))
    urgency.refresh()
    candidate.refresh_from_db()
    assert candidate.urgent_for == expected
    assert (candidate.facts.born_from, candidate.facts.born_to) == (int(birth[:4]), int(birth[:4]))


def test_an_open_adoption_card_makes_urgent_until_it_vanishes(stock):
    cards = stock.batch("cards", source_class="adoption_bank")
    card = stock.record(batch=cards)
    candidate = stock.candidate(right=card)
    urgency.refresh()
    candidate.refresh_from_db()
    assert candidate.urgent_for == ("card_open",)
    Record.objects.filter(pk=card.pk).update(vanished=cards)
    urgency.refresh()
    candidate.refresh_from_db()
    assert (candidate.urgent_for, candidate.urgency) == ((), 1.0)


def test_urgent_pairs_come_before_likelier_ones(stock):
    stock.candidate(probability=0.9)
    urgent = stock.candidate(probability=0.5, urgency=2.0)
    assert assignment.take_next(stock.user()) == urgent


def test_filters_choose_by_source_scenario_region_and_age(stock):
    cards = stock.batch("cards", source_class="adoption_bank")
    year = timezone.localdate().year
    child = stock.record(values={"birth": f"{year - 7}-01-01/{year - 7}-12-31", "birthplace": ["gn701822"]})
    wanted = stock.candidate(left=child, right=stock.record(batch=cards), probability=0.3, scenario="card")
    old = stock.record(values={"birth": f"{year - 17}-01-01/{year - 17}-12-31"})
    other = stock.candidate(left=old, right=stock.record(batch=stock.batch("posts")), probability=0.9)
    urgency.refresh()
    found = {
        "source": QueueFilter(source=cards.source_id),
        "scenario": QueueFilter(scenario="card"),
        "region": QueueFilter(region="UA-14"),
        "age": QueueFilter(age="6-11"),
    }
    for chosen in found.values():
        assert assignment.peek(stock.user(), chosen, 5) == [wanted]
    assert assignment.peek(stock.user(), QueueFilter(region="UA-05")) == []
    assert set(assignment.peek(stock.user(), QueueFilter(), 5)) == {wanted, other}
    stock.judge(wanted, "same")
    assert (
        assignment.peek(stock.user(), found["scenario"]) == []
    )  # who gives the second verdict is not told the scenario
    assert assignment.peek(stock.user(), found["region"]) == [wanted]


def test_only_what_stands_beside_can_be_asked_for(group, stock):
    person, far = stock.user(), stock.candidate(probability=0.01)
    with pytest.raises(ReviewError):
        assignment.take(person, group["other"].pk)
    assignment.take_next(person)
    assert assignment.take(person, group["other"].pk).reserved_by == person
    assert Candidate.objects.get(pk=group["Алексей"].pk).reserved_by is None
    with pytest.raises(ReviewError) as refused:
        assignment.take(person, far.pk)
    assert refused.value.code == "not_beside"
    other = stock.user()
    assert assignment.take_next(other) == group["Алексей"]
    with pytest.raises(ReviewError) as refused:
        assignment.take(other, group["other"].pk)
    assert refused.value.code == "taken"
    assert Candidate.objects.get(pk=group["Алексей"].pk).reserved_by == other


def test_a_transfer_list_meets_the_reports_of_an_institution(group, stock):
    meeting = RosterMeeting.objects.get()
    person = stock.user()
    (listed,) = rosters.largest(person, 0.01)
    assert (listed.meeting_id, listed.on_list, listed.in_reports, listed.waiting) == (meeting.pk, 4, 3, 4)
    assert listed.part == "" and "інтернат" in listed.institution  # the sheet may tell where they were taken
    assert rosters.largest(stock.user(sees_location=True), 0.01)[0].part == "Группа 7"
    found = rosters.rows(person, meeting.pk)
    assert [(row.listed.name.split()[0], row.reported.name.split()[0]) for row in found.rows][:2] == [
        ("ВЕРБИЦКИЙ", "Вербицький"),
        ("ВЕРБИЦКАЯ", "Вербицька"),
    ]
    taken = assignment.take(person, found.rows[2].candidate_id, meeting=meeting.pk)
    assert rosters.rows(person, meeting.pk).rows[0].held
    decisions.decide(person, taken.pk, "same", "route_agrees")
    after = rosters.rows(person, meeting.pk)
    assert after.judged == 1 and taken.pk not in {row.candidate_id for row in after.rows}
    assert taken.pk in {row.candidate_id for row in rosters.rows(stock.user(), meeting.pk).rows}


def test_the_original_shows_the_records_own_cells_and_masks_the_rest(group, stock):
    person = stock.user()
    assignment.take_next(person)
    view, (left, right) = pair_view.original(person, group["Алексей"].pk)
    assert (left.state, right.state) == ("sound", "sound") and left.agrees and right.agrees
    (own,) = [line for line in right.lines if line.own]
    assert [piece.text for piece in own.pieces][1:5] == ["ВЕРБИЦКИЙ", "Алексей", "Тарасович", "14.05.2014"]
    assert own.pieces[0].masked  # the running number is no field of the record
    shown = " ".join(piece.text for one in (left, right) for line in one.lines for piece in line.pieces)
    assert "Гай" not in shown and "ГАЙ" not in shown and "София" not in shown and "+380" not in shown
    assert AuditEntry.objects.filter(action="candidate.original_seen").count() == 1
    assert ("B", "Фамилия", "surname") in right.columns

    path = store.path_of(view.left.evidence_sha256)
    path.chmod(0o600)
    with store.open(view.left.evidence_sha256) as file:
        content = file.read()
    path.write_bytes(content.replace("Олексій".encode(), "Олексфй".encode()))
    _, (left, _) = pair_view.original(person, group["Алексей"].pk)
    assert left.state == "changed" and not left.agrees
    path.unlink()
    assert pair_view.pair(person, group["Алексей"].pk).left.evidence_state == "missing"


def test_a_new_version_reopens_what_was_decided(group, stock, scene, tmp_path):
    old = group["Мирон"]
    stock.judge(old, "different", "different")
    name, written, birth, _ = scene.REPORTED[2]
    (tmp_path / "newer.csv").write_text("newer", encoding="utf-8")
    newer = scene._ingest(
        tmp_path / "newer.csv", "family", "text/csv", [scene._reported((name, written, birth, "Гайова Оля"), 4)]
    )
    run = scene.runs.start("link", {"seed": 1})
    scene.candidates.store(run, [scene.NewCandidate(newer[0], old.right_id, 9.0, 0.99, "plain", [])], withdraw=False)
    again = Candidate.objects.get(run=run)
    assert again.reopens == old and old.status == "open"
    person = stock.user()
    lease = timezone.now() + timedelta(minutes=5)
    Candidate.objects.filter(pk=again.pk).update(reserved_by=person, reserved_until=lease)
    assert pair_view.pair(person, again.pk).reopened == pair_view.Reopened(old.pk, "rejected")
    decisions.decide(person, again.pk, "same", "other")
    other = stock.user()
    Candidate.objects.filter(pk=again.pk).update(reserved_by=other, reserved_until=lease)
    blind = pair_view.pair(other, again.pk)
    assert blind.reopened == pair_view.Reopened(old.pk, "")
    assert old.pk not in {pair.candidate_id for pair in blind.around.others}, "how it ended stands nowhere"
