"""`adoption_cards_*.html`: two snapshots of a bank of cards that give no surname and no patronymic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape
from pathlib import Path
from random import Random

from synthetic.lists.scatter import Scatter
from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.writing import MONTHS, years_ru
from synthetic.population.people import Child, Community, full_years
from synthetic.population.pools import Region, pools
from synthetic.population.renaming import another_given
from synthetic.population.strangers import draw_stranger, share
from synthetic.world import World

SLUG = "adoption_cards"
SNAPSHOTS = (date(2023, 3, 15), date(2023, 9, 15))
_ELSEWHERE = 0.15
"""Share of the children whose card is of another region than the one they were taken to."""
_MODULUS = 9_999_991
"""A prime below ten million: card numbers are spread over it so that they tell nothing about the children."""
_MULTIPLIER = 4_871_603


@dataclass(frozen=True, slots=True)
class _Card:
    """What a card shows."""

    number: str
    given: str
    sex: str
    born: str
    age_only: bool
    region: str
    eyes: str
    hair: str
    health: int
    siblings: int
    mother: str
    father: str
    photo: date


class AdoptionCards:
    """Writes both snapshots; one card is one key, however often it changed."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth, unrelated: int) -> None:
        self._world = world
        self._truth = truth
        self._unrelated = unrelated
        self._made = 0
        self.files = [folder / f"adoption_cards_{day:%Y-%m}.html" for day in SNAPSHOTS]
        self._files = [file.open("w", encoding="utf-8", newline="\n") for file in self.files]
        self._scatters: list[Scatter[str]] = [Scatter(world.rng(f"scatter cards {day}", 0)) for day in SNAPSHOTS]
        self._offset = world.rng("card numbers", 0).randrange(_MODULUS)
        for file, day in zip(self._files, SNAPSHOTS, strict=True):
            file.write(_HEAD.format(day=day, written=f"{day:%d.%m.%Y}"))

    def add(self, community: Community) -> None:
        """The cards of the children of one community, and its share of the unrelated ones."""
        rng = self._world.rng(SLUG, community.number)
        # apart, so that other rates of these give the same cards otherwise
        altered = self._world.rng("altered cards", community.number)
        shown = [(child, len(community.siblings(child))) for child in community.children if SLUG in child.lists]
        for number in share(self._unrelated, community.number, self._world.communities):
            siblings = rng.choices((0, 1, 2, 3), (55, 25, 14, 6))[0]
            shown.append((draw_stranger(rng, SLUG, number, russian=True), siblings))
        rng.shuffle(shown)
        for child, siblings in shown:
            self._put(child, siblings, rng, altered)

    def close(self) -> None:
        """Writes what is held back and closes both files."""
        for file, scatter in zip(self._files, self._scatters, strict=True):
            file.writelines(scatter.rest())
            file.write("</main>\n</body>\n</html>\n")
            file.close()

    def _put(self, child: Child, siblings: int, rng: Random, altered: Random) -> None:
        damage = self._world.damage
        done = {"card"}
        born = child.birth_date
        if altered.random() < damage.card_redated:
            born += timedelta(days=altered.choice((-1, 1)) * altered.randint(20, 120))
            done.add("birth_date_shifted")
        if altered.random() < damage.card_sibling_mark_wrong:
            siblings = max(0, siblings + altered.choice((-1, 1))) if altered.random() < 0.5 else 0
        card = self._card(child, born, siblings, rng, done)
        chance = rng.random()
        both: list[_Card | None] = [card, card]
        if chance < damage.card_vanished:
            both[1] = None
        elif chance < damage.card_vanished + damage.card_appeared:
            both[0] = None
        off = [_off_by_one(rng, damage.age_off_by_one)] * 2
        if None not in both and rng.random() < damage.card_changed:
            if rng.random() < 0.5 or not card.age_only:
                both[1] = replace(card, given=_other_given(child, card.given, rng))
            else:
                off[1] += rng.choice((-1, 1))
        self._truth.add(SLUG, card.number, child.person_id, scenario_of(child, done))
        for index, (version, day) in enumerate(zip(both, SNAPSHOTS, strict=True)):
            if version is not None:
                age = max(0, full_years(born, day) + off[index])
                for ready in self._scatters[index].put(_rendered(version, age)):
                    self._files[index].write(ready)

    def _card(self, child: Child, birth: date, siblings: int, rng: Random, done: set[str]) -> _Card:
        damage = self._world.damage
        traits = pools().traits
        given = child.name.given.ru
        if rng.random() < damage.card_renamed:
            given = another_given(rng, pools(), child.name).ru
            done.add("all_names_replaced")
        region = child.transfer.region if rng.random() >= _ELSEWHERE else pools().regions.draw(rng)
        differs = rng.random() < damage.card_traits_differ
        self._made += 1
        return _Card(
            number=self._number(region),
            given=given,
            sex="девочка" if child.sex == "f" else "мальчик",
            born=f"{MONTHS['ru'][birth.month - 1]} {birth.year}",
            age_only=rng.random() < damage.card_age_only,
            region=region.name,
            eyes=(traits["eyes"].draw(rng) if differs else child.eyes)[1],
            hair=(traits["hair"].draw(rng) if differs and rng.random() < 0.5 else child.hair)[1],
            health=rng.choices((1, 2, 3, 4, 5), (12, 40, 26, 8, 14))[0],
            siblings=siblings,
            mother=traits["absence_mother"].draw(rng)[1],
            father=traits["absence_father"].draw(rng)[1],
            photo=SNAPSHOTS[0] - timedelta(days=rng.randrange(5, 150)),
        )

    def _number(self, region: Region) -> str:
        spread = (self._made * _MULTIPLIER + self._offset) % _MODULUS
        return f"{region.code:02d}-{spread:07d}"


