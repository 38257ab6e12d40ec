"""`ridni stop`: end what runs in the background."""

from __future__ import annotations

from pipelines.cli.console import out, waiting


def stop() -> None:
    """Stop the local Prefect server of this home; the database stops by itself with its last user.

    Example: ridni stop
    """
    from pipelines.prefect_server import stop_server

    with waiting("Stopping the local Prefect server"):
        stopped = stop_server()
    out.print("The local Prefect server has stopped." if stopped else "Nothing was running.")
