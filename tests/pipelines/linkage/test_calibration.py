"""A run in the registry: its report holds no name, verdicts make probabilities, and the same gives the same bytes."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from configs.settings import CONFIGS, settings
from matching.errors import CalibrationError, ModelError
from pipelines.cli.main import app, known
from pipelines.linkage import calibration
from pipelines.linkage import run as linking
from pipelines.linkage.outcome import LinkRequest
from registry.linkage import agreed_verdicts
from registry.models import AuditEntry, Candidate, Record

pytestmark = pytest.mark.django_db

CANARIES = ("Канаркенк", "Вигадан", "Канаркіївк")
GIVEN = ("Олена", "Ірина", "Марія", "Ганна", "Дарина", "Софія", "Надія", "Оксана")


def spec_file() -> Path:
    """Return a spec that stores all pairs: a world as small as this has too few to judge otherwise."""
    return settings().home / "everything.yaml"


def fill(stock, children: int = 140) -> None:
    """Two lists of fictional children; brothers and sisters among them, and half of the second list strangers."""
    rng = random.Random(4)
    reports = stock.batch("reports", side="seeking", source_class="family")
    cards = stock.batch("lists", side="found", source_class="occupation")
    for i in range(children):
        surname = f"Канаркенк{'абвгдежзик'[i // 2 % 10]}{'лмнопрст'[i // 20]}о"
        born = f"201{i % 8}-{i % 12 + 1:02d}-{i % 28 + 1:02d}"
        values = {"surname": surname, "given": GIVEN[i % 8], "patronymic": "Вигаданівна", "sex": "f"}
        values |= {"birth": f"{born}/{born}", "last_place": ["ua-1"]}
        written = {"full_name": surname, "last_place": "Канаркіївка"}
        stock.record(written, batch=reports, key=f"R{i}", values=values)
        if i % 2:
            listed = dict(values)
        else:
            day = f"201{rng.randrange(8)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
            listed = values | {"given": rng.choice(GIVEN), "birth": f"{day}/{day}"}
        if i % 3 == 0:
            listed["surname"] = f"{surname[:-1]}а"
        stock.record(written, batch=cards, key=f"L{i}", values=listed)


@pytest.fixture
def registry(stock, tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    told = (CONFIGS / "linkage" / "children.yaml").read_text(encoding="utf-8")
    assert told.count("\nstore: ") == 1
    spec_file().write_text(told[: told.index("\nstore: ")] + "\n", encoding="utf-8")
    fill(stock)
    yield stock
    settings.cache_clear()


def judge_most(stock, most: int = 160) -> int:
    """Let two people judge most of the likelier candidates, a twentieth of them wrongly; return how many."""
    people = [stock.user("lead"), stock.user("lead")]
    rng = random.Random(9)
    every = Candidate.objects.select_related("left", "right").order_by("-probability", "pk")
    chosen = [candidate for number, candidate in enumerate(every[: most * 10 // 9]) if number % 10]
    for candidate in chosen:
        same = candidate.left.key[1:] == candidate.right.key[1:] and int(candidate.left.key[1:]) % 2 == 1
        said = "same" if same != (rng.random() < 0.05) else "different"
        stock.judge(candidate, said, said, by=people)
    return len(chosen)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.path.iterdir()}


def test_a_report_lies_in_the_folder_of_each_run_and_names_nobody(registry):
    outcome = linking.run(LinkRequest(spec_file()))
    assert outcome.candidates.new > 140
    page = (outcome.folder.path / "report.html").read_text(encoding="utf-8")
    assert oct((outcome.folder.path / "report.html").stat().st_mode)[-3:] == "600"
    for name in CANARIES:
        assert name not in page
    assert "reports" in page and f"Run {outcome.run_id}" in page
    assert "there are 0 pairs on which two people agreed" in page.lower()
    assert not (outcome.folder.path / "report-with-names.html").exists()
    asked = linking.run(LinkRequest(spec_file(), with_names=True))
    assert "Канаркенк" in (asked.folder.path / "report-with-names.html").read_text(encoding="utf-8")
    assert "Канаркенк" not in (asked.folder.path / "report.html").read_text(encoding="utf-8")
    assert AuditEntry.objects.filter(action="report.with_names", object_id=str(asked.run_id)).count() == 1


def test_verdicts_make_probabilities(registry):
    first = linking.run(LinkRequest(spec_file()))
    assert not Candidate.objects.exclude(calibrated_probability=None).exists()
    with pytest.raises(CalibrationError, match="0 pairs on which two people agreed"):
        calibration.recalibrate(None, "auto")
    judge_most(registry)
    made = calibration.recalibrate(None, "auto")
    assert (made.run_id, made.other_models) == (first.run_id, 0)
    assert made.calibration.same > 20 and made.calibration.different > 20
    assert made.assessment.after.log_loss < made.assessment.before.log_loss
    waiting = Candidate.objects.filter(status="open")
    told = dict(waiting.exclude(calibrated_probability=None).values_list("pk", "calibrated_probability"))
    assert len(told) == made.candidates > 0
    again = calibration.recalibrate(first.run_id, "auto")
    assert again.candidates == 0 and again.calibration == made.calibration
    # A run that trains its model finds the verdicts by itself; the same verdicts and scores give the same bytes. The
    # verdicts teach the evidence of other pairs, never the model, and no pair's own score.
    second = linking.run(LinkRequest(spec_file()))
    assert files(second.folder)["model.json"] == files(first.folder)["model.json"]
    assert "calibration.json" in files(second.folder)
    assert b"Yes, where people have looked" in files(second.folder)["report.html"]
    decided = list(csv.DictReader((second.folder.path / "scores_of_judged.csv").open(encoding="utf-8")))
    assert len(decided) == len(list(agreed_verdicts.agreed()))
    assert waiting.exclude(calibrated_probability=None).exists()
    # A run with an earlier model takes its calibration over, and refuses one of another model.
    third = linking.run(LinkRequest(spec_file(), model_run=first.run_id))
    assert files(third.folder)["calibration.json"] == files(first.folder)["calibration.json"]
    # A model that learns from verdicts is another one, and is calibrated anew.
    taught = linking.run(LinkRequest(spec_file(), model_run=first.run_id, learn=True))
    manifest = json.loads(files(taught.folder)["manifest.json"])
    assert manifest["learnt_from_verdicts"] == made.calibration.same
    assert files(taught.folder)["model.json"] != files(first.folder)["model.json"]
    assert json.loads(files(taught.folder)["calibration.json"])["model"] == manifest["model"]
    # What an earlier run scored counts for a later one with its model, and not for one that has learnt.
    (third.folder.path / "scores_of_judged.csv").unlink()
    assert calibration.recalibrate(third.run_id, "auto").calibration.same == made.calibration.same
    text = (first.folder.path / "calibration.json").read_text(encoding="utf-8")
    (first.folder.path / "calibration.json").write_text(text.replace('"model": "', '"model": "0'), encoding="utf-8")
    with pytest.raises(CalibrationError, match="made for another model"):
        linking.run(LinkRequest(spec_file(), model_run=first.run_id))


def test_scores_of_another_model_do_not_count(registry):
    linking.run(LinkRequest(spec_file()))
    judge_most(registry)
    spec = settings().folder("runs").parent / "other.yaml"
    spec.write_text(
        spec_file().read_text(encoding="utf-8").replace("plain: {prior: 0.90", "plain: {prior: 0.80"), encoding="utf-8"
    )
    other = linking.run(LinkRequest(spec))
    (other.folder.path / "scores_of_judged.csv").unlink()
    with pytest.raises(CalibrationError, match="there are 0 pairs"):
        calibration.recalibrate(other.run_id, "auto")
    with pytest.raises(ModelError, match="run 999999 has no model"):
        calibration.recalibrate(999_999, "auto")


def test_the_commands(registry, tmp_path):
    run = CliRunner().invoke
    refused = run(app, ["calibrate"])
    assert "no run has left a model" in str(known(refused.exception))
    linking.run(LinkRequest(spec_file()))
    judged = judge_most(registry)
    shown = run(app, ["calibrate"], env={"COLUMNS": "160"})
    assert shown.exit_code == 0, shown.output
    for words in ("calibrated (platt)", "judged one child", "calibration error", "bits of log-odds"):
        assert words in shown.output
    assert "Choose one of auto, platt, isotonic" in str(known(run(app, ["calibrate", "--method", "spline"]).exception))
    assert run(app, ["candidates", "verdicts", str(tmp_path / "verdicts.csv")]).exit_code == 0
    told = list(csv.DictReader((tmp_path / "verdicts.csv").open(encoding="utf-8")))
    assert {row["verdict"] for row in told} == {"same", "different"} and len(told) == judged
    assert run(app, ["candidates", "export", str(tmp_path / "plain.csv")]).exit_code == 0
    assert run(app, ["candidates", "export", str(tmp_path / "worth.csv"), "--calibrated"]).exit_code == 0
    plain, worth = (list(csv.DictReader((tmp_path / f).open(encoding="utf-8"))) for f in ("plain.csv", "worth.csv"))
    assert list(plain[0])[-1] == "scenario" and list(worth[0])[-1] == "calibrated_probability"
    assert {row["calibrated_probability"] == "" for row in worth} == {True, False}
    truth = tmp_path / "truth.csv"
    keys = Record.objects.values_list("source__slug", "key")
    person = [(source, key, f"p{key[1:]}" if int(key[1:]) % 2 else f"{key}") for source, key in keys]
    truth.write_text("source,key,person_id\n" + "\n".join(map(",".join, person)), encoding="utf-8")
    assert run(app, ["evaluate", str(truth), "--report"]).exit_code == 0
    (page,) = settings().folder("runs").glob("*/evaluation.html")
    text = page.read_text(encoding="utf-8")
    assert "Thresholds that one may choose" in text and "truth.csv" in text
    assert not [name for name in CANARIES if name in text]
