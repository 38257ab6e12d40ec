"""`ridni stop`: end what runs in the background."""

from __future__ import annotations

from pipelines.cli.console import out, waiting


def stop() -> None:
    """Stop the local Prefect server of this home, and the embedded database when no other process uses it.

    Example: ridni stop
    """
    from configs.settings import settings
    from pipelines.flow_server.server import stop_server
    from registry.database import embedded

    folder = settings().folder("postgres")
    with waiting("Stopping what runs in the background"):
        server = stop_server()
        was_running = embedded.running(folder)
        database = was_running and embedded.stop_unused(folder)
    out.print("The local Prefect server has stopped." if server else "No local Prefect server was running.")
    if was_running:
        out.print("The database has stopped." if database else "The database goes on: another process uses it.")
