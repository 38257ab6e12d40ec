"""What a cell says about consent to tracing: yes, no, or unclear.

A wrong yes puts a family at risk, a wrong no delays an export until somebody asks again. So a refusal needs one sign of
it and none of assent, an assent needs that every word is known (`consent_words.tsv`), and all else is unclear.

The words are read clause by clause. Negation turns a clause of assent into a refusal ("згоди не надано"); it turns an
objection into assent only right beside it ("не проти", "возражений нет"). "Ні", "нет" and "no" are answers, not
negation: "нет бабушка против" refuses twice.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Consent = Literal["yes", "no", "unclear"]

YES: Final = "yes"
NO: Final = "no"
UNCLEAR: Final = "unclear"

_CLAUSE: Final = re.compile(r"[,;:.()/|\n\r]+|\s[-–—]\s|\b(?:а|і|и|and)\b(?=\s+(?:не|ні|нет|not)\b)")
_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[-–—+?✓✔☑✅✗✘❌]+")
_APOSTROPHES: Final = str.maketrans("’ʼ`´", "''''")
# Kinds in the order in which they are asked: a word of two kinds is of the one that is safer.
_ORDER: Final = ("objection", "refusal", "negation", "no", "doubt", "assent", "given", "wish", "yes", "filler")


def read(text: str) -> Consent:
    """Return what a filled cell says about consent to tracing."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").translate(_APOSTROPHES)
    folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    clauses = [kinds for part in _CLAUSE.split(folded) if (kinds := [_kind(word) for word in _WORD.findall(part)])]
    said = {_clause(kinds) for kinds in clauses} - {""}
    if said == {NO}:
        return NO
    known = all(kind not in ("", "doubt") for kinds in clauses for kind in kinds)
    return YES if said == {YES} and known else UNCLEAR


def _clause(kinds: list[str]) -> Consent | Literal[""]:
    """Return what one clause says; '' for a clause without any sign, such as who was asked and when."""
    signs = [kind for kind in kinds if kind not in ("filler", "", "doubt")]
    if not signs:
        return ""
    if signs[0] == "no" and "objection" not in signs:
        return NO if not {"yes"}.intersection(signs) and not _turned(signs[1:]) else UNCLEAR
    denials = sum(kind in ("negation", "no") for kind in signs)
    if {"refusal", "objection"}.intersection(signs):
        if not denials:
            return UNCLEAR if "yes" in signs else NO
        return YES if denials == 1 and len(signs) == len(kinds) - kinds.count("filler") and _turned(kinds) else UNCLEAR
    if not denials:
        return YES if {"yes", "assent", "given"}.intersection(signs) else UNCLEAR
    if denials == 1 and {"assent", "given", "wish"}.intersection(signs):
        return NO
    return UNCLEAR


def _turned(kinds: list[str]) -> bool:
    """Tell whether the only objection or refusal stands right beside the negation."""
    against = [place for place, kind in enumerate(kinds) if kind in ("refusal", "objection")]
    if len(against) != 1:
        return False
    place = against[0]
    before = kinds[place - 1] if place else ""
    after = kinds[place + 1] if place + 1 < len(kinds) else ""
    if kinds[place] == "objection":
        return bool({before, after} & {"negation", "no"})
    return before == "negation"


@cache
def _kind(word: str) -> str:
    return next((kind for kind in _ORDER if _patterns()[kind].fullmatch(word)), "")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Read the data file: one pattern for each kind of word."""
    found: dict[str, list[str]] = {kind: [] for kind in _ORDER}
    with files("transliteration").joinpath("data", "consent_words.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["kind"]].append(row["pattern"])
    return {kind: re.compile("|".join(parts)) for kind, parts in found.items()}
