"""Who does something, as the log names them: by kind, so that a name of one kind never reads as that of another.

`user:ID` is an account that has signed in, `token:NAME` a token of the feed, `os:NAME` an account of the machine at the
command line or in a service, `db:ROLE` a role of the database. Rows from before have a bare id or name, or `system`.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from functools import cache

USER = "user:"
TOKEN = "token:"  # noqa: S105 — a kind of actor
OS = "os:"
DATABASE = "db:"
BEFORE_KINDS = "system"
"""Stood in old rows for whatever the program did by itself or an operator did."""


def of_user(pk: int) -> str:
    """Return the actor that an account is."""
    return f"{USER}{pk}"


def of_token(name: str) -> str:
    """Return the actor that a token of the feed is."""
    return f"{TOKEN}{name}"


@cache
def operator() -> str:
    """Return the actor that this process is: the machine's account under which it runs."""
    try:
        return OS + getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return f"{OS}{os.getuid()}"


def all_forms(pk: int) -> list[str]:
    """Return the forms under which the log names an account, that of old rows included."""
    return [of_user(pk), str(pk)]


def typed(actor: str) -> str:
    """Return an actor by kind: a bare id is an account's, `system` is this process."""
    if actor == BEFORE_KINDS:
        return operator()
    return of_user(int(actor)) if actor.isascii() and actor.isdecimal() else actor


def shown(actor: str, names: Mapping[int, str], action: str) -> str:
    """Return an actor as people read it: an account's name, anything else with its kind.

    Args:
        actor: As it stands in the log.
        names: Names of accounts by id.
        action: What was done: in old rows a bare word names a token where the feed was read, else an account.
    """
    bare = actor.removeprefix(USER)
    if actor.startswith((TOKEN, OS, DATABASE)):
        return actor
    if actor.startswith(USER):
        return names.get(int(bare), actor) if bare.isdecimal() else actor
    if action.startswith("feed."):
        return of_token(actor)
    return names.get(int(actor), actor) if actor.isascii() and actor.isdecimal() else actor
