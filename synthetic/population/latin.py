"""Latin spellings of newsrooms: each writes names by the table of its language."""

from __future__ import annotations

from functools import cache

from synthetic.population.pools import Bilingual, rows

TABLES = ("kmu", "bgn_ru", "german", "polish", "french")
"""English after the Ukrainian passport table, English after Russian spellings, German, Polish, French."""


@cache
def _letters(table: str) -> dict[str, str]:
    letters = {row["letter"]: row[table] for row in rows("latin_letters.tsv")}
    return letters | {"’": "", "ʼ": ""}


@cache
def _places() -> dict[tuple[str, str], str]:
    return {(row["uk"], row["language"]): row["latin"] for row in rows("latin_places.tsv")}


@cache
def latin(text: str, table: str) -> str:
    """A Cyrillic text in the Latin letters of one of `TABLES`; anything that is not Cyrillic stays."""
    letters = _letters(table)
    initial = _letters("kmu_initial") if table == "kmu" else letters
    out: list[str] = []
    previous = " "
    for character, following in zip(text, text[1:] + " ", strict=True):
        lower = character.lower()
        into = (letters if previous.isalpha() or previous in "'’ʼ" else initial).get(lower, character)
        if table == "kmu" and lower == "г" and previous.lower() == "з":
            into = "gh"
        elif table == "polish" and lower == "л" and following in "іїюяєьеи":
            into = "l"
        out.append(into.capitalize() if character != lower else into)
        previous = character
    return "".join(out)


def latin_place(place: Bilingual, table: str) -> str:
    """A town as a newsroom of this table writes it, with the exonym of its language where there is one."""
    language = {"kmu": "en", "bgn_ru": "en", "german": "de", "polish": "pl", "french": "fr"}[table]
    exonym = _places().get((place.uk, language))
    if exonym and table != "bgn_ru":
        return exonym
    return latin(place.ru if table == "bgn_ru" else place.uk, table)
