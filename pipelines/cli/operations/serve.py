"""`ridni serve`: the review app and the case feed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import UserError, out


class What(StrEnum):
    """What a process serves: all of it, or the case feed alone."""

    ALL = "all"
    FEED = "feed"


def serve(
    what: Annotated[
        What, typer.Argument(help="all, or feed: the case feed alone, so that its readers and people never wait.")
    ] = What.ALL,
    host: Annotated[str, typer.Option(help="Address to listen on; unset: the setting RIDNI_HOST.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; unset: the setting RIDNI_PORT.")] = 0,
) -> None:
    """Serve the review app at / and the case feed at /api/v1/ until Ctrl-C.

    Beyond this machine it listens only behind TLS, with second factors, and in a database role that owns nothing:
    docs/team.md shows how.

    Example: ridni serve --port 8080, and beside it: ridni serve feed --port 8081
    """
    from configs.settings import settings

    host, port = host or settings().host, port or settings().port
    check_exposure(host)
    check_port(host, port)
    startup.database()
    if not is_loopback(host):
        check_role()
    run(host, port, what)


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


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a server that listens on this host."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(info[4][0]).partition("%")[0]).is_loopback for info in found)


def check_exposure(host: str) -> None:
    """Refuse to listen beyond this machine without TLS and second factors."""
    from configs.settings import settings

    if is_loopback(host):
        return
    missing = [name for name in ("https", "require_mfa") if not getattr(settings(), name)]
    if missing:
        names = " and ".join(f"RIDNI_{name.upper()}=true" for name in missing)
        raise UserError(
            f"{host} can be reached from other machines: set {names} and stand behind a proxy that ends TLS "
            "(docs/team.md), or listen on 127.0.0.1"
        )


def check_role() -> None:
    """Refuse to listen beyond this machine in a database role that could switch off the database's rules."""
    from registry.database import roles

    if roles.owns_tables():
        raise UserError(
            "the role of RIDNI_DATABASE_URL owns tables or is a superuser: before other machines may reach this one, "
            "name a role that owns nothing there, and the owner in RIDNI_DATABASE_OWNER_URL (docs/team.md)"
        )


def _find_weaker(record_ids: Sequence[int]) -> int:
    """Find pairs that no run stored; the engine is imported when somebody first asks."""
    from pipelines.linkage import weaker

    return weaker.find(record_ids)


def run(host: str, port: int, what: What = What.ALL) -> None:
    """Serve until Ctrl-C."""
    from django.conf import settings as django_settings

    from casefeed.keeping import Keeper
    from configs import garbage
    from configs.settings import settings
    from review.pair import weaker
    from web import server, static_files

    alone = what is What.FEED
    if alone:
        django_settings.ROOT_URLCONF = "web.feed_urls"

    static_files.lay_out()  # before the application, which looks for them once
    from web.wsgi import application

    feed = f"Case feed: http://{host}:{port}/api/v1/docs   (Ctrl-C ends it)"
    out.print(feed if alone else f"Review app: http://{host}:{port}/   {feed}")
    if not alone:
        weaker.provide(_find_weaker)
    if alone:  # states and events are made without a cycle, a million at a time in a snapshot
        garbage.from_now_on()
    keeper = Keeper()
    keeper.start()
    try:
        server.run(application, host, port, settings(), server.FEED_THREADS if alone else server.THREADS)
    finally:
        keeper.stop()
