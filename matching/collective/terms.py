"""The collective terms by name, each with what it may say of a pair."""

from __future__ import annotations

from typing import Final, NamedTuple

from matching.spec import LinkageSpec


class Term(NamedTuple):
    """One collective term.

    Attributes:
        name: Stands in explanations where a field does.
        part: Of the spec's `collective`, without which it says nothing.
        against, supports: Code and sentence where it speaks against a pair, and for it.
    """

    name: str
    part: str
    against: tuple[str, str]
    supports: tuple[str, str]


TERMS: Final = (
    Term(
        "transfer",
        "transfer",
        ("transfer_elsewhere", "others of the same town or institution were found in other regions"),
        ("transfer_there", "others of the same town or institution were found in this region"),
    ),
    Term(
        "kin_transfer",
        "transfer",
        ("kin_elsewhere", "the child's brothers and sisters were found in other regions"),
        ("kin_there", "a brother or sister of the child was found in this region"),
    ),
    Term(
        "own_transfer",
        "transfer",
        ("own_elsewhere", "another list has the child, as it seems, in another region"),
        ("own_there", "another list has the child, as it seems, in this region"),
    ),
    Term(
        "kin_listed",
        "kin",
        ("kin_not_listed", "the child's brothers and sisters are not those who stand beside this one in the list"),
        ("kin_beside", "a brother or sister of the child, as it seems, stands beside this one in the list"),
    ),
    Term(
        "days",
        "time",
        ("days_impossible", "the transfer was before the last day at home"),
        ("days_possible", "the days fit"),
    ),
)
"""In the order in which they are added up and shown."""

AGAINST: Final = 0
SUPPORTS: Final = 1


def terms_of(spec: LinkageSpec) -> tuple[Term, ...]:
    """Return the terms that a spec's explanations have: all, or none."""
    return TERMS if spec.collective is not None else ()
