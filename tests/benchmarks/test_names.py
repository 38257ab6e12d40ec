"""The benchmark of names: its data, its figures, the order of matchers on a small sample, and its report."""

from __future__ import annotations

import re

import numpy as np
import pytest

from benchmarks.__main__ import found
from benchmarks.__main__ import main as run_all
from benchmarks.names import official, report, retrieval, speed, world_keys
from benchmarks.names.alignment import TokenIndex, tokens
from benchmarks.names.metrics import figures
from benchmarks.names.people import draw_children, ukrainian
from benchmarks.names.queries import draw_queries
from benchmarks.names.retrieval import ALL


@pytest.fixture(scope="module")
def outcome() -> retrieval.Retrieval:
    return retrieval.run(3_000, 120, seed=5)


def test_every_query_has_one_right_answer_and_siblings_are_there() -> None:
    children = draw_children(2_000, seed=3)
    assert len({ukrainian(child) for child in children}) == len(children) == 2_000
    assert len({(c.surname.ru_m, c.given.ru) for c in children}) == len(children)
    families = [(child.surname.uk_m, child.parts("uk")[2][:4]) for child in children]
    assert len(set(families)) < 0.8 * len(families)
    assert draw_children(50, seed=3) == draw_children(50, seed=3) != draw_children(50, seed=4)


def test_spellings_are_in_the_script_of_their_set() -> None:
    children = draw_children(500, seed=3)
    sets = {one.name: one for one in draw_queries(children, 200, seed=3)}
    assert list(sets) == ["newsrooms", "systems", "russian", "slips"]
    for name in ("newsrooms", "systems"):
        # One library leaves ё as it is in one of its systems.
        assert not [query.text for query in sets[name].queries if re.search("[Ѐ-ѐђ-ӿ]", query.text)]
    russian = [query.text for query in sets["russian"].queries]
    assert not [text for text in russian if re.search("[A-Za-zіїєґ]", text)]
    assert all(query.text.split()[0] for one in sets.values() for query in one.queries)
    assert len({query.target for query in sets["slips"].queries}) == 200


def test_tokens_are_aligned_one_to_one_in_any_order() -> None:
    names = ["Біла Ганна Петрівна", "Ганна-Біла", "Сірко Петро"]
    index = TokenIndex(names)
    assert tokens("Ганна-Біла") == ["ганна", "біла"]
    same = np.array([[float(a == b) for b in index.distinct] for a in ("ганна", "біла")], np.float32)
    assert index.aligned(same).tolist() == [1.0, 1.0, 0.0]
    twice = np.array([[float(b == "ганна") for b in index.distinct]] * 2, np.float32)
    assert index.aligned(twice).tolist() == [0.5, 0.5, 0.0]


def test_figures_by_hand() -> None:
    scores = np.array([[9, 1, 1, 1], [5, 5, 0, 0], [8, 0, 2, 0]], np.float32)
    measured = figures(scores, np.array([0, 1, 2]))
    # The first is found, the second ties with one other, the third comes second.
    assert measured.recall == (0.5, 1.0)
    # Among nine wrong pairs none may get through, and the highest wrong score is 8.
    assert measured.accepted == (1 / 3, 1 / 3)
    assert list(measured.curve) == sorted(measured.curve)


def test_the_model_is_ahead_of_every_peer(outcome: retrieval.Retrieval) -> None:
    own, *others = outcome.results
    assert own.name == "ridni"
    assert len(others) >= 4
    ours = own.figures[ALL]
    assert ours.recall[0] > 0.98
    assert ours.accepted[0] > 0.99
    assert ours.accepted[1] > 0.97
    for other in others:
        theirs = other.figures[ALL]
        assert ours.recall[0] >= theirs.recall[0] - 0.005, other.name
        assert ours.accepted[0] >= theirs.accepted[0] - 0.005, other.name


def test_kinds_are_what_they_say_and_the_model_is_ahead_on_them(outcome: retrieval.Retrieval) -> None:
    assert [one.name for one in outcome.kinds] == ["declined", "damaged", "text", "minority"]
    texts = {one.name: [query.text for query in one.queries] for one in outcome.kinds}
    damage = re.compile("[A-Za-z\u200b\u00ad\ufeff`*’ʼ]|[а-яіїєґ][А-ЯІЇЄҐ]|[А-ЯІЇЄҐ]{2}")
    # A change may hit nothing, such as an apostrophe in a name without one.
    assert sum(bool(damage.search(text)) for text in texts["damaged"]) > 0.8 * len(texts["damaged"])
    assert sum(re.search("[A-Za-z]", text) is not None for text in texts["minority"]) > 10
    assert not [text for text in texts["declined"] if re.search("[A-Za-z]", text)]
    own, *others = outcome.results
    for kind, least in {"declined": 0.85, "damaged": 0.85, "text": 0.8, "minority": 0.8}.items():
        assert own.figures[kind].recall[0] > least, kind
        for other in others:
            # Open: declined, a man's name in -слав is a woman's name too, and the model takes it for hers.
            behind = 0.06 if kind == "declined" else 0.02
            assert own.figures[kind].recall[0] >= other.figures[kind].recall[0] - behind, (kind, other.name)


def test_alignment_is_ahead_of_the_whole_string(outcome: retrieval.Retrieval) -> None:
    whole, aligned = outcome.results[1], outcome.results[2]
    assert aligned.figures[ALL].recall[0] > whole.figures[ALL].recall[0] + 0.2
    assert aligned.figures[ALL].accepted[1] > whole.figures[ALL].accepted[1] + 0.2


def test_keys_bring_spellings_together() -> None:
    by_key = {(one.key, one.role): one for one in world_keys.measure(300)}
    canonical, slip = by_key["canonical key", "surname"], by_key["slip keys", "surname"]
    assert canonical.recall[0] > 0.93
    assert by_key["canonical variants", "surname"].recall[1] > 0.95
    assert slip.recall[2] > 0.9 > canonical.recall[2]
    assert slip.met > canonical.met
    assert by_key["canonical key", "given"].recall[0] > 0.99
    assert canonical.largest <= canonical.rows


def test_official_examples_all_come_out_as_printed() -> None:
    shares = official.measure()
    assert [share.right for share in shares] == [share.examples for share in shares]
    assert all(share.examples > 10 for share in shares)


def test_columns_have_natural_repetition() -> None:
    drawn = speed.columns(5_000)
    assert all(len(column) == 5_000 for column in drawn.values())
    assert len(set(drawn["given"])) < len(set(drawn["surname"])) < 5_000
    assert all(one.seconds > 0 for one in speed.measure(1_000))


def test_the_report_has_all_tables_and_a_picture(tmp_path, outcome: retrieval.Retrieval) -> None:
    measured = report.Measured(outcome, world_keys.measure(50), speed.measure(500), official.measure(), 5)
    page = report.markdown(measured, "names.png")
    for result in outcome.results:
        assert page.count(f"| {result.name} ") == 1 + len(outcome.sets) + len(outcome.kinds)
    assert "written apart from the model" in page
    assert "partly the same published standards" in page
    assert not re.search(r"/(home|work|root|tmp|Users)/", page)
    report.draw(outcome, tmp_path / "names.png")
    assert (tmp_path / "names.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_entry_runs_what_it_finds(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "names" in found()
    assert run_all(["names", "--quick", "--out", str(tmp_path)]) == 0
    assert "## All queries" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"names.md", "names.png"}
    with pytest.raises(SystemExit):
        run_all(["no-such-benchmark"])
