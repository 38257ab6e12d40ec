"""What a data person writes to let families, institutions and transfers speak for a pair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matching.spec.rules import Rule

DESTINATION = "destination"
"""The name under which blocking rules of collective evidence speak of where a sought record may be found."""

Share = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TransferSpec(_Strict):
    """Where the people of one place of origin were found: institution X → region Y."""

    destination: str = Field(description="Column of places: where a found record says that the person is.")
    origins: tuple[str, ...] = Field(
        min_length=1,
        description="Columns that say where a person was taken from, the vaguest first: a town, then an institution.",
    )
    prior_weight: Annotated[float, Field(gt=0)] = Field(
        8.0, description="Found people that the background counts for: fewer of one origin hardly move it."
    )
    least_families: int = Field(3, ge=1, description="An origin with fewer families behind it says nothing.")
    elsewhere: Share = Field(0.15, description="Share of those taken who are listed somewhere else; fitted.")
    max_bits_for: Annotated[float, Field(gt=0)] = Field(8.0, description="The most that a transfer may speak for.")
    max_bits_against: Annotated[float, Field(gt=0)] = Field(3.0, description="The most that it may speak against.")


class KinSpec(_Strict):
    """Who belongs together in one list, and what brothers and sisters do not share."""

    family: tuple[str, ...] = Field(
        min_length=1, description="Columns of names that brothers and sisters share: surname, patronymic."
    )
    places: tuple[str, ...] = Field(
        (), description="Columns of which a family shares one as well, where either record has one."
    )
    private: tuple[str, ...] = Field(
        min_length=1, description="Fields that they do not share: given name, birth, sex. Only these may support."
    )
    listed_together: Share = Field(0.5, description="Chance that a sibling stands in a list where the other does.")
    largest: int = Field(12, ge=2, description="A larger group of one name is no family.")
    max_bits_for: Annotated[float, Field(gt=0)] = Field(12.0, description="The most that one sibling may speak for.")
    max_bits_against: Annotated[float, Field(gt=0)] = Field(2.0, description="The most that one may speak against.")


class TimeSpec(_Strict):
    """Two days of one life that must stand in one order."""

    before: str = Field(description="Column of days on the seeking side: the last day at home.")
    after: str = Field(description="Column of days on the found side: the day of the transfer.")
    slack_days: int = Field(31, ge=0, description="So many days the wrong way are a slip, and say nothing.")
    bits_against: Annotated[float, Field(gt=0)] = Field(6.0, description="What a wrong order counts against.")


class CollectiveSpec(_Strict):
    """Evidence about a pair that lies in other pairs. Each part may be left out."""

    transfer: TransferSpec | None = None
    kin: KinSpec | None = None
    time: TimeSpec | None = None
    blocking: tuple[Rule, ...] = Field(
        (),
        max_length=32,
        description=f"Rules for pairs that only collective evidence reaches; `{DESTINATION}.id` is a place to which "
        "people of the same origin were taken.",
    )
    max_bits: Annotated[float, Field(gt=0)] = Field(14.0, description="The most that all parts together may say.")
    strong: Share = Field(0.5, description="Least probability, by the pair alone, of a pair that supports others.")
    headroom: Annotated[float, Field(ge=0)] = Field(
        10.0, description="Pairs so many bits below what is kept are still weighed: others may lift them."
    )

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield each column that is read, with the part that names it."""
        if self.transfer is not None:
            yield self.transfer.destination, "transfer"
            for name in self.transfer.origins:
                yield name, "transfer"
        if self.kin is not None:
            for name in (*self.kin.family, *self.kin.places):
                yield name, "kin"
        if self.time is not None:
            yield self.time.before, "time"
            yield self.time.after, "time"
