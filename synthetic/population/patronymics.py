"""Patronymics made from the father's given name, in Ukrainian and in Russian."""

from __future__ import annotations

from functools import cache

from synthetic.population.pools import Bilingual, Sex, rows

_SIBILANTS = "жшчщц"


@cache
def _irregular() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["name_uk"], row["name_ru"]): row for row in rows("patronymics_irregular.tsv")}


@cache
def patronymic(father: Bilingual, sex: Sex) -> Bilingual:
    """The patronymic of a son or daughter of a man of this name: `Дмитро`/`Дмитрий` → `Дмитрівна`/`Дмитриевна`."""
    row = _irregular().get((father.uk, father.ru))
    if row:
        return Bilingual(row[f"uk_{sex}"], row[f"ru_{sex}"])
    return Bilingual(_ukrainian(father.uk, sex), _russian(father.ru, sex))


def _ukrainian(name: str, sex: Sex) -> str:
    if name.endswith("ій"):
        return name[:-1] + "йович" if sex == "m" else name[:-2] + "іївна"
    if name.endswith("й"):
        return name + "ович" if sex == "m" else name[:-1] + "ївна"
    if name.endswith(("о", "а")):
        name = name[:-1]
    if name.endswith("ь"):
        return name + "ович" if sex == "m" else name[:-1] + "івна"
    return name + ("ович" if sex == "m" else "івна")


def _russian(name: str, sex: Sex) -> str:
    ending = "ич" if sex == "m" else "на"
    if name.endswith("ий"):
        return f"{name[:-2]}ьев{ending}"
    if name.endswith(("й", "ь")):
        return f"{name[:-1]}ев{ending}"
    if name.endswith(("а", "о")):
        name = name[:-1]
    return f"{name}{'ев' if name[-1] in _SIBILANTS else 'ов'}{ending}"
