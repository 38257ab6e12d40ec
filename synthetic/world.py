"""The world: communities of children, each drawn from the seed and its own number alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from synthetic.corruption.rates import SOURCES, Coverage, Damage
from synthetic.population.families import Family, Member, draw_family
from synthetic.population.people import (
    Child,
    Community,
    FullName,
    Institution,
    Transfer,
)
from synthetic.population.pools import Settlement, pools
from synthetic.population.renaming import draw_adopter, rename

REPORTED_PER_COMMUNITY = 40
"""Children with a report in one community; the last community of a world takes the rest."""

_FIRST_TRANSFER = date(2022, 3, 10)
_TRANSFER_SPAN = 240
_AGES = {"baby_home": (0, 4), "lyceum": (13, 17)}
_PLACED = 0.62
"""Share of the families whose children lived in the institution of their community."""
_APART = 0.15
"""Share of the families whose children went, at least in part, with the second group."""
_MARKED = 0.3
"""Share of the children with a particular trait."""


class World:
    """A world of missing children with known truth.

    The same seed, size and rates give the same world. A community is drawn from the seed and its number, so memory
    stays that of one community however many children there are.

    Args:
        seed: Any integer.
        children: Children with a family report, at least 1.
        damage: Rates of alteration; the world itself uses those of renaming. The children are the same at any rates.
        coverage: In which share of the lists the children are.

    Raises:
        ValueError: Fewer than one child.
    """

    def __init__(
        self, seed: int, children: int, damage: Damage | None = None, coverage: Coverage | None = None
    ) -> None:
        if children < 1:
            raise ValueError(f"a world needs at least one child, not {children}")
        self.seed = seed
        self.size = children
        self.damage = damage or Damage()
        self.coverage = coverage or Coverage()
        self._chances = self.coverage.chances()

    @property
    def communities(self) -> int:
        """How many communities there are."""
        return -(-self.size // REPORTED_PER_COMMUNITY)

    def __iter__(self) -> Iterator[Community]:
        """The communities in order, drawn as they are asked for."""
        return (self.community(number) for number in range(self.communities))

    def rng(self, purpose: str, number: int) -> Random:
        """The generator for one purpose in one community, independent of all others."""
        return Random(f"{self.seed}/{purpose}/{number}")

    def community(self, number: int) -> Community:
        """One community, the same whenever it is asked for.

        Raises:
            IndexError: No such community.
        """
        if not 0 <= number < self.communities:
            raise IndexError(f"community {number} of {self.communities}")
        rng = self.rng("community", number)
        # apart, so that other rates of renaming give the same children
        renaming = self.rng("renaming", number)
        institution = _draw_institution(rng)
        transfers = _draw_transfers(rng)
        first = number * REPORTED_PER_COMMUNITY
        wanted = min(REPORTED_PER_COMMUNITY, self.size - first)
        children: list[Child] = []
        reported = families = 0
        while reported < wanted:
            placed = rng.random() < _PLACED
            ages = _AGES.get(institution.kind.kind, (0, 17)) if placed else (0, 17)
            family = draw_family(rng, pools(), transfers[0].on, ages)
            setting = _Setting(rng, family, families, institution if placed else None, institution.town, transfers)
            for member in family.children:
                with_report = reported < wanted and rng.random() * (1 + self.coverage.unreported) < 1
                person_id = (
                    f"p{first + reported:07d}" if with_report else f"x{number:06d}-{len(children) - reported:02d}"
                )
                reported += with_report
                children.append(self._child(rng, renaming, setting, member, person_id, with_report))
            families += 1
        return Community(number, institution, transfers, tuple(children))

    def _child(
        self, rng: Random, renaming: Random, setting: _Setting, member: Member, person_id: str, reported: bool
    ) -> Child:
        stock = pools()
        transfer = setting.transfer(rng)
        lists = self._draw_lists(rng, reported)
        birthplace = setting.home if rng.random() < 0.7 else _near(rng, setting.home)
        renamed = None
        if "citizenship_list" in lists:
            # a sibling may be adopted by somebody else
            adopter = setting.adopter if renaming.random() < 0.8 else draw_adopter(renaming, stock)
            renamed = rename(renaming, stock, self.damage, member, adopter, birthplace, transfer.region)
        lost_on = transfer.on - timedelta(days=rng.randrange(0, 25 if setting.institution else 60))
        return Child(
            person_id=person_id,
            reported=reported,
            name=member.name,
            birth_date=member.birth_date,
            birthplace=birthplace,
            home=setting.home,
            institution=setting.institution_of(member),
            mother=setting.family.mother,
            father=member.father,
            language=setting.family.language,
            family=setting.number,
            eyes=stock.traits["eyes"].draw(rng),
            hair=stock.traits["hair"].draw(rng),
            mark=stock.traits["mark"].draw(rng)[0] if rng.random() < _MARKED else None,
            lost_on=max(lost_on, member.birth_date + timedelta(days=7)),
            transfer=transfer,
            lists=lists,
            renamed=renamed,
        )

    def _draw_lists(self, rng: Random, reported: bool) -> frozenset[str]:
        if reported and rng.random() < self.coverage.unlisted:
            return frozenset()
        if not any(self._chances.values()):
            return frozenset()
        while True:
            lists = frozenset(slug for slug in SOURCES[1:] if rng.random() < self._chances[slug])
            if lists:
                return lists


class _Setting:
    """What the children of one family share: where they lived, which group took them, who adopted them."""

    def __init__(
        self,
        rng: Random,
        family: Family,
        number: int,
        institution: Institution | None,
        district: Settlement,
        transfers: tuple[Transfer, ...],
    ) -> None:
        self.family = family
        self.number = number
        self.institution = institution
        self.home = district if rng.random() < 0.6 else _near(rng, district)
        self.adopter: FullName = draw_adopter(rng, pools())
        self._transfers = transfers
        self._apart = rng.random() < _APART
        self._on = transfers[0].on

    def transfer(self, rng: Random) -> Transfer:
        """The group of the next child: the first, or by chance the second when the family is apart."""
        return self._transfers[1 if self._apart and rng.random() < 0.6 else 0]

    def institution_of(self, member: Member) -> Institution | None:
        """The institution, if the child's age fits it."""
        if self.institution is None:
            return None
        low, high = _AGES.get(self.institution.kind.kind, (0, 17))
        age = (self._on - member.birth_date).days / 365.25
        return self.institution if low - 1 <= age <= high + 1 else None


def _near(rng: Random, place: Settlement) -> Settlement:
    """A settlement of the same oblast, now and then of any."""
    stock = pools()
    return (
        stock.settlements.draw(rng) if rng.random() < 0.15 else stock.settlements_by_oblast[place.oblast.uk].draw(rng)
    )


def _draw_institution(rng: Random) -> Institution:
    stock = pools()
    kind = stock.institutions.draw(rng)
    return Institution(kind, rng.randint(1, 30) if kind.numbered else 0, stock.settlements.draw(rng))


def _draw_transfers(rng: Random) -> tuple[Transfer, ...]:
    stock = pools()
    on = _FIRST_TRANSFER + timedelta(days=rng.randrange(_TRANSFER_SPAN))
    region = stock.regions.draw(rng)
    later = stock.regions.draw(rng)
    return (
        Transfer(on, region, rng.choice(region.towns)),
        Transfer(on + timedelta(days=rng.randint(3, 45)), later, rng.choice(later.towns)),
    )
