"""Every code that can reach a page has words, and every word has both languages."""

from __future__ import annotations

import ast
import gettext
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.utils.translation import ngettext, override
from django.utils.translation.template import templatize

import review
from configs.settings import settings
from matching.comparisons import KINDS
from registry.models import REASONS, CandidateStatus, Verdict
from registry.models.candidate import UNDECIDED
from review.presentation import (
    explanations,
    labels,
    provenance,
    surroundings,
    value_labels,
)
from sources.description.source_config import SourceClass
from sources.fields import TABLE
from transliteration.attributes import documents
from transliteration.dates.interval import DateInterval
from transliteration.tables import rows

ROOM = Path(review.__file__).parent
PO = ROOM / "locale" / "uk" / "LC_MESSAGES" / "django.po"
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")

Entries = dict[tuple[str, ...], tuple[str, ...]]


def read_po(path: Path) -> Entries:
    """Read `(msgid[, msgid_plural]) -> translations`."""
    entries: Entries = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        found = re.findall(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.MULTILINE)
        texts = [(key, "".join(map(ast.literal_eval, re.findall(r'"(?:[^"\\]|\\.)*"', text)))) for key, text in found]
        ids = tuple(text for key, text in texts if key.startswith("msgid"))
        assert ids not in entries, ids
        entries[ids] = tuple(text for key, text in texts if key.startswith("msgstr"))
    return entries


def wanted() -> Iterator[tuple[str, ...]]:
    """Give every message of the code and the templates."""
    sources = {path: path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")}
    for path in ROOM.rglob("*.html"):
        lines = templatize(path.read_text(encoding="utf-8")).splitlines()
        calls = re.findall(r"n?gettext\((?:[^()]|\([^()]*\))*\)", "\n".join(lines))
        sources[path] = "\n".join(re.sub(r"\bu'", "'", call) for call in calls)
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                arguments = [a.value for a in node.args[: CALLS[node.func.id]] if isinstance(a, ast.Constant)]
                if len(arguments) == CALLS[node.func.id]:
                    yield tuple(arguments)


def test_every_message_has_a_ukrainian_translation_and_none_is_left_over():
    assert {ids for ids in read_po(PO) if ids != ("",)} == set(wanted())


@pytest.mark.parametrize(("ids", "translations"), [item for item in read_po(PO).items() if item[0] != ("",)])
def test_translations_are_whole(ids, translations):
    assert len(translations) == (4 if len(ids) == 2 else 1)
    for text in translations:
        assert text.strip()
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(ids[-1]))
        assert "'" not in text, "the Ukrainian apostrophe is U+2019"
        assert not re.search(r"[ыэъё]", text)
    assert "fuzzy" not in PO.read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_current():
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written = {}
    for ids, translations in read_po(PO).items():
        for number, text in enumerate(translations):
            written[(ids[0], number) if len(ids) == 2 else ids[0]] = text
    assert {key: text for key, text in compiled.items() if key} == {key: text for key, text in written.items() if key}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "пара чекає"),
        (2, "пари чекають"),
        (5, "пар чекають"),
        (11, "пар чекають"),
        (21, "пара чекає"),
        (104, "пари чекають"),
    ],
)
def test_ukrainian_counts_as_ukrainians_do(number, words):
    with override("uk"):
        text = ngettext("pair waits for a first look", "pairs wait for a first look", number)
    assert text.startswith(words)


def test_every_level_of_the_comparisons_has_words():
    codes = {level.code for kind in KINDS.values() for level in kind().levels}
    assert [code for code in sorted(codes) if not explanations.sentence(code, "", "en").text] == []


def test_every_scenario_of_the_mission_has_words():
    spec = yaml.safe_load(settings().linkage_spec.read_text(encoding="utf-8"))
    codes = {name for name, facts in spec["scenarios"].items() if facts.get("match", True)}
    codes |= {label["name"] for label in spec["labels"]}
    assert [code for code in sorted(codes) if not explanations.scenario_sentence(code, {"adoption_bank"})] == []


@pytest.mark.parametrize("code", ["card", "card_renamed", "card_redated"])
def test_only_what_comes_from_an_adoption_bank_is_called_a_card(code):
    for language, word in (("en", "card"), ("uk", "анкет")):
        with override(language):
            assert word in explanations.scenario_sentence(code, {"family", "adoption_bank"}).casefold()
            assert word not in explanations.scenario_sentence(code, {"family", "social"}).casefold()


def test_every_field_and_source_class_has_words():
    with override("uk"):
        ukrainian = {field: labels.field_label(field) for field in TABLE}
    with override("en"):
        assert labels.field_label("birth_date") == "Date of birth"
        assert not {field for field in TABLE if labels.field_label(field) == ukrainian[field]}
    assert set(SourceClass.__args__) == set(provenance.SOURCE_CLASSES)


def test_every_doubt_is_said_or_left_out_on_purpose():
    flags = re.search(r"flags: Doubts and readings, sorted: ([^.]+)\.", inspect.getdoc(DateInterval) or "")
    assert flags is not None
    codes = {f"birth_{flag}" for flag in re.findall(r"`(\w+)`", flags[1])} | set(documents._SENTENCES)
    assert codes <= set(value_labels.DOUBTS) | value_labels.SILENT
    colours = {(row["kind"], row["code"]) for row in rows("traits") if row["kind"] != "health"}
    assert colours == set(value_labels.TRAITS)


def test_verdicts_reasons_and_outcomes_are_those_of_the_registry():
    assert {v.code: tuple(r.code for r in v.reasons) for v in labels.VERDICTS} == {
        str(verdict): reasons for verdict, reasons in REASONS.items()
    }
    assert set(Verdict.values) == {v.code for v in labels.VERDICTS}
    assert set(labels.OUTCOMES) == set(CandidateStatus.values) - {"open", "superseded", "implied"}
    assert set(labels.OUTCOMES_SHORT) == set(CandidateStatus.values)
    assert set(surroundings.STATES) - {"waits", "in_hands", "judged"} == (
        set(CandidateStatus.values) - {*UNDECIDED, "superseded"}
    ), "how a pair beside this one stands"
    for verdict in labels.VERDICTS:
        keys = [reason.key for reason in verdict.reasons]
        assert keys == [str(key) for key in range(4, 4 + len(keys))] and len(keys) <= 6
