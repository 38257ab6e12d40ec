"""Who asks at the command line, and with what purpose."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import UserError
from pipelines.cli.masking import masked

if TYPE_CHECKING:
    from registry.evidence.custody import Actor

By = Annotated[str, typer.Option("--by", help="Who does this: an account's name; unset: yours on this machine.")]
Open = Annotated[bool, typer.Option("--open", help="Show values instead of masking them; needs --purpose, is logged.")]
Purpose = Annotated[str, typer.Option("--purpose", help="What for, in a few words that name no child.")]


def actor(by: str) -> Actor:
    """Return who does something: the account of that name, or the bare name."""
    from registry.evidence.custody import Actor

    return Actor.of(by or getpass.getuser())


def values(changes: Iterable[str]) -> dict[str, str]:
    """Return the values that a person states as FIELD=VALUE.

    Raises:
        UserError: One has no equals sign.
    """
    found = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise UserError(f"write FIELD=VALUE, such as full_name='…', instead of {masked(change)!r}")
        found[name.strip()] = value
    return found


def purpose(text: str, opening: bool) -> str:
    """Return the stated purpose; refuse to open without one.

    Raises:
        UserError: Something is opened, and no purpose is stated.
    """
    if opening and len(text.strip()) < 3:
        raise UserError('opening evidence needs a stated purpose: --purpose "request of the court 12/24"')
    return text
