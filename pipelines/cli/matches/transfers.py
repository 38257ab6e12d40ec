"""`ridni transfers`: where groups were taken, learnt from pairs or stated by people."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out, thousands
from pipelines.cli.matches.candidates import write_csv

app = typer.Typer(
    help="Transfers: list, show, export, and state them. One person states, another allows.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(help="Number of the transfer or statement.")]
Reason = Annotated[str, typer.Option("--reason", hidden=True)]


@app.command("list")
def list_transfers(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, those of most families first.")] = 50,
) -> None:
    """List what the last run over everything has learnt, and what people state: numbers and days, no places.

    Example: ridni transfers list --limit 20
    """
    startup.database()
    from registry.judgements import stated_transfers
    from registry.models import Transfer

    table = Table(box=None, header_style="bold")
    for column in ("number", "origin", "families", "records", "lists", "days", "pairs", "bits"):
        table.add_column(column)
    for one in Transfer.objects.order_by("-families", "pk")[:limit]:
        days = " – ".join(f"{day:%d.%m.%Y}" for day in (one.moved_from, one.moved_to) if day)
        counts = (one.families, one.found, len(one.sources))
        table.add_row(str(one.pk), one.kind, *map(str, counts), days, str(one.pairs), f"{one.bits:+.1f}")
    out.print(table)
    for said in stated_transfers.listed():
        stands = "waits" if said.allowed is None else "counts" if said.allowed else "refused"
        out.print(f"Stated {said.pk}: {said.kind}, {stands}, by {said.asked_by.username}", highlight=False)


@app.command("show")
def show(number: Number, username: options.As) -> None:
    """Show one transfer as this account may see it, and the pairs that gain most by it.

    Example: ridni transfers show 12 --as olena
    """
    startup.database()
    from review.pair import transfers

    found = transfers.page(options.account(username), number)
    one = found.transfer
    out.print(f"{one.origin} → {one.region}", highlight=False)
    days = " – ".join(f"{day:%d.%m.%Y}" for day in one.days if day) or "days unknown"
    out.print(f"{days}; {one.families} families, {one.found} records, {one.verified} of verified pairs")
    for title, count in found.by_list:
        out.print(f"  {title}: {count}", highlight=False)
    out.print(f"{one.pairs} pairs gain {one.bits:+.1f} bits on average")
    for gain in found.gains:
        out.print(f"  pair {gain.candidate_id}: {gain.bits:+.1f} bits, {gain.status}", highlight=False)


@app.command("state")
def state(
    username: options.As,
    values_file: Annotated[
        Path | None, typer.Option("--values", help="FIELD=VALUE lines; - is standard input. Asked for when left out.")
    ] = None,
    reason: Reason = "",
    reason_file: Annotated[
        Path | None, typer.Option(help="Why it is believed, in a file; - is standard input. Asked for when left out.")
    ] = None,
) -> None:
    """State a transfer; it counts with the next run after another person has allowed it.

    The fields are institution (or last_place), region, stated_in, and perhaps from, to (DD.MM.YYYY) and children.

    Example: ridni transfers state --values transfer.txt --reason-file why.txt --as olena
    """
    why = options.reason(reason, reason_file, "Why is it believed?")
    values = options.values(None, values_file)
    known = {"institution", "last_place", "region", "stated_in", "from", "to", "children"}
    if strange := sorted(set(values) - known):
        raise UserError(f"a transfer has no field '{strange[0]}'; it has {', '.join(sorted(known))}")
    startup.database()
    from registry.judgements import stated_transfers

    person = options.account(username)
    made = stated_transfers.state(person, stated_transfers.read({**values, "reason": why}))
    out.print(f"Statement {made.pk} waits for another person: ridni transfers allow {made.pk} --as NAME")


@app.command("allow")
def allow(number: Number, username: options.As) -> None:
    """Allow a transfer that somebody else has stated; the next run counts it.

    Example: ridni transfers allow 3 --as petro
    """
    _decide(number, username, allowed=True)
    out.print(f"Statement {number} is allowed; `ridni link` counts it.")


@app.command("refuse")
def refuse(number: Number, username: options.As) -> None:
    """Refuse a transfer that somebody else has stated, before or after it was allowed.

    Example: ridni transfers refuse 3 --as petro
    """
    _decide(number, username, allowed=False)
    out.print(f"Statement {number} is refused; the next `ridni link` counts it no more.")


@app.command("export")
def export(file: Annotated[Path, typer.Argument(help="The CSV to write; a manifest stands beside it.")]) -> None:
    """Write the records behind each transfer, for work in this house: keys and standing, no names and no regions.

    With regions they leave through `ridni exports ask` (transfers), which two people want.

    Example: ridni transfers export transfers.csv
    """
    startup.database()
    from registry import audit
    from registry.access import field_access
    from registry.models import Transfer
    from registry.provenance import transfer_evidence

    seen = field_access.EVERYTHING - {field_access.FieldClass.PRESENT_LOCATION, field_access.FieldClass.ORIGIN}
    count = write_csv(file, transfer_evidence.COLUMNS, (row for _, row in transfer_evidence.rows(seen)))
    runs = sorted(set(Transfer.objects.values_list("run_id", flat=True)))
    manifest = {"rows": count, "runs": runs, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    beside = file.with_name(f"{file.name}.manifest.json")
    beside.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    audit.append("system", "transfers.exported", "run", str(runs[-1]) if runs else "", manifest)
    out.print(f"{thousands(count)} records behind transfers in {file}, manifest {beside.name}")


def _decide(number: int, username: str, *, allowed: bool) -> None:
    startup.database()
    from registry.judgements import stated_transfers

    stated_transfers.decide(options.account(username), number, allowed=allowed)
