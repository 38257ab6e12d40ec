"""Whether the Prefect server behind the flows is fit for real data: what `ridni doctor` asks."""

from __future__ import annotations

import http.client
import ipaddress
import stat
from pathlib import Path
from urllib.parse import urlsplit

from configs.settings import settings
from pipelines.flow_server.server import find, teams_server

_PATIENCE_SECONDS = 3


def weaknesses() -> list[str]:
    """Return what is wrong with the Prefect server in use, each with how to mend it; empty when it is fit.

    The server is asked one question without its secret. The local server is looked at when it runs; while it does not,
    there is no door.
    """
    teams = teams_server()
    if teams is not None:
        return list(_of_a_team(teams))
    folder = settings().folder("prefect")
    running = find(folder)
    found = [
        f"{path} can be read by other accounts: chmod {mode:o} {path}"
        for path, mode in ((folder, 0o700), (folder / "server.json", 0o600))
        if path.exists() and stat.S_IMODE(Path(path).stat().st_mode) & 0o077
    ]
    if running is not None and _answers_strangers(running.url):
        found.append("the local Prefect server answers without its secret: ridni stop, and report this")
    return found


def _of_a_team(url: str) -> list[str]:
    parts = urlsplit(url)
    found = []
    if parts.scheme != "https" and not _on_this_machine(parts.hostname or ""):
        found.append("PREFECT_API_URL is not https, so the secret travels in clear text: put TLS before that server")
    answered = _answers_strangers(url)
    if answered is None:
        found.append("the server of PREFECT_API_URL does not answer: start it, or unset PREFECT_API_URL")
    elif answered:
        found.append(
            "the server of PREFECT_API_URL answers everybody: set PREFECT_SERVER_API_AUTH_STRING there and "
            "PREFECT_API_AUTH_STRING here"
        )
    return found


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _answers_strangers(url: str) -> bool | None:
    """Tell whether a server tells its version without a secret; None when it does not answer at all."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/version")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
