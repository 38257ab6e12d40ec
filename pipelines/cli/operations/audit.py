"""`ridni audit`: is what the database says still what was done?"""

from __future__ import annotations

import typer
from rich.markup import escape

from pipelines.cli import startup
from pipelines.cli.console import UserError, err, out, thousands, waiting

app = typer.Typer(help="The append-only, hash-linked log.", no_args_is_help=True)


@app.command("verify")
def verify() -> None:
    """Hold log, checkpoints, custody, verdicts, identities, payloads and evidence together; name what does not fit.

    Example: ridni audit verify
    """
    startup.database()
    from registry import audit, checkpoints, proof

    with waiting("Checking everything that the log binds"):
        found = list(proof.findings())
    for one in found[1:]:
        err.print(escape(f"{one.where}: {one.why}"), soft_wrap=True)
    if found:
        more = f" ({len(found)} findings in all)" if len(found) > 1 else ""
        raise UserError(f"{found[0].where}: {found[0].why}{more}. Compare with a backup, and find out who had access")
    report = audit.last()
    out.print(f"The audit log is whole: {thousands(report.seq)} rows, last hash {report.hash[:16]}…")
    out.print(f"It goes on from every checkpoint in {checkpoints.folder()}.")
    out.print("Each custody entry, verdict, hand-over, account and identity is the one that the log is bound to.")
    out.print("Each row's written values are those of its fingerprint, and all evidence has the bytes of its hash.")
