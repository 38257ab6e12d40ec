"""No input, however broken, raises or hangs; the same input always gives the same answer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transliteration as t

ROLES: tuple[t.Role, ...] = ("surname", "given", "patronymic")
LETTERS = "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюяABCDEabcdjyzščžłЁЇ'’ʼ*-.,0139 \u0301\u200b"
texts = st.one_of(st.text(max_size=60), st.text(alphabet=LETTERS, max_size=40))

HOSTILE = [
    "\u0301" * 10_000, "а" * 100_000, "j" * 5_000, "schtsch" * 500, "szcz" * 300, "محمد", "王小明", "გიორგი", "'" * 500,
    "-" * 500, "І. " * 300, "Р\u009f" * 200, "\x00", "\U0001f600" * 40,
    "Иванов " * 100, "Ð" * 1000, "csszzscsz" * 50, "﷽" * 50, "İıŞş", "ß" * 300, "ǆǅ", "Ⅷ", "¼½", "ꙮ", "𝔖𝔥𝔢𝔳", "ﬁﬂ",
    "\ud800", "ю\u0301\u0302\u0303" * 100, "Ѣѣ Ѳѳ Ѵѵ", "Ңғқ Үұ",
]  # fmt: skip


def _everything(text: str, other: str = "Іван") -> list[object]:
    found: list[object] = [
        t.repair(text),
        t.parse_name(text),
        t.romanise(text),
        t.is_initial(text),
        t.given_classes(text),
    ]
    for role in ROLES:
        found += [t.canonical_key(text, role), t.phonetic_key(text, role), t.canonical_variants(text, role)]
        found += [t.compare(text, other, role), int(t.compare_pairs([text], [other], role)[0])]
    found += [t.given_of_patronymic(text), t.patronymics_of(text), t.sex_of_name(text, text, text)]
    found += [t.compare_full_names(text, other)]
    return found


@settings(max_examples=150, deadline=None)
@given(texts, texts)
def test_never_raises_and_is_symmetric(a: str, b: str) -> None:
    _everything(a, b)
    for role in ROLES:
        verdict = t.compare(a, b, role)
        assert t.compare(b, a, role) == verdict
        assert t.compare_pairs([a], [b], role)[0] == verdict.level
        if t.compare(a, a, role).level != t.NameLevel.ABSENT:
            assert t.compare(a, a, role).level in (t.NameLevel.IDENTICAL, t.NameLevel.INITIAL)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_candidates_and_romanisations_never_raise(text: str) -> None:
    assert t.cyrillic_candidates(text) == t.cyrillic_candidates(text)
    assert len(set(t.romanisations(text))) == len(t.romanisations(text))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_quick_and_repeatable(text: str) -> None:
    start = time.perf_counter()
    first = _everything(text)
    t.cyrillic_candidates(text)
    assert time.perf_counter() - start < 5
    assert _everything(text) == first
