"""`ridni serve`: the review app and the case feed."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import UserError, out

_THREADS = 8


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; unset: the setting RIDNI_HOST.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; unset: the setting RIDNI_PORT.")] = 0,
) -> None:
    """Serve the review app at / and the case feed at /api/v1/ until Ctrl-C.

    Example: ridni serve --port 8080
    """
    from configs.settings import settings

    host, port = host or settings().host, port or settings().port
    check_port(host, port)
    startup.database()
    run(host, port)


def check_port(host: str, port: int) -> None:
    """Refuse early, in one line, when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(
                f"{host}:{port} cannot be used ({error.strerror}); choose another port with --port or RIDNI_PORT"
            ) from None


def run(host: str, port: int) -> None:
    """Serve until Ctrl-C."""
    import waitress

    from web.wsgi import application

    out.print(f"Review app: http://{host}:{port}/   Case feed: http://{host}:{port}/api/v1/docs   (Ctrl-C ends it)")
    waitress.serve(application, host=host, port=port, threads=_THREADS, ident=None)
