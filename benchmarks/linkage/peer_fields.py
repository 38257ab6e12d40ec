"""Flat columns for the peers, which know neither Cyrillic nor intervals nor sets of places.

The columns hold what Ridni's normalisation and name model know (keys that are equal in both alphabets and for
diminutives, romanised spellings, parts of dates), so that a peer loses nothing by the script. The time of making them
is shown apart; Ridni makes its own within its run.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

import transliteration as t
from transliteration.dates.interval import DateInterval
from transliteration.names.roles import Role
from transliteration.places.institutions import institution_key

_KEPT = ("record_id", "source", "side", "sex", "eyes", "hair", "birth_certificate", "rnokpp", "unzr")
_PLACES = ("birthplace", "last_place", "institution")
_USED = (*_KEPT, "surname", "given", "patronymic", "birth", *_PLACES, "siblings", "mother", "father")
_LONGEST_SPAN_YEARS = 3
_ROLES: tuple[Role, ...] = ("surname", "given", "patronymic")


def children_fields(records: pd.DataFrame) -> pd.DataFrame:
    """Return one flat row per record.

    Columns, all None when unknown: `{surname,given,patronymic}_{key,latin,initial}`, `surname_sound`; `birth_day` (ISO,
    only when the day is known), `birth_month`, `birth_first` and `birth_last` (days since year 1), `birth_year_first`,
    `birth_year_last`, `birth_years`; `{mother,father}_{key,given}`; `institution_kind`, `institution_key`; lists of
    strings `birthplace`, `last_place`, `siblings`, `eyes_parts`; and as they are the identifiers, sex, eyes and hair.
    """
    known = {name: records[name].tolist() if name in records else [None] * len(records) for name in _USED}
    flat: dict[str, list[Any]] = {name: known[name] for name in _KEPT}
    for role in _ROLES:
        values = [value or "" for value in known[role]]
        latin = [t.romanise(value).casefold() for value in values]
        flat[f"{role}_key"] = t.canonical_keys(values, role)
        flat[f"{role}_latin"] = ["" if t.is_initial(a) else b for a, b in zip(values, latin, strict=True)]
        flat[f"{role}_initial"] = [(key or text)[:1] for key, text in zip(flat[f"{role}_key"], latin, strict=True)]
    flat["surname_sound"] = t.phonetic_keys([value or "" for value in known["surname"]], "surname")
    flat |= _birth(known["birth"])
    for parent in ("mother", "father"):
        named = [value or ("", "", "") for value in known[parent]]
        flat[f"{parent}_key"] = t.canonical_keys([name[0] for name in named], "surname")
        flat[f"{parent}_given"] = t.canonical_keys([name[1] for name in named], "given")
    institutions = [institution_key(value) if value else None for value in known["institution"]]
    flat["institution_kind"] = [key.kind if key else "" for key in institutions]
    flat["institution_key"] = [
        f"{key.kind}|{key.number}|{key.name}|{' '.join(sorted(key.place_ids))}" if key else "" for key in institutions
    ]
    for column in ("birthplace", "last_place"):
        flat[column] = [list(value) if value else None for value in known[column]]
    flat["siblings"] = [sorted({*t.canonical_keys(v, "given")} - {""}) if v else None for v in known["siblings"]]
    flat["eyes_parts"] = [value.split("_") if value else None for value in known["eyes"]]
    return pd.DataFrame(
        {name: pd.Series([None if v == "" else v for v in values], dtype=object) for name, values in flat.items()}
    )


def _birth(values: list[Any]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {
        f"birth_{part}": [None] * len(values)
        for part in ("day", "first", "last", "month", "year_first", "year_last", "years")
    }
    for i, value in enumerate(values):
        if not value:
            continue
        days = DateInterval.from_text(value)
        first, last = days.start, days.end
        out["birth_first"][i], out["birth_last"][i] = first.toordinal(), last.toordinal()
        if first == last:
            out["birth_day"][i] = first.isoformat()
        if (first.year, first.month) == (last.year, last.month):
            out["birth_month"][i] = f"{first:%Y-%m}"
        if last.year - first.year < _LONGEST_SPAN_YEARS:
            out["birth_year_first"][i], out["birth_year_last"][i] = str(first.year), str(last.year)
            out["birth_years"][i] = [str(year) for year in range(first.year, last.year + 1)]
    return out
