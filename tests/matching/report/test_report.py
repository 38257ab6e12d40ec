"""The page of a run: whole, readable without sight or network, and without a name unless asked for."""

from __future__ import annotations

import html.parser
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from jinja2 import UndefinedError

from matching.calibration import fit
from matching.comparisons.base import is_missing
from matching.evaluation import evaluate, read_truth
from matching.evaluation.thresholds import judged_by_truth
from matching.linker import link
from matching.report import (
    KnownTruth,
    RunFacts,
    Step,
    StepClock,
    render_evaluation,
    render_run,
)
from matching.report.html import number_format
from matching.report.html.charts import round_ticks, round_up, thinned
from matching.report.html.page import Section
from matching.report.html.page import page as whole_page
from matching.report.html.shapes import Drawing, Path, Rect, Text
from matching.report.html.templates import environment
from matching.report.sections.completeness import completeness
from matching.report.sections.found import possible_pairs
from matching.spec import LinkageSpec

SPEC = LinkageSpec.model_validate(
    {
        "version": 1,
        "name": "few",
        "fields": {
            "surname": {"kind": "string"},
            "given": {"kind": "string"},
            "birth": {"kind": "date"},
            "mother": {"kind": "parent"},
            "nobody_knows": {"kind": "string"},
        },
        "blocking": {"rules": [["surname.value"], ["birth.day"], ["given.value", "birth.year"]]},
        "scenarios": {
            "plain": {"prior": 0.6},
            "renamed": {"prior": 0.4, "replaced": ["surname"]},
        },
    }
)
CANARY = "Канаркевич<b>&\"'"
FACTS = RunFacts(
    title="Run 7",
    at="1 Jan 2030",
    manifest={"seed": 3, "spec": "ab" * 32, "store": {"per_record": 5}, "blocking": [{"rule": "elsewhere"}]},
    steps=(Step("blocking", 1.5), Step("scoring", 130.2)),
    peak_mb=321.0,
)


