"""Who asks at the command line, and with what purpose; what may name a child is never an argument of a command.

Arguments stand in the list of processes, which every account of the machine reads, and in the shell's history. Values
and purposes are therefore asked for, or read from a file or from standard input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import UserError, err

if TYPE_CHECKING:
    from registry.evidence.custody import Actor
    from registry.models import User

By = Annotated[
    str,
    typer.Option(
        "--by", help="For whom you do this: a name kept in the entry. The act itself is that of your account here."
    ),
]
As = Annotated[
    str, typer.Option("--as", help="Who you are; your password, and a one-time code if you use one, are asked.")
]
Open = Annotated[bool, typer.Option("--open", help="Show values instead of masking them; a purpose is asked, logged.")]
Purpose = Annotated[str, typer.Option("--purpose", hidden=True)]
PurposeFile = Annotated[
    Path | None,
    typer.Option("--purpose-file", help="A file whose first line says what for; unset: it is asked, or read from '-'."),
]
Reason = Annotated[str, typer.Option("--reason", hidden=True)]
ReasonFile = Annotated[
    Path | None,
    typer.Option("--reason-file", help="A file whose first line says why; unset: it is asked, or read from '-'."),
]
Note = Annotated[str, typer.Option("--note", hidden=True)]
NoteFile = Annotated[
    Path | None,
    typer.Option("--note-file", help="A file whose first line is for the person who decides ('-': standard input)."),
]
Values = Annotated[
    Path | None, typer.Option("--values", help="A file of FIELD=VALUE lines ('-': standard input); unset: asked.")
]
Arguments = Annotated[list[str] | None, typer.Argument(hidden=True)]

_STDIN = Path("-")


def actor(by: str) -> Actor:
    """Return who does something: the machine's account, with the name that it states to act for."""
    from registry.evidence.custody import Actor

    return Actor.operator(by.strip())


def account(username: str) -> User:
    """Ask for password and code of an account, and return it.

    Raises:
        RegistryError: The account is closed, or password or code is wrong.
    """
    from review.sign_in import backend

    password = os.environ.get("RIDNI_PASSWORD") or typer.prompt(f"Password of {username}", hide_input=True, err=True)
    code = ""
    if backend.asks_for_code(username):
        code = typer.prompt("One-time or recovery code", hide_input=True, err=True)
    return backend.authenticated(username, password, code)


def entering(username: str) -> Actor:
    """Return the account that enters values, once it has proved itself: nobody judges what they entered."""
    from registry.access import permissions
    from registry.evidence.custody import Actor

    person = account(username)
    permissions.require(person, permissions.DOCUMENTS)
    return Actor(person.username, person)


def values(arguments: Iterable[str] | None, file: Path | None) -> dict[str, str]:
    """Return the values that a person states, one FIELD=VALUE a line.

    Args:
        arguments: What stood behind the command: nothing may.
        file: Where the lines are; `-` is standard input, None asks for them.

    Raises:
        UserError: Values stand in arguments, the file cannot be read, or a line has no equals sign.
    """
    if arguments:
        raise UserError(
            "values of records do not belong in a command, where every account of this machine can read them: leave "
            "them out and type them when asked, or give --values FILE (--values - reads standard input), "
            "one FIELD=VALUE a line"
        )
    found = {}
    for number, line in enumerate(_lines(file, "Type one FIELD=VALUE a line, and an empty line at the end."), 1):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise UserError(f"line {number}: write FIELD=VALUE, such as full_name=…")
        found[name.strip()] = value.strip()
    if not found:
        raise UserError("no values are given: type them, or give --values FILE")
    return found


def purpose(argument: str, file: Path | None, *, opening: bool = True) -> str:
    """Return the stated purpose, '' where nothing is opened.

    Raises:
        UserError: It stands in an argument, or nothing is stated.
    """
    if argument:
        raise UserError(
            "a purpose does not belong in a command, where every account of this machine can read it: leave --purpose "
            "out and type it when asked, or give --purpose-file FILE (- reads standard input)"
        )
    if not opening:
        return ""
    text = next(iter(_lines(file, "What for, in a few words that name no child:", one=True)), "")
    if len(text.strip()) < 3:
        raise UserError("opening evidence needs a stated purpose, such as: request of the court 12/24")
    return text


def reason(argument: str, file: Path | None, question: str) -> str:
    """Return why somebody does something; read before values, so that standard input may hold both in this order.

    Raises:
        UserError: It stands in an argument, or nothing is stated.
    """
    if argument:
        raise UserError(
            "a reason does not belong in a command, where every account of this machine can read it: leave --reason "
            "out and type it when asked, or give --reason-file FILE (- reads standard input)"
        )
    text = next(iter(_lines(file, f"{question} In words that name no child:", one=True)), "").strip()
    if not text:
        raise UserError("say why: type it when asked, or give --reason-file FILE")
    return text


def note(argument: str, file: Path | None) -> str:
    """Return what somebody adds for the person who decides, '' where nothing.

    Raises:
        UserError: It stands in an argument, or the file cannot be read.
    """
    if argument:
        raise UserError(
            "a note does not belong in a command, where every account of this machine can read it: leave --note out "
            "and give --note-file FILE (- reads standard input)"
        )
    return next(iter(_lines(file, "A note, in words that name no child:", one=True)), "").strip() if file else ""


def _lines(file: Path | None, question: str, *, one: bool = False) -> list[str]:
    """Return the filled lines of a file, of standard input, or of what a person types."""
    if file is not None and file != _STDIN:
        try:
            return [line for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        except (OSError, UnicodeError) as error:
            raise UserError(f"{file}: cannot be read ({type(error).__name__}); give a text file in UTF-8") from None
    if file is None and sys.stdin.isatty():
        err.print(question)
    found: list[str] = []
    for line in sys.stdin:
        if not line.strip() and sys.stdin.isatty():
            break
        found += [line.rstrip("\r\n")] if line.strip() else []
        if one and found:
            break
    return found
