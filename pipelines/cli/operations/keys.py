"""`ridni keys`: the ring of keys, and the people who hold it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, thousands, waiting

if TYPE_CHECKING:
    from keys.holders import Holder
    from keys.opening import Opened
    from keys.ring_file import SealedRing

app = typer.Typer(help="The keys of this deployment, and the people who hold them.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="NAME[=age1…]", help="Without a recipient a passphrase is asked.")]
Need = Annotated[int, typer.Option("--need", help="How many holders open the keys together; unset: as before.")]
Identities = Annotated[
    list[Path] | None, typer.Option("--identity", help="A file with an age identity, or with one passphrase.")
]


@app.command("init")
def init(
    holder: Annotated[
        list[str] | None, typer.Option("--holder", metavar="NAME[=age1…]", help="A holder; twice or more.")
    ] = None,
    need: Annotated[int, typer.Option("--need", min=1, help="How many of them open the keys together.")] = 1,
) -> None:
    """Put the keys into the hands of named people: by their age recipient (`age-keygen`), or by a passphrase.

    Until then a file beside the data opens them. What is new is sealed with new keys; `ridni keys rotate` seals the
    rest again. Take two holders or more: with a lost holder's keys the data is lost where nobody else opens it.

    Example: ridni keys init --holder anna=age1… --holder borys --holder vira --need 2
    """
    from keys import changes, ring_file

    if len(holder or []) < 2:
        raise UserError("name two holders or more, such as --holder anna=age1… --holder borys")
    _open()
    held = changes.to_people([_holder(told) for told in holder or []], need)
    _tell_holders(held.sealed)
    out.print(
        f"Copy {ring_file.path()} to where the holders keep theirs: no backup has it, and nothing opens without it.\n"
        "Every day: `ridni keys unlock`, or RIDNI_KEYS_IDENTITY on another volume. Now: `ridni keys rotate`.",
        soft_wrap=True,
    )


@app.command("unlock")
def unlock(
    identity: Identities = None,
    hours: Annotated[float, typer.Option("--for", min=0.01, max=168, help="Hours for which they stay open.")] = 10,
) -> None:
    """Open the keys for the other commands of this account on this machine; they stay in memory alone.

    Holders by passphrase are asked one after the other; who is not there is passed over with Enter.

    Example: ridni keys unlock --identity /media/anna/ridni.txt --for 8
    """
    from keys import agent, changes, opening

    held = opening.open_ring(startup.passphrase_of, identity or [])
    if not changes.in_hands(held.sealed):
        raise UserError("nothing is locked: a file beside the data, or a setting, opens the keys. `ridni keys init`")
    agent.start(held.sealed.number, held.master, hours * 3600)
    out.print(f"Open for {hours:g} hours. `ridni keys lock` ends it.")


@app.command("lock")
def lock() -> None:
    """End what `ridni keys unlock` began; what is running already, such as `ridni serve`, stays open until it ends.

    Example: ridni keys lock
    """
    from keys import agent

    out.print("Locked." if agent.end() else "Nothing was open.")


@app.command("status")
def status() -> None:
    """Tell who holds the keys, how they are opened, and how old each is; shows no key.

    Example: ridni keys status
    """
    from keys import KeysLocked, ring_file
    from keys.purposes import MEANING

    try:
        held = _open()
    except KeysLocked as locked:
        if sealed := ring_file.read():
            _tell_holders(sealed)
        out.print(escape(f"Locked. {locked.mend}."), soft_wrap=True)
        return
    _tell_holders(held.sealed)
    out.print(f"Opened by {held.how}.")
    for purpose, meaning in MEANING.items():
        first, *older = held.ring.keys[purpose]
        more = f", {len(older)} older for reading" if older else ""
        out.print(f"{purpose.value:<15} key {first.number} of {first.made[:10]}{more}: {meaning}", soft_wrap=True)


@app.command("rotate")
def rotate() -> None:
    """Take new keys for all that is sealed from now on, and seal again what the old ones opened.

    People work on meanwhile. A killed run loses nothing: the next one goes on. Old keys go once nothing needs them, a
    day after a newer one took their place.

    Example: ridni keys rotate
    """
    startup.database()
    from pipelines import key_rotation

    with waiting("Sealing with new keys"):
        done = key_rotation.rotate()
    out.print(
        f"Sealed again: {', '.join(f'{thousands(count)} {what}' for what, count in done.sealed.items())}. "
        f"Old keys removed: {done.dropped}."
    )


@app.command("add-holder")
def add_holder(holder: Named, need: Need = 0) -> None:
    """Give one more person the keys; the other holders need not be there, the keys have to be open.

    Example: ridni keys add-holder halyna=age1…
    """
    from keys import changes

    _open()
    _tell_holders(changes.add(_holder(holder), need or None).sealed)
    out.print("The ring's file has changed: copy it anew to where the holders keep theirs.")


@app.command("remove-holder")
def remove_holder(
    name: Annotated[str, typer.Argument(help="Their name, as `ridni keys status` says.")], need: Need = 0
) -> None:
    """Take the keys from a person: what is sealed from now on they cannot open, even with an older copy of the ring.

    Example: ridni keys remove-holder borys
    """
    from keys import changes

    _open()
    _tell_holders(changes.remove(name, need or None).sealed)
    out.print(
        "Start `ridni serve` and workers again, run `ridni keys rotate`, and destroy older copies of the ring's file: "
        "with one of them the person still opens what is sealed until now.",
        soft_wrap=True,
    )


def _open() -> Opened:
    import keys

    return keys.opened(startup.passphrase_if_asked())


def _holder(told: str) -> Holder:
    """Return a holder as an argument names them, asking twice for the passphrase of one without a recipient."""
    from keys import holders

    name, by_recipient, recipient = told.partition("=")
    if by_recipient:
        return holders.by_recipient(name, recipient)
    words = startup.hidden(f"New passphrase of {name}: ")
    if startup.hidden("Once more: ") != words:
        raise UserError(f"the two passphrases of {name} are not the same; run the command again")
    return holders.by_passphrase(name, words)


def _tell_holders(sealed: SealedRing) -> None:
    from keys import changes, ring_file

    out.print(f"Ring {sealed.number}: {ring_file.path()}", soft_wrap=True)
    if not changes.in_hands(sealed):
        out.print(
            "Nobody holds it: "
            + ("a file beside the data opens it." if sealed.holders else "RIDNI_SECRET_KEY opens it.")
        )
        return
    for holder in sealed.holders:
        out.print(
            escape(f"  {holder.name}: {'passphrase' if holder.by_passphrase else holder.recipient}"), soft_wrap=True
        )
    spare = len(sealed.holders) - sealed.needed
    lost = f"{spare} may be lost" if spare else "if one is lost, everything is lost: add a holder, or need fewer"
    out.print(f"{sealed.needed} of {len(sealed.holders)} open it; {lost}.")
