"""What becomes of a child's name and birth date when the child is adopted and naturalised."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from synthetic.corruption.rates import Damage
from synthetic.population.families import Member, draw_adult
from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName, NewIdentity
from synthetic.population.pools import (
    GivenName,
    Pools,
    Region,
    Settlement,
)


def draw_adopter(rng: Random, pools: Pools) -> FullName:
    """An adoptive father with a Russian surname; siblings adopted together share him."""
    return draw_adult(rng, pools, "m", pools.russian_surnames.draw(rng))


def rename(
    rng: Random, pools: Pools, damage: Damage, member: Member, adopter: FullName, birthplace: Settlement, region: Region
) -> NewIdentity:
    """The name, birth date and birthplace of a child on the citizenship list; `kept` where nothing was altered."""
    chance = rng.random()
    name, born = member.name, member.birth_date
    place = birthplace.described("ru", former=rng.random() < damage.former_place)
    if chance < damage.all_names_replaced:
        return NewIdentity("all_names_replaced", _new_name(rng, pools, name, adopter), born, _new_place(rng, region))
    chance -= damage.all_names_replaced
    replaced = FullName(adopter.surname, name.given, patronymic(adopter.given, name.sex), name.sex)
    if chance < damage.birth_date_shifted:
        return NewIdentity("birth_date_shifted", replaced if rng.random() < 0.25 else name, _shifted(rng, born), place)
    chance -= damage.birth_date_shifted
    if chance < damage.surname_patronymic_replaced:
        return NewIdentity("surname_patronymic_replaced", replaced, born, place)
    chance -= damage.surname_patronymic_replaced
    if chance < damage.all_names_and_birth_altered:
        moved = born + timedelta(days=rng.choice((-1, 1)) * rng.randint(1, 90))
        new = _new_name(rng, pools, name, adopter)
        return NewIdentity("all_names_and_birth_altered", new, moved, _new_place(rng, region))
    return NewIdentity("kept", name, born, place)


def _new_name(rng: Random, pools: Pools, name: FullName, adopter: FullName) -> FullName:
    """Another given name, and the adopter's surname and patronymic."""
    given = another_given(rng, pools, name)
    return FullName(adopter.surname, given, patronymic(adopter.given, name.sex), name.sex)


def _new_place(rng: Random, region: Region) -> str:
    return f"{region.name}, г. {rng.choice(region.towns)}"


def another_given(rng: Random, pools: Pools, name: FullName) -> GivenName:
    """Another given name, in three cases of five with the same initial."""
    pool = pools.russian_children[name.sex]
    same_initial = rng.random() < 0.6
    for _ in range(60):
        given = pool.draw(rng)
        if given.ru != name.given.ru and (not same_initial or given.ru[0] == name.given.ru[0]):
            return given
    return next(given for given in pool.items if given.ru != name.given.ru)


def _shifted(rng: Random, born: date) -> date:
    """A date some days to some months away."""
    days = rng.choice((rng.randint(1, 9), rng.randint(10, 40), rng.randint(41, 150)))
    return born + timedelta(days=days if rng.random() < 0.5 else -days)
