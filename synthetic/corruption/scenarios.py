"""The names of the alterations in `truth.csv`, and which of several is the main one of a row."""

from __future__ import annotations

from collections.abc import Iterable

PRECEDENCE = (
    "all_names_and_birth_altered",
    "all_names_replaced",
    "birth_date_shifted",
    "surname_patronymic_replaced",
    "card",
    "mention",
    "media_latin",
    "initials",
    "placeholder_date",
    "diminutive",
    "clerical",
    "russified",
    "plain",
)
"""The hardest first: a row bears the first of these that was done to it. A scenario tells how the row differs from the
child's Ukrainian documents."""

UNRELATED = "unrelated"
"""The scenario of a row whose child is in no other row of the world."""


def main_scenario(done: Iterable[str]) -> str:
    """The one scenario of a row to which several things were done; `plain` when nothing was.

    Raises:
        ValueError: An unknown name.
    """
    names = set(done)
    unknown = names - set(PRECEDENCE)
    if unknown:
        raise ValueError(f"unknown scenario {sorted(unknown)}; the known ones are {', '.join(PRECEDENCE)}")
    return next((name for name in PRECEDENCE if name in names), "plain")
