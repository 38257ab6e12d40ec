"""`ridni audit`: is the log of what was done still whole?"""

from __future__ import annotations

import typer

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, thousands, waiting

app = typer.Typer(help="The append-only, hash-linked log.", no_args_is_help=True)


@app.command("verify")
def verify() -> None:
    """Recompute the audit chain, the custody log bound to it, and the hashes of all evidence; name what does not fit.

    Example: ridni audit verify
    """
    startup.database()
    from registry import audit
    from registry.evidence import custody, store

    with waiting("Checking the audit log"):
        report = audit.verify()
    if not report.sound:
        raise UserError(
            f"audit row {report.first_broken_seq}: {report.why}; {thousands(report.checked)} rows were checked. "
            "Compare with a backup and find out who had access to the database"
        )
    with waiting("Checking the custody log"):
        broken = custody.first_broken()
    if broken is not None:
        row = f"audit row {broken.audit_seq}, " if broken.audit_seq else ""
        raise UserError(f"{row}custody entry {broken.entry_id} {broken.why}; compare with a backup")
    with waiting("Checking the evidence"):
        damaged = store.verify()
    if damaged:
        first = damaged[0]
        raise UserError(f"evidence {first.sha256[:12]}…: {first.why} ({len(damaged)} in all); restore it from a backup")
    out.print(f"The audit log is whole: {thousands(report.checked)} rows, last hash {report.last_hash[:16]}…")
    out.print("Each custody entry is the one that the audit log is bound to.")
    out.print("All evidence has the bytes that its hash says.")
