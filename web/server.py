"""waitress with the limits that a server needs which strangers can reach.

- A request may carry what its page needs: documents are large and come from browsers that have signed in before;
  everything else is small. More is refused when the header is read, before a byte of the body is kept.
- A connection that sends no whole request in time is closed, also when it drips. When there are too many, the one that
  has waited longest, of the address with the most, makes room: half-open connections lock nobody out.
- An answer to HEAD has no body.
- What a proxy says of the caller is believed from one address only, and only where the app stands behind TLS.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from django.http import parse_cookie
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from configs.settings import Settings
from review.sign_in import known_devices
from review.views.documents import LARGEST

THREADS = 8
FEED_THREADS = 40
"""Of `ridni serve feed`: those that wait for an event (`casefeed.waiting.MOST_WAITING`) hold a thread each."""
SMALL = 256 * 1024
"""Bytes of a request: the longest form, with its note, is below 20 kB; a security key's answer likewise."""
UPLOADS = {"/documents/add/": LARGEST + SMALL}
"""Addresses to which documents are sent, and how much at most."""
MOST_CONNECTIONS = 400
HEADER_SECONDS = 20
"""From the connection, or the last answer on it, until the next request's header is whole."""
BODY_SECONDS = 300
"""Until the whole request is there: 30 MB on a slow line."""

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Knows how much a request to its address may carry."""

    adj: Any

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.adj = copy(self.adj)
        self.adj.max_request_body_size = self._most()
        if self.content_length >= self.adj.max_request_body_size:
            self.expect_continue = False  # refused: nobody shall go on sending

    def _most(self) -> int:
        cookie = parse_cookie(self.headers.get("COOKIE", "")).get(known_devices.COOKIE, "")
        return UPLOADS[self.path] if self.path in UPLOADS and known_devices.is_ours(cookie) else SMALL


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when it has been waited for."""

    parser_class = _Parser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting_since = time.monotonic()

    def service(self) -> None:
        super().service()
        self.waiting_since = time.monotonic()

    @property
    def overdue(self) -> bool:
        """Tell whether a whole request should have come by now."""
        if self.requests:
            return False
        in_body = self.request is not None and self.request.headers_finished
        return time.monotonic() - self.waiting_since > (BODY_SECONDS if in_body else HEADER_SECONDS)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Listens on one address."""

    channel_class = _Channel

    def handle_accept(self) -> None:
        """Take a connection; when there are too many, the one that has waited longest makes room."""
        super().handle_accept()
        if len(self.active_channels) > MOST_CONNECTIONS:
            self._make_room()

    def maintenance(self, now: float) -> None:
        """Close connections on which no whole request has come in time."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.overdue:
                channel.will_close = True

    def _make_room(self) -> None:
        *waiting, _newest = [channel for channel in self.active_channels.values() if not channel.requests] or [None]
        addresses = Counter(channel.addr[0] for channel in waiting)
        if addresses:
            crowd = addresses.most_common(1)[0][0]
            min((c for c in waiting if c.addr[0] == crowd), key=lambda c: c.waiting_since).handle_close()


def without_bodies_for_head(application: Application) -> Application:
    """Return an application whose answers to HEAD have headers only."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if (close := getattr(body, "close", None)) is not None:
            close()
        return ()

    return answer


def run(application: Application, host: str, port: int, chosen: Settings, threads: int = THREADS) -> None:
    """Serve until interrupted."""
    servers(application, host, port, chosen, threads)[-1].run()


def servers(application: Application, host: str, port: int, chosen: Settings, threads: int = THREADS) -> list[Server]:
    """Return servers that listen, one for each address of the host, of which any runs them all."""
    proxy: dict[str, Any] = {}
    if chosen.https:
        proxy = {
            "trusted_proxy": chosen.trusted_proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    adjustments = Adjustments(
        host=host,
        port=port,
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=True,
        connection_limit=2 * MOST_CONNECTIONS,
        channel_timeout=2 * HEADER_SECONDS,
        cleanup_interval=5,
        max_request_header_size=32 * 1024,
        max_request_body_size=SMALL,
        asyncore_use_poll=True,  # select() ends at 1,024 files
        **proxy,
    )
    dispatcher, channels = ThreadedTaskDispatcher(), {}  # type: ignore[var-annotated]
    dispatcher.set_thread_count(adjustments.threads)
    return [
        Server(without_bodies_for_head(application), channels, dispatcher=dispatcher, adj=adjustments, sockinfo=listen)
        for listen in adjustments.listen
    ]
