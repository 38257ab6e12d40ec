"""The report of a run in a real browser: readable by everybody, in light and dark, wide and narrow, without a network.

`RIDNI_PICTURES=docs pytest tests/e2e/test_report_page.py` renews its pictures in `docs/images`.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.linkage.data import children
from configs.settings import CONFIGS
from matching.calibration import fit
from matching.evaluation import read_truth
from matching.evaluation.thresholds import judged_by_truth, with_keys
from matching.linker import link
from matching.report import KnownTruth, RunFacts, StepClock, render_run
from matching.spec.yaml_file import load_spec

pytestmark = pytest.mark.e2e

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """The page of a run on a small world, with its truth, and a calibration on verdicts that follow it."""
    folder = tmp_path_factory.mktemp("report")
    data = children(folder / "world", 250, cards=1_200)
    spec, records, clock = load_spec(CONFIGS / "linkage" / "children.yaml"), data.normalised, StepClock()
    linkage = link(spec, records, progress=clock)
    judged = judged_by_truth(with_keys(linkage.candidates, records), read_truth(data.truth), data.sides)
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
    return path


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
    assert all(picture.stat().st_size < 300_000 for picture in folder.glob("run-report*.png"))
    context.close()
