"""The report of a run in a real browser: readable by everybody, in light and dark, wide and narrow, without a network.

`RIDNI_PICTURES=docs pytest tests/e2e/test_report_page.py` renews its pictures in `docs/images`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.linkage.data import children
from configs.settings import CONFIGS
from matching.calibration import fit
from matching.evaluation import evaluate, read_truth
from matching.evaluation.thresholds import judged_by_truth, with_keys
from matching.linker import link
from matching.report import KnownTruth, RunFacts, StepClock, render_evaluation, render_run
from matching.spec.yaml_file import load_spec
from pipelines.delivery_report.delivery_profile import BOTH, EITHER, LATIN, NONE, RUSSIAN, UKRAINIAN, Figures
from pipelines.delivery_report.measure import Drift, Profile
from pipelines.delivery_report.page import page as page_of_delivery
from pipelines.delivery_report.placeholders import Placeholders
from tests.e2e.pictures import thinned

pytestmark = pytest.mark.e2e

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """The page of a run on a small world, with its truth, and a calibration on verdicts that follow it."""
    folder = tmp_path_factory.mktemp("report")
    data = children(folder / "world", 250, cards=1_200)
    spec, records, clock = load_spec(CONFIGS / "linkage" / "children.yaml"), data.normalised, StepClock()
    linkage = link(spec, records, progress=clock)
    truth = read_truth(data.truth)
    judged = judged_by_truth(with_keys(linkage.candidates, records), truth, data.sides)
    pairs = judged.pairs[judged.pairs["probability"] >= 0.01]
    verdicts = pd.DataFrame(
        {
            "left": pairs["left_source"] + "/" + pairs["left_key"],
            "right": pairs["right_source"] + "/" + pairs["right_key"],
            "sources": pairs["left_source"] + " → " + pairs["right_source"],
            "probability": pairs["probability"],
            "same": pairs["same"] ^ (np.random.default_rng(3).random(len(pairs)) < 0.05),
        }
    )
    calibration, assessment = fit(verdicts, model_digest="a" * 64, seed=1)
    sought = int(records["side"].isin(("seeking", "both")).sum())
    known = KnownTruth(judged.pairs, judged.true_pairs, sought, "the truth of the fictional world")
    manifest = {"code": "0.1.0", "model": "a" * 64, "seed": spec.seed, "spec_name": spec.name}
    facts = RunFacts("Run 12", "23.11.2026 12:00 UTC", manifest, clock.steps(), 345.0, calibration, assessment)
    path = folder / "report.html"
    path.write_text(render_run(spec, linkage, records, facts, truth_known=known), encoding="utf-8")
    figures = evaluate(judged.pairs, truth, data.sides)
    evaluation = render_evaluation("Candidates and known truth", "23.11.2026 12:00 UTC", figures, known)
    (folder / "evaluation.html").write_text(evaluation, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def delivery(tmp_path_factory) -> Path:
    """The page of a delivery that follows another, with something in every section."""
    now = Figures(
        batch_id=2,
        source="cards",
        title="Cards of a camp",
        evidence_sha256="ab" * 32,
        config_sha256="cd" * 32,
        day=date(2026, 4, 3),
        complete=True,
        rows_read=5_120,
        new=400,
        changed=90,
        unchanged=4_300,
        quarantined=300,
        non_data=30,
        vanished=21,
        filled={"full_name": 4_700, "birth_date": 3_000, "sex": 90},
        languages={UKRAINIAN: 1_700, RUSSIAN: 1_500, BOTH: 400, EITHER: 500, LATIN: 400, NONE: 290},
        birth_days={(month, day): month + day for month in range(1, 13) for day in range(1, 29)} | {(1, 1): 400},
        birth_years={year: 3 * (year - 1999) for year in range(2003, 2024)},
        same_person=12,
        reasons={"duplicate_key": 250, "no_name": 50},
        doubts={"birth_placeholder": 300},
    )
    before = replace(now, batch_id=1, day=date(2026, 3, 3), filled={"full_name": 4_700, "birth_date": 4_500})
    placeholders = Placeholders({("birth_date", "first of January"): 400, ("sex", "dash or question mark"): 80})
    drift = (Drift("birth_date", 0.94, 0.63), Drift("letters: Latin", 0.06, 0.08))
    path = tmp_path_factory.mktemp("delivery") / "delivery.html"
    path.write_text(page_of_delivery(Profile(now, before, (before, now), placeholders, drift)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("scheme", "width"), [("light", 1180), ("dark", 390)])
def test_the_other_reports_can_be_read_too(browser, report, delivery, scheme, width):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 1000})
    for path, sections in ((report.with_name("evaluation.html"), 3), (delivery, 6)):
        page, asked, said = context.new_page(), [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert asked == [path.as_uri()] and not said
        assert page.locator("h2").count() == page.locator("nav a").count() == sections
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert not [f"{rule['id']}: {rule['help']} — {rule['nodes'][0]['html'][:160]}" for rule in found]
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1180), ("dark", 390)])
def test_it_can_be_read(browser, report, tmp_path, scheme, width):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 1000})
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    page.locator("summary").last.click()
    assert page.locator("details[open]").count() == 2, "one opens at once, and one by a click"
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert asked == [report.as_uri()] and not said
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert not [f"{rule['id']}: {rule['help']} — {rule['nodes'][0]['html'][:160]}" for rule in found]
    tops = page.locator("h2").evaluate_all("all => all.map(h => h.getBoundingClientRect().width)")
    assert len(tops) == 10 and min(tops) > 100
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A", "the sections are reached by keyboard"
    folder = Path(os.environ.get("RIDNI_PICTURES", tmp_path)) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    if scheme == "light":
        page.reload()
        page.screenshot(path=folder / "run-report.png")
        page.add_style_tag(content="nav { position: static !important }")
        page.locator("section[aria-labelledby=why-pairs-have-their-weight]").screenshot(
            path=folder / "run-report-waterfalls.png"
        )
    pictures = [thinned(picture) for picture in folder.glob("run-report*.png")]
    assert all(picture.stat().st_size < 300_000 for picture in pictures)
    context.close()
