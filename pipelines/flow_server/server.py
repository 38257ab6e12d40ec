"""The local Prefect server as commands meet it: started once, reused, ended by itself when nobody uses it.

Prefect's server costs about three seconds of processor time to start (its models are built at import), so it outlives a
command: it is a process of its own (`pipelines.flow_server.keeper`) that ends after some idle minutes. With
`PREFECT_API_URL` set, a team's own server is used and nothing is started.

Only who can read this home may speak to it: each start makes a new secret. A server that lives holds a lock, which the
kernel drops with it, so the secret of one that was killed is never sent to whoever took its port.

Files in `home`/prefect: `server.json` (address, secret and process; mode 0600), `alive` (locked by the server while it
lives; holds its process id), `users` (locked shared by each command while it lives), `lock` (held for moments).
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from configs.settings import settings
from transliteration.errors import MendableError

START_SECONDS = 90
_STOP_SECONDS = 20
_POLL_SECONDS = 0.05

_users: dict[Path, int] = {}  # the descriptor by which this process counts as a user of the server of a folder


class PrefectUnreachable(MendableError):
    """A Prefect server does not start, does not answer or refuses; says which and how to mend it."""

    @classmethod
    def from_error(cls, error: Exception) -> PrefectUnreachable | None:
        """Return what an error of Prefect's client means for the person, or None when it is no such error."""
        import httpx

        server = "The team's Prefect server (PREFECT_API_URL)" if teams_server() else "The local Prefect server"
        if isinstance(error, httpx.HTTPStatusError):  # Prefect's own error of this kind is one
            status = error.response.status_code
            mend = "set PREFECT_API_AUTH_STRING" if status == httpx.codes.UNAUTHORIZED else "see its log"
            return cls(f"{server} refuses with status {status}: {mend}. Nothing is half stored.")
        if isinstance(error, httpx.TransportError):
            return cls(
                f"{server} does not answer any more ({type(error).__name__}). What was stored is stored, nothing is "
                "half stored: run the same command again."
            )
        return None


@dataclass(frozen=True)
class Running:
    """A local server that lives.

    Attributes:
        url: Of its API, on the loopback.
        secret: What each request must carry, as HTTP basic authentication.
        pid: Its process.
    """

    url: str
    secret: str
    pid: int


def environment() -> dict[str, str]:
    """Return the environment of every Prefect process: state in the home, no analytics, no persisted results."""
    return {
        "PREFECT_HOME": str(settings().folder("prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "CRITICAL"),
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # or it writes between what a command says when it is in a hurry
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
    }


def teams_server() -> str | None:
    """Return the address of the team's own Prefect server, or None when flows run on the local one."""
    given = os.environ.get("PREFECT_API_URL")
    return given if given and settings().folder("prefect") not in _users else None


def begin() -> subprocess.Popen[bytes] | None:
    """Start the local server unless it lives or a team's is set, and do not wait: the database may start meanwhile.

    Returns:
        The process that was started, for `ensure_server`; None when none was.
    """
    if teams_server():
        return None
    folder = settings().folder("prefect")
    if folder not in _users:
        descriptor = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _users[folder] = descriptor
    if find(folder) is not None:
        return None
    minutes = str(settings().prefect_idle_minutes)
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.flow_server.keeper", str(folder), minutes],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, **environment()},
        )


def ensure_server(keeper: subprocess.Popen[bytes] | None = None) -> str:
    """Make sure that a Prefect server answers, point this process at it, and return its address.

    Call it before the first import of `prefect`, which reads its settings from the environment.

    Args:
        keeper: What `begin` returned, when the start was begun before.

    Raises:
        PrefectUnreachable: The local server does not start.
    """
    os.environ.update(environment())
    if (teams := teams_server()) is not None:
        return teams
    folder = settings().folder("prefect")
    running = _wait(folder, keeper or begin())
    os.environ["PREFECT_API_URL"] = running.url
    os.environ["PREFECT_API_AUTH_STRING"] = running.secret
    # The local server gives out no such tokens: asking would cost a request for each client.
    os.environ["PREFECT_CLIENT_CSRF_SUPPORT_ENABLED"] = "false"
    return running.url


def stop_server(folder: Path | None = None) -> bool:
    """Stop the local server of this home; tell whether there was one."""
    folder = folder or settings().folder("prefect")
    with _mutex(folder):
        if not _alive(folder):
            return False
        with suppress(OSError, ValueError):
            os.kill(int((folder / "alive").read_text()), signal.SIGTERM)
    until = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < until:
        with _mutex(folder):
            if not _alive(folder):
                break
        time.sleep(_POLL_SECONDS)
    return True


def find(folder: Path) -> Running | None:
    """Return the server of a folder if it lives and answers, else None."""
    with _mutex(folder):
        if not _alive(folder):
            return None
        try:
            return Running(**json.loads((folder / "server.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def take_charge(folder: Path) -> int | None:
    """For the server's process: become the server of a folder; return the lock's descriptor, None when another is."""
    with _mutex(folder):
        descriptor = os.open(folder / "alive", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        (folder / "server.json").unlink(missing_ok=True)  # of one that was killed
        return descriptor


def announce(folder: Path, running: Running) -> None:
    """For the server's process: say where it listens and with which secret, to this home alone."""
    draft = folder / f"server.json.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(vars(running)), encoding="utf-8")
    draft.replace(folder / "server.json")


@contextmanager
def unused(folder: Path) -> Iterator[bool]:
    """For the server's process: tell whether no command uses it; while the block runs, none can begin to."""
    with (folder / "users").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _wait(folder: Path, keeper: subprocess.Popen[bytes] | None) -> Running:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        ended = keeper is None or keeper.poll() is not None
        running = find(folder)  # after the look at the process: it may have found another server and left
        if running is not None:
            return running
        if ended:
            break
        time.sleep(_POLL_SECONDS)
    if keeper is not None and keeper.poll() is None:
        keeper.terminate()
    raise PrefectUnreachable(
        f"The local Prefect server did not start within {START_SECONDS} s. Its log: {folder / 'server.log'}. "
        "Mend what it says, or set PREFECT_API_URL to a server of your own."
    )


def _alive(folder: Path) -> bool:
    """Tell whether a process holds the server's lock; call it under the mutex."""
    try:
        with (folder / "alive").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _mutex(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