def people(count: int = 120) -> pd.DataFrame:
    """Two lists of the same fictional persons, every tenth of whom bears another surname in the second."""
    rng = np.random.default_rng(5)
    rows = []
    for i in range(count):
        surname, given = f"{CANARY}-s{i % 40}", f"{CANARY}-g{rng.integers(30)}"
        birth = f"20{i % 17 + 1:02d}-{i % 12 + 1:02d}-{i % 28 + 1:02d}"
        mother = (f"{CANARY}-m", "Марія", "Іванівна") if i % 3 else None
        base = {"given": given, "birth": birth, "mother": mother}
        rows.append(
            {**base, "record_id": f"{CANARY}-{i}", "source": "reports", "source_class": "family", "side": "seeking"}
            | {"surname": surname, "key": f"K{i}"}
        )
        rows.append(
            {**base, "record_id": f"{CANARY}+{i}", "source": "cards<i>", "source_class": "other", "side": "found"}
            | {"surname": f"{CANARY}-new{i}" if i % 10 == 0 else surname, "key": f"K{i}"}
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def records():
    return people()


@pytest.fixture(scope="module")
def linkage(records):
    return link(SPEC, records)


@pytest.fixture(scope="module")
def known(records, linkage):
    truth = read_truth(records.assign(person_id=records["key"])[["source", "key", "person_id"]])
    sides = {"reports": "seeking", "cards<i>": "found"}
    judged = judged_by_truth(named(records, linkage), truth, sides)
    return KnownTruth(judged.pairs, judged.true_pairs, 120, "truth.csv"), evaluate(judged.pairs, truth, sides)


def named(records, linkage):
    of = records.set_index("record_id")
    out = linkage.candidates.copy()
    for side in ("left", "right"):
        for column in ("source", "key"):
            out[f"{side}_{column}"] = of.loc[out[side], column].to_numpy()
    return out


class Outline(html.parser.HTMLParser):
    """Reads a page and checks that its elements close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def tags(self, tag):
        return [attributes for name, attributes in self.seen if name == tag]


def test_it_holds_no_name_and_no_record_unless_asked_for(records, linkage, known):
    page = render_run(SPEC, linkage, records, FACTS, truth_known=known[0])
    text = "".join(Outline(page).text)
    for hidden in ("Канаркевич", "Марія", "Іванівна", "K17"):
        assert hidden not in page
    for record in records["record_id"]:
        assert str(record) not in text
    assert not set(re.findall(r"20\d\d-\d\d-\d\d", page)), "no birth date"
    shown = render_run(SPEC, linkage, records, FACTS, with_names=True)
    outline = Outline(shown)
    assert "Канаркевич<b>" in "".join(outline.text)
    assert "<b>&" not in shown, "a name is text, whatever it looks like"
    assert "holds names" in shown and "holds names" not in page


def test_it_is_one_page_that_asks_for_nothing(records, linkage, known):
    for page in (
        render_run(SPEC, linkage, records, FACTS, truth_known=known[0]),
        render_evaluation("Evaluation", "1 Jan 2030", known[1], known[0]),
    ):
        outline = Outline(page)
        assert not outline.tags("script") and not outline.tags("link") and not outline.tags("img")
        assert "http" not in page.replace("http-equiv", "") and "url(" not in page and "@import" not in page
        assert not [a for _, a in outline.seen if any(name.startswith("on") for name in a)]


def test_every_chart_and_table_says_what_it_shows(records, linkage, known):
    outline = Outline(render_run(SPEC, linkage, records, FACTS, truth_known=known[0]))
    plots = [a for a in outline.tags("svg") if a.get("class") == "plot"]
    assert len(plots) >= 6
    assert all(a["role"] == "img" and a["aria-label"] for a in plots)
    assert all(a["aria-hidden"] == "true" for a in outline.tags("svg") if a.get("class") == "bar")
    assert len(outline.tags("caption")) == len(outline.tags("table"))
    ids = [a["id"] for _, a in outline.seen if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in outline.tags("a")} == {f"#{i}" for i in ids}


def test_its_figures_are_those_of_the_run(records, linkage, known):
    text = "".join(Outline(render_run(SPEC, linkage, records, FACTS, truth_known=known[0])).text)
    assert number_format.count(linkage.compared) in text
    assert f"{number_format.count(len(linkage.candidates))}candidates" in text
    assert possible_pairs(records) == 120 * 120
    for rule in linkage.rules:
        assert rule.rule in text
    assert "2\u202fmin 10\u202fs" in text and "321" in text
    assert "ab" * 32 in text and "elsewhere" not in text
    assert "No list knows: nobody knows" in text
    found = completeness(SPEC, records)
    assert found.loc["reports", "mother"] == pytest.approx(2 / 3)
    assert found["nobody_knows"].max() == 0


def test_the_same_run_gives_the_same_page(records, linkage):
    assert render_run(SPEC, linkage, records, FACTS) == render_run(SPEC, linkage, records.sample(frac=1), FACTS)


def test_a_score_is_no_probability_until_it_is_calibrated(records, linkage):
    plain = render_run(SPEC, linkage, records, replace(FACTS, why_not="There are 3 verdicts."))
    text = "".join(Outline(plain).text)
    assert "No. The estimates" in text and "There are 3 verdicts." in text
    assert ", score >0.99" in text
    assert ", probability " not in text
    rng = np.random.default_rng(2)
    chance = rng.uniform(0.01, 0.99, 400)
    frame = pd.DataFrame(
        {"left": range(400), "right": range(400), "probability": chance, "sources": "reports → cards<i>"}
    )
    calibration, worth = fit(frame.assign(same=rng.random(400) < chance), model_digest="a" * 64, seed=1)
    told = replace(linkage, candidates=linkage.candidates.assign(calibrated_probability=0.61))
    page = render_run(SPEC, told, records, replace(FACTS, calibration=calibration, assessment=worth))
    text = "".join(Outline(page).text)
    assert "Yes, where people have looked" in text and ", probability 0.61" in text
    assert f"{worth.after.ece:.3f}" in text


def test_nothing_found_is_a_page_too(records):
    nothing = records[records["side"] == "seeking"]
    page = render_run(SPEC, link(SPEC, nothing), nothing, RunFacts(title="Run 8"))
    assert "There are no candidates." in page and "Nobody took the time." in page


def test_waterfalls_are_of_different_scenarios_and_as_many_as_asked(records, linkage):
    page = render_run(SPEC, linkage, records, FACTS, samples=3)
    titles = re.findall(r"<h3>([^:<]+): [+−0]", page)
    assert len(titles) == 3 and {"plain", "renamed"} <= set(titles)


def test_the_clock_adds_up():
    now = iter([0.0, 1.0, 3.0, 4.0, 9.0, 9.0, 10.0])
    heard = []
    clock = StepClock(lambda *step: heard.append(step), now=lambda: next(now))
    clock("blocking", 0, 1)  # a second of preparing
    clock("blocking", 1, 1)  # two of blocking
    clock("training", 0, 2)  # one more before training is told
    clock("training", 2, 2)  # five of training
    clock("storing candidates", 0, 3)  # at once
    steps = {step.name: step.seconds for step in clock.steps()}
    assert steps == {"preparing": 1.0, "blocking": 3.0, "training": 5.0, "storing candidates": 1.0}
    assert len(heard) == 5


def test_a_known_value_is_what_the_comparison_takes_for_one():
    values = [None, float("nan"), "", (), [], "a", ("b",), 0, 0.0, 7]
    frame = pd.DataFrame({"source": "one", "given": pd.Series(values, dtype=object)})
    assert completeness(SPEC, frame).loc["one", "given"] == np.mean([not is_missing(value) for value in values])


HOSTILE = "<i onclick='x'>\"&"


def test_whatever_stands_in_a_shape_or_a_section_is_text():
    shapes = [
        Rect(0, 1.005, 2, 3.10, HOSTILE, rounded=2, opacity=0.5, title=HOSTILE),
        Path("M0 0", HOSTILE, title=HOSTILE),
        Text(1, 2, HOSTILE, HOSTILE, "middle"),
        Text(1, 2, ((HOSTILE, HOSTILE), (HOSTILE, "")), upwards=True),
    ]
    picture = environment().get_template("charts.html").module.picture
    outline = Outline(drawn := picture(Drawing(10, 20.4, shapes, f"{HOSTILE}: all of it")))
    assert not outline.tags("i") and "<i" not in drawn and "".join(outline.text).count(HOSTILE) == 5
    assert [a["class"] for a in outline.tags("rect") + outline.tags("path")] == [HOSTILE, HOSTILE]
    assert outline.tags("div")[0]["aria-label"] == HOSTILE and outline.tags("svg")[0]["viewbox"] == "0 0 10 20"
    rect = outline.tags("rect")[0]
    assert (rect["height"], rect["rx"], rect["fill-opacity"]) == ("3.1", "2", "0.5")
    assert [a.get("transform") for a in outline.tags("text")] == [None, "translate(1 2) rotate(-90)"]
    whole = Outline(whole_page(HOSTILE, HOSTILE, [Section(HOSTILE, "sections/manifest.html", [(HOSTILE, HOSTILE)])]))
    assert not whole.tags("i") and "".join(whole.text).count(HOSTILE) == 7


def test_a_value_that_nobody_gave_is_an_error_and_no_gap():
    with pytest.raises(UndefinedError):
        whole_page("Run", "", [Section("By scenario", "sections/scores.html", {"scores": ()})])


def test_no_template_lets_a_value_through_unescaped():
    for package in ("matching.report", "pipelines.delivery_report"):
        made = environment(package)
        assert made.autoescape is True
        sources = {name: made.loader.get_source(made, name)[0] for name in made.list_templates()}
        assert "charts.html" in sources
        assert not [name for name, text in sources.items() if re.search(r"\|\s*safe|autoescape|Markup", text)]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 100, (0, 20, 40, 60, 80, 100)), (-4, 26, (0, 5, 10, 15, 20, 25)), (0, 0.5, (0, 0.1, 0.2, 0.3, 0.4, 0.5))],
)
def test_ticks_are_round(low, high, ticks):
    assert round_ticks(low, high) == pytest.approx(ticks)


def test_small_things_of_the_charts():
    assert round_up(537) >= 537 and round_up(0) == 1.0
    assert thinned(3) == [0, 1, 2]
    places = thinned(10_000)
    assert (places[0], places[-1]) == (0, 9_999) and len(places) <= 240
    assert [number_format.share(x) for x in (0, 0.0004, 0.5, 0.9999, 1)] == [
        "0\u202f%",
        "<\u202f0.1\u202f%",
        "50.0\u202f%",
        ">\u202f99.9\u202f%",
        "100\u202f%",
    ]
    assert [number_format.chance(x) for x in (0, 0.001, 0.994, 0.99999, 1)] == [
        "0.00",
        "<0.01",
        "0.99",
        ">0.99",
        "1.00",
    ]
    assert [number_format.rounded(x) for x in (0, 0.0841, 0.0996, 0.63)] == [
        "0\u202f%",
        "8.4\u202f%",
        "10\u202f%",
        "63\u202f%",
    ]
    assert number_format.bits(-3.21) == "−3.2" and number_format.bits(0.01) == "0"
    assert number_format.probability(0.00002) == "2·10⁻⁵"
