"""Finds the records that fit a caller's question: the name in any script and spelling, and one thing more.

The name must agree by its canonical keys, which all spellings of one name share, or be one slip apart in the surname.
Years are narrowed in the database, where they are known to it; what remains is opened and compared here, so that no
index holds a name.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg.sql import SQL, Composed

from registry.sealing import sealed_rows
from transliteration import canonical_variants, parse_name, slip_keys
from transliteration.places import place_ids
from transliteration.places.institutions import InstitutionKey, institution_key

MOST = 3
"""No question is told of more records."""

PIECE = 2_000

CURRENT = SQL("""
SELECT {columns} FROM registry_record r {with_key} LEFT JOIN registry_deskfacts d ON d.record_id = r.id
WHERE r.is_current AND r.consent <> 'no' {conditions}
ORDER BY r.id
""")
BORN = SQL("""AND (d.record_id IS NULL OR d.born_from <= %(year)s AND d.born_to >= %(year)s)""")


@dataclass(frozen=True)
class Question:
    """What a caller knows.

    Attributes:
        name: Surname and given name at least, in any order and script.
        born: Year of birth.
        town: Where the child was born or lived last; `institution` where it stayed.
    """

    name: str
    born: int | None = None
    town: str = ""
    institution: str = ""

    @property
    def known(self) -> tuple[str, ...]:
        """Name what is known beside the name."""
        said = (("born", self.born), ("town", self.town), ("institution", self.institution))
        return tuple(name for name, value in said if value)


@dataclass(frozen=True, order=True)
class Hit:
    """A record that fits, the best first.

    Attributes:
        slips: 0 where the name agrees, 1 where the surname is a slip apart.
        further: 0 where the patronymic agrees as well, 1 where one side has none.
    """

    slips: int
    further: int
    record_id: int = field(compare=True)


@dataclass(frozen=True)
class _Asked:
    surnames: frozenset[str]
    slips: frozenset[str]
    given: frozenset[str]
    patronymics: frozenset[str]
    institution: InstitutionKey | None


def is_enough(question: Question) -> bool:
    """Tell whether a question may be asked: surname and given name are there, and something beside them is known."""
    asked = _asked(question)
    if not (asked.surnames and asked.given and question.known):
        return False
    return not question.town or bool(place_ids(question.town))


def find(question: Question) -> list[Hit]:
    """Return the records that fit best, `MOST` at most."""
    asked = _asked(question)
    hits = (hit for row in _rows(question) if (hit := _hit(asked, *row)) is not None)
    return heapq.nsmallest(MOST, hits)


def _asked(question: Question) -> _Asked:
    name = parse_name(question.name)
    surname, given, patronymic = name.surname or "", name.given or "", name.patronymic or ""
    return _Asked(
        frozenset(canonical_variants(surname, "surname")),
        frozenset(slip_keys(surname, "surname")),
        frozenset(canonical_variants(given, "given")),
        frozenset(canonical_variants(patronymic, "patronymic")),
        institution_key(question.institution) if question.institution else None,
    )


def _rows(question: Question) -> Iterator[tuple[int, str, str, str | None, str | None]]:
    """Yield what is compared of each record that the database lets through."""
    opened = sealed_rows.Records()
    towns = place_ids(question.town) if question.town else frozenset[str]()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_statement([BORN] if question.born else []), {"year": question.born or 0})
        while rows := cursor.fetchmany(PIECE):
            for columns in rows:
                values = opened.values(columns)
                if values.get("surname") and values.get("given") and _beside(question, towns, values):
                    told = (values.get("patronymic"), values.get("institution"))
                    yield columns[0], values["surname"], values["given"], *told


def _statement(parts: list[SQL]) -> Composed:
    columns, with_key = sealed_rows.sealed("r"), sealed_rows.with_all_keys("r")
    return CURRENT.format(columns=columns, with_key=with_key, conditions=SQL(" ").join(parts))


def _beside(question: Question, towns: frozenset[str], values: Mapping[str, Any]) -> bool:
    """Tell whether what is known beside the name may be true of a record."""
    if question.born:
        # An interval is written `first day/last day`; of the years only four digits count.
        birth, year = str(values.get("birth", "")), f"{question.born:04d}"
        if not (birth[:4] and birth[11:15] and birth[:4] <= year <= birth[11:15]):
            return False
    if question.town and towns.isdisjoint([*values.get("birthplace", ()), *values.get("last_place", ())]):
        return False
    return not question.institution or bool(values.get("institution"))


def _hit(
    asked: _Asked, record_id: int, surname: str, given: str, patronymic: str | None, institution: str | None
) -> Hit | None:
    """Return how a record fits, None where it does not."""
    if asked.given.isdisjoint(canonical_variants(given, "given")):
        return None
    exact = not asked.surnames.isdisjoint(canonical_variants(surname, "surname"))
    if not exact and asked.slips.isdisjoint(slip_keys(surname, "surname")):
        return None
    if asked.institution is not None and not _same_institution(asked.institution, institution_key(institution or "")):
        return None
    own = frozenset(canonical_variants(patronymic or "", "patronymic"))
    if own and asked.patronymics and own.isdisjoint(asked.patronymics):
        return None
    return Hit(int(not exact), int(not (own and asked.patronymics)), record_id)


def _same_institution(one: InstitutionKey, other: InstitutionKey) -> bool:
    """Tell whether two may be one institution: nothing that both say differs, and a number, name or place agrees."""
    pairs: Mapping[str, tuple[str, str]] = {
        "kind": (one.kind, other.kind),
        "number": (one.number, other.number),
        "name": (one.name, other.name),
    }
    if any(mine and theirs and mine != theirs for mine, theirs in pairs.values()):
        return False
    if one.place_ids and other.place_ids and one.place_ids.isdisjoint(other.place_ids):
        return False
    agrees = any(mine and mine == theirs for name, (mine, theirs) in pairs.items() if name != "kind")
    return agrees or bool(one.place_ids & other.place_ids)