def _off_by_one(rng: Random, rate: float) -> int:
    return rng.choice((-1, 1)) if rng.random() < rate else 0


def _other_given(child: Child, given: str, rng: Random) -> str:
    """Another given name for a card."""
    pool = pools().russian_children[child.sex]
    while (other := pool.draw(rng).ru) == given:
        pass
    return other


def _rendered(card: _Card, age: int) -> str:
    siblings = f"есть ({card.siblings})" if card.siblings else "нет"
    born = ("Возраст", "age", years_ru(age)) if card.age_only else ("Дата рождения", "born", card.born)
    return _CARD.format(
        number=card.number,
        given=escape(card.given),
        facts="".join(_facts(card, born, siblings)),
    )


def _facts(card: _Card, born: tuple[str, str, str], siblings: str) -> Iterator[str]:
    for title, name, value in (
        ("Номер анкеты", "number", card.number),
        ("Пол", "sex", card.sex),
        born,
        ("Регион", "region", card.region),
        ("Цвет глаз", "eyes", card.eyes),
        ("Цвет волос", "hair", card.hair),
        ("Группа здоровья", "health", str(card.health)),
        ("Братья и сестры", "siblings", siblings),
        ("Причина отсутствия попечения матери", "mother", card.mother),
        ("Причина отсутствия попечения отца", "father", card.father),
        ("Дата фотографии", "photo", f"{card.photo:%d.%m.%Y}"),
    ):
        yield f'    <dt>{title}</dt><dd class="{name}">{escape(value)}</dd>\n'


_HEAD = """<!DOCTYPE html>
<html lang="ru">
<head>
<meta charset="utf-8">
<title>Банк данных о детях (вымышленный), выгрузка {written}</title>
</head>
<body>
<h1>Анкеты детей</h1>
<p class="snapshot">Дата выгрузки: <time datetime="{day}">{written}</time></p>
<main>
"""
_CARD = """<article class="card" id="card-{number}" data-number="{number}">
  <h2 class="name">{given}</h2>
  <dl>
{facts}  </dl>
</article>
"""
