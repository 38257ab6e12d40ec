"""`ridni testimony`: documents about one child that are no list, and the facts that people take from them."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out, thousands
from pipelines.cli.masking import masked
from sources.locator import Locator

if TYPE_CHECKING:
    from registry.models import Record
    from sources.readers.document_text import Unread

app = typer.Typer(help="Testimonies, medical reports, statements of families.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="The document's number in `ridni testimony list`.")]


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="The document: text, Word, PDF or an image.")],
    about: Annotated[str, typer.Option(help="The record (id or SOURCE/KEY) or the id of the identity it speaks of.")],
    collected_from: Annotated[str, typer.Option("--from", help="Where it comes from.")],
    legal_basis: Annotated[str, typer.Option(help="On which legal basis it is held.")],
    handling: Annotated[str, typer.Option(help="Its handling code.")],
    kind: Annotated[str, typer.Option(help="testimony, medical_report, family_statement or document.")] = "testimony",
    how: Annotated[str, typer.Option(help="How it was collected, in words.")] = "handed over as a file",
    at: Annotated[datetime | None, typer.Option(help="When it was collected; unset: now.")] = None,
    place: Annotated[str, typer.Option(help="Which part is meant, such as 'page 3'; unset: all of it.")] = "",
    by: options.By = "",
) -> None:
    """Store a document and attach it to a record or an identity; its text stays closed.

    Example: ridni testimony add report.pdf --about family_reports/R-0017 --kind medical_report
    --from "a fictional hospital" --legal-basis "consent of the guardian" --handling secret
    """
    if not file.is_file():
        raise UserError(f"{file}: there is no such file; check the path")
    startup.database()
    from registry import testimonies
    from registry.evidence.custody import CollectionFacts

    when = at.astimezone() if at else datetime.now(UTC)
    who = by or getpass.getuser()
    collected = CollectionFacts(who, when, how, collected_from, legal_basis, handling, file.name)
    made = testimonies.add(file, kind, about, collected, options.actor(by), place)
    out.print(f"Document {made.pk} is attached to {escape(about)}.")


@app.command("list")
def list_documents(
    about: Annotated[str, typer.Argument(help="Only of this record or identity.")] = "",
    limit: Annotated[int, typer.Option(help="Show at most so many.", min=1)] = 50,
) -> None:
    """List documents, the newest first, without what they say.

    Example: ridni testimony list family_reports/R-0017
    """
    startup.database()
    from django.utils import timezone

    from registry import testimonies

    shown, total = testimonies.page(about, limit)
    if not shown:
        out.print("There is no such document.")
        return
    table = Table(box=None, header_style="bold")
    for column in ("document", "kind", "about", "part", "handling", "added", "by", "facts taken", "evidence"):
        table.add_column(column, overflow="fold")
    for one in shown:
        added = f"{timezone.localtime(one.added_at):%Y-%m-%d}"
        texts = (one.kind.replace("_", " "), one.about, one.place, one.handling_code, added, one.added_by)
        table.add_row(str(one.id), *map(escape, texts), str(one.facts), one.evidence_sha256[:12])
    out.print(table)
    if total > len(shown):
        out.print(f"… and {thousands(total - len(shown))} more; --limit shows more.")


@app.command("open")
def open_document(
    number: Number, purpose_file: options.PurposeFile = None, by: options.By = "", purpose: options.Purpose = ""
) -> None:
    """Print the text of a document for a stated purpose; the opening is written to the custody log first.

    Example: ridni testimony open 3
    """
    purpose = options.purpose(purpose, purpose_file)
    startup.database()
    from registry import testimonies

    opened = testimonies.open_text(number, options.actor(by), purpose)
    if not opened.text:
        raise UserError(f"the document {_unread(opened.unread)}; evidence export gives it out")
    out.print(escape(opened.text), soft_wrap=True)
    if opened.cut:
        out.print("… only the beginning is shown.")


@app.command("observe")
def observe(
    number: Number,
    username: options.As,
    fields: options.Arguments = None,
    file: options.Values = None,
    observed_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day for which the document speaks.")
    ] = None,
    place: Annotated[str, typer.Option(help="Where in it the facts stand, such as 'page 3'.")] = "",
    language: Annotated[str, typer.Option(help="uk, ru or en.")] = "uk",
) -> None:
    """Keep facts from a document as a record of its own; whoever enters them never judges it.

    The facts are typed when asked, or stand in a file, one FIELD=VALUE a line, as the document says it.

    Example: ridni testimony observe 3 --values facts.txt --place "page 2" --as olena
    """
    values = options.values(fields, file)
    startup.database()
    from registry import testimonies

    day = observed_on.date() if observed_on else None
    record = testimonies.observe(
        number, values, options.entering(username), observed_on=day, place=place, language=language
    )
    out.print(f"Record {record.pk} was taken from document {number}: {record.source.slug}/{record.key}")


def passage(record: Record, *, opening: bool) -> None:
    """Print the document from which a person took a record; its text only when it has been opened for a purpose."""
    from registry.evidence import store
    from sources.readers import document_text

    table = Table(box=None, header_style="bold")
    for column in ("field", "as recorded"):
        table.add_column(column, overflow="fold")
    for name, value in record.payload["written"].items():
        text = value if isinstance(value, str) else "; ".join(value)
        table.add_row(name, escape(text if opening else masked(text)))
    who = record.entered_by.username if record.entered_by else "somebody at the command line"
    out.print(f"taken from document {Locator.from_json(record.locator).testimony} by {escape(who)}")
    out.print(table)
    if opening:
        with store.plain(record.evidence.sha256) as path:
            said = document_text.text_of(path, record.evidence.media_type)
        out.print("\nThe document:")
        out.print(escape(said.text) or f"it {_unread(said.unread)}", soft_wrap=True)
    else:
        out.print("\nMasked. --open shows the document and is written to the custody log.")


def _unread(why: Unread | None) -> str:
    """Say why a document shows no text."""
    from sources.readers.document_text import Unread

    said = {
        None: "holds no text",
        Unread.DAMAGED: "is damaged, protected, or a scan that cannot be read here",
        Unread.DEMANDING: "takes too much time or memory to be read here",
        Unread.EMPTY: "holds no text",
        Unread.OTHER_KIND: "is of a kind that is not read here",
    }
    return said[why]
