"""The persons of the world: children, parents, where they lived, where they were taken, what they are called now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from synthetic.population.pools import (
    Bilingual,
    GivenName,
    InstitutionKind,
    Language,
    Region,
    Settlement,
    Sex,
    Surname,
)


@dataclass(frozen=True, slots=True)
class FullName:
    """Surname, given name and patronymic of one person, in either language."""

    surname: Surname
    given: GivenName
    patronymic: Bilingual
    sex: Sex

    def parts(self, language: Language) -> tuple[str, str, str]:
        """Surname, given name, patronymic as written in this language."""
        return (
            self.surname.written(language, self.sex),
            self.given.written(language),
            self.patronymic.written(language),
        )


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution children lived in."""

    kind: InstitutionKind
    number: int
    town: Settlement

    def written(self, language: Language) -> str:
        """The institution with its number and town, such as `Обласний дитячий будинок № 3, м. Бердянськ`."""
        number = f" № {self.number}" if self.number else ""
        return f"{self.kind.written(language)}{number}, {self.town.described(language, oblast=False)}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A group of children taken from one institution or district to one region on one day."""

    on: date
    region: Region
    town: str


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """What a child is called on the citizenship list.

    Attributes:
        kind: `kept`, or the scenario that tells what was altered.
        name: The name the child bears now.
        birth_date: As the list has it.
        birthplace: As the list has it, already written.
    """

    kind: Literal[
        "kept", "surname_patronymic_replaced", "all_names_replaced", "birth_date_shifted", "all_names_and_birth_altered"
    ]
    name: FullName
    birth_date: date
    birthplace: str


@dataclass(frozen=True, slots=True)
class Child:
    """One missing child, as the child's Ukrainian documents and family know it.

    Attributes:
        person_id: Stable id; the same seed gives the same child under it.
        reported: A family report exists.
        name: By the documents.
        birth_date: By the documents.
        birthplace: Settlement.
        home: Last known place.
        institution: Where the child lived, if not with the family.
        mother: Her name, if known.
        father: His name, if known.
        language: The language the family writes.
        family: Number of the family inside the community; siblings share it.
        eyes: Colour in both languages and as a card words it.
        hair: Likewise.
        mark: A particular trait, or none.
        lost_on: The day contact was lost.
        transfer: The group the child was taken with.
        lists: Slugs of the lists the child is in, besides the family reports.
        renamed: The name on the citizenship list; only for children on that list.
    """

    person_id: str
    reported: bool
    name: FullName
    birth_date: date
    birthplace: Settlement
    home: Settlement
    institution: Institution | None
    mother: FullName | None
    father: FullName | None
    language: Language
    family: int
    eyes: tuple[Bilingual, str]
    hair: tuple[Bilingual, str]
    mark: Bilingual | None
    lost_on: date
    transfer: Transfer
    lists: frozenset[str]
    renamed: NewIdentity | None

    @property
    def sex(self) -> Sex:
        """`f` or `m`."""
        return self.name.sex

    @property
    def alone(self) -> bool:
        """The child is in one row of the world only."""
        return not self.reported and len(self.lists) == 1

    def age_on(self, day: date) -> int:
        """Full years on this day."""
        return full_years(self.birth_date, day)


def full_years(born: date, day: date) -> int:
    """The age on this day of somebody born on another."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Community:
    """The children taken together: those of one institution and of the district around it.

    Attributes:
        number: Place in the world, from 0.
        institution: The institution most of them lived in.
        transfers: The groups they were taken with; most children went with the first.
        children: Reported ones and others.
    """

    number: int
    institution: Institution
    transfers: tuple[Transfer, ...]
    children: tuple[Child, ...]

    def siblings(self, child: Child) -> list[Child]:
        """The other children of the family."""
        return [other for other in self.children if other.family == child.family and other is not child]
