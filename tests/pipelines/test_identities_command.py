"""`ridni identities`: what stands, and taking it back by two people; no name is printed."""

from __future__ import annotations

import uuid

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app, known
from registry.access import accounts
from registry.judgements import notes
from registry.models import Identity, IdentityChange, MovedPair

pytestmark = pytest.mark.django_db(transaction=True)


PASSWORD = "тихий-став-біля-греблі"


def person(name):
    return accounts.add(name, PASSWORD, "lead", "en")


@pytest.fixture
def ridni(monkeypatch):
    monkeypatch.setattr("pipelines.cli.startup.database", lambda: None)
    monkeypatch.setenv("RIDNI_PASSWORD", PASSWORD)

    def run(*arguments, fails=False):
        done = CliRunner().invoke(app, ["identities", *map(str, arguments)])
        if fails:
            assert done.exit_code != 0
            return known(done.exception) or str(done.exception)
        assert done.exit_code == 0, done.exception
        assert "Вигаданенко" not in done.output and "01.02.2012" not in done.output
        return done.output

    return run


def test_from_the_list_to_a_split_that_another_person_allowed(ridni, stock):
    a, b, c = (stock.record() for _ in range(3))
    for pair in ((a, b), (b, c)):
        stock.judge(stock.candidate(*pair), "same", "same")
    identity = Identity.objects.get().pk
    olena, petro = person("olena"), person("petro")
    assert str(identity) in ridni("list") and "1 identities stand" in ridni("list")
    shown = ridni("show", identity)
    assert all(str(record.pk) in shown for record in (a, b, c)) and "verified" in shown
    ridni("split", identity, "--row", c.pk, "--as", olena.username, "--reason", "siblings")
    number = IdentityChange.objects.get().pk
    assert str(identity) in ridni("requests")
    assert "Nobody allows their own" in ridni("allow", number, "--as", olena.username, fails=True)
    ridni("allow", number, "--as", petro.username)
    assert set(Identity.objects.get().members.values_list("row_id", flat=True)) == {a.pk, b.pk}
    ridni("retract", identity, "--reason", "slip", "--as", olena.username)
    ridni("refuse", IdentityChange.objects.latest("pk").pk, "--as", petro.username)
    ridni("retract", identity, "--reason", "slip", "--as", olena.username)
    ridni("allow", IdentityChange.objects.latest("pk").pk, "--as", petro.username)
    assert str(identity) not in ridni("list") and str(identity) in ridni("list", "--ended")
    assert "retracted" in ridni("show", identity)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "nonsense"], "36 characters"),
        (["show", str(uuid.uuid4())], "no identity with this id"),
        (["retract", str(uuid.uuid4()), "--reason", "slip"], "unknown"),
        (["merge", str(uuid.uuid4()), "x"], "36 characters"),
        (["split", str(uuid.uuid4()), "--row", "1"], "not in this identity"),
    ],
)
def test_what_is_wrong_is_one_clear_line(ridni, stock, arguments, words):
    more = [] if arguments[0] == "show" else ["--as", person("olena").username]
    assert words in ridni(*arguments, *more, fails=True)


def test_a_note_is_no_argument(ridni, stock, tmp_path):
    a, b = stock.record(), stock.record()
    stock.judge(stock.candidate(a, b), "same", "same")
    asked = ["retract", Identity.objects.get().pk, "--reason", "slip", "--as", person("olena").username]
    refused = ridni(*asked, "--note", "Зоряна", fails=True)
    assert "--note-file" in refused and "Зоряна" not in refused
    (tmp_path / "note.txt").write_text("картка іншого року\n", encoding="utf-8")
    ridni(*asked, "--note-file", tmp_path / "note.txt")
    assert notes.words_of(IdentityChange.objects.get()) == "картка іншого року"


def test_what_a_new_model_sees_otherwise_is_listed_by_number(ridni, stock):
    pair = stock.candidate(weight=7.5, probability=0.9)
    stock.judge(pair, "same", "same")
    MovedPair.objects.create(candidate=pair, run=pair.run, weight=-2.5, probability=0.1, reasons=pair.reasons)
    shown = ridni("moved")
    assert f"{pair.pk}" in shown and "+7.5" in shown and "-2.5" in shown and "sees otherwise: 1." in shown
