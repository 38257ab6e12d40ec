"""The local Prefect server: started once, reused by every command, stopped by itself when nobody uses it.

Starting a server takes about ten seconds. A person who ingests five files one by one waits for that once: the server is
a process of its own (`prefect_keeper`) that ends after some idle minutes. With `PREFECT_API_URL` set, a team's own
server is used and nothing is started.

Files in `home`/prefect: `server.json` (address and process of the keeper), `used` (touched at each use), `lock`.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from configs.settings import settings

START_SECONDS = 90


class PrefectUnreachable(Exception):
    """The local Prefect server does not start; says where its log is and how to mend it."""


def environment() -> dict[str, str]:
    """Return the environment of every Prefect process: state in the home, no analytics, no persisted results."""
    return {
        "PREFECT_HOME": str(settings().folder("prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "CRITICAL"),
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
    }


def ensure_server() -> str:
    """Make sure that a Prefect server answers, point this process at it, and return its address.

    Call it before the first import of `prefect`, which reads its settings from the environment.

    Raises:
        PrefectUnreachable: when the local server does not start.
    """
    given = os.environ.get("PREFECT_API_URL")
    os.environ.update(environment())
    if given:
        return given
    folder = settings().folder("prefect")
    with _locked(folder):
        url = _running(folder)
        if url is None:
            url = _start(folder)
        (folder / "used").touch()
    os.environ["PREFECT_API_URL"] = url
    return url


def stop_server(folder: Path | None = None) -> bool:
    """Stop the local server of this home; tell whether there was one."""
    folder = folder or settings().folder("prefect")
    with _locked(folder):
        state = _state(folder)
        if state is None:
            return False
        try:
            os.kill(int(state["pid"]), signal.SIGTERM)
        except ProcessLookupError:
            (folder / "server.json").unlink(missing_ok=True)
            return False
        until = time.monotonic() + 20
        while (folder / "server.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        return True


def _start(folder: Path) -> str:
    (folder / "server.json").unlink(missing_ok=True)
    (folder / "used").touch()
    log = folder / "server.log"
    with log.open("ab") as output:
        keeper = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pipelines.flow_server.keeper",
                str(folder),
                str(settings().prefect_idle_minutes),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, **environment()},
        )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and keeper.poll() is None:
        url = _running(folder)
        if url is not None:
            return url
        time.sleep(0.2)
    if keeper.poll() is None:
        keeper.terminate()
    raise PrefectUnreachable(
        f"The local Prefect server did not start within {START_SECONDS} s. Its log: {log}. "
        "Mend what it says, or set PREFECT_API_URL to a server of your own."
    )


def _running(folder: Path) -> str | None:
    """Return the address of the server that answers, or None."""
    state = _state(folder)
    if state is None or not answers(str(state["url"])):
        return None
    return str(state["url"])


def _state(folder: Path) -> dict[str, str | int] | None:
    try:
        state: dict[str, str | int] = json.loads((folder / "server.json").read_text())
    except (OSError, ValueError):
        return None
    return state


def answers(url: str) -> bool:
    """Tell whether a Prefect API answers at this address on the loopback."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as reply:  # noqa: S310 — an address of this machine
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
