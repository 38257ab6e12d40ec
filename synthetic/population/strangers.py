"""Children who are in one list only and have nothing to do with the missing: the haystack."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from synthetic.population.families import draw_adult, draw_birth_date, draw_surname
from synthetic.population.patronymics import patronymic
from synthetic.population.people import Child, FullName, Transfer
from synthetic.population.pools import Sex, pools


def draw_stranger(rng: Random, source: str, number: int, *, russian: bool) -> Child:
    """A child of some other place, in this source only; `russian` ones have a Russian surname and no Ukrainian home."""
    stock = pools()
    sex: Sex = "f" if rng.random() < 0.487 else "m"
    surname = stock.russian_surnames.draw(rng) if russian else draw_surname(rng, stock)
    father = draw_adult(rng, stock, "m", surname)
    region = stock.regions.draw(rng)
    on = date(2022, 3, 10) + timedelta(days=rng.randrange(240))
    home = stock.settlements.draw(rng)
    return Child(
        person_id=f"u-{source}-{number:07d}",
        reported=False,
        name=FullName(
            surname,
            (stock.russian_children if russian else stock.children)[sex].draw(rng),
            patronymic(father.given, sex),
            sex,
        ),
        birth_date=draw_birth_date(rng, on, (0, 17)),
        birthplace=home,
        home=home,
        institution=None,
        mother=None,
        father=None,
        language="ru" if russian or rng.random() < 0.5 else "uk",
        family=-1,
        eyes=stock.traits["eyes"].draw(rng),
        hair=stock.traits["hair"].draw(rng),
        mark=None,
        lost_on=on,
        transfer=Transfer(on, region, rng.choice(region.towns)),
        lists=frozenset((source,)),
        renamed=None,
    )


def share(total: int, number: int, parts: int) -> range:
    """The numbers of the strangers that fall to part `number` of `parts`, so that all parts together have `total`."""
    return range(total * number // parts, total * (number + 1) // parts)
