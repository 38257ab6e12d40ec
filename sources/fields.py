"""The fields that a record may have, in the words that source descriptions, payloads and the linkage spec share."""

from __future__ import annotations

import difflib
from typing import Final, Literal, get_args

FieldName = Literal[
    "full_name",
    "surname",
    "given",
    "patronymic",
    "sex",
    "birth_date",
    "age",
    "observed_on",
    "birthplace",
    "last_place",
    "region",
    "institution",
    "lost_on",
    "transferred_on",
    "mother",
    "father",
    "guardian",
    "siblings",
    "sibling_count",
    "eyes",
    "hair",
    "health",
    "birth_certificate",
    "rnokpp",
    "unzr",
    "card_number",
    "photo_date",
    "contact",
    "consent",
    "note",
    "text",
    "other",
]

FIELDS: Final[tuple[str, ...]] = get_args(FieldName)

# A row that fills none of these tells of nobody.
NAMING_FIELDS: Final = frozenset({"full_name", "surname", "given", "text"})

# Fields whose parts, where `split` finds several, are as many children.
CHILD_FIELDS: Final = ("full_name", "surname", "given")

# Fields that hold several names and are cut at semicolons and line ends unless the description says otherwise.
LIST_FIELDS: Final = frozenset({"siblings"})

# Texts that mean in any list that nothing was written.
NOTHING_WRITTEN: Final = frozenset(
    {
        *("-", "--", "—", "–", "?", "??", "???", "n/a", "none", "null", "nan", "unknown", "not known", "no data"),
        *("н/д", "немає", "немає даних", "нема даних", "невідомо", "невідома", "невідомий", "не відомо", "не вказано"),
        *("нет данных", "неизвестно", "неизвестна", "неизвестен", "не известно", "не указано", "б/д"),
    }
)

# Texts of these that say something under a field: "немає" under "consent" is no assent, and "?" is a doubt.
SPEAKING: Final[dict[str, frozenset[str]]] = {
    "consent": frozenset({"немає", "none", "-", "--", "—", "–", "?", "??", "???"}),
}

# What people write first when they have not read the vocabulary.
_OTHER_WORDS: Final = {
    "name": "full_name",
    "fullname": "full_name",
    "pib": "full_name",
    "fio": "full_name",
    "last_name": "surname",
    "lastname": "surname",
    "family_name": "surname",
    "first_name": "given",
    "firstname": "given",
    "given_name": "given",
    "middle_name": "patronymic",
    "gender": "sex",
    "dob": "birth_date",
    "date_of_birth": "birth_date",
    "born": "birth_date",
    "birth_place": "birthplace",
    "place_of_birth": "birthplace",
    "residence": "last_place",
    "address": "last_place",
    "destination": "region",
    "orphanage": "institution",
    "phone": "contact",
    "comment": "note",
    "notes": "note",
    "brothers": "siblings",
    "sisters": "siblings",
}


def suggestion(word: str, allowed: tuple[str, ...] | list[str]) -> str:
    """Return the allowed word that was most likely meant, or '' when none is near."""
    meant = _OTHER_WORDS.get(word.strip().casefold().replace("-", "_").replace(" ", "_"), "")
    if meant in allowed:
        return meant
    folded = {other.casefold(): other for other in reversed(allowed)}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else ""
