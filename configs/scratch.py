"""Scratch files of this process: in the machine's memory, removed at its end, swept when it was killed.

Names of children may stand in what is unpacked, scanned, uploaded or read on the way, and evidence lies on the disk as
ciphertext alone. So scratch files lie where no disk is (`/dev/shm`, tmpfs), or where `RIDNI_SCRATCH` says; where
neither is, such as in a container with little of it, in the home's own `tmp` folder, and `ridni doctor` says so. Each
process has a folder of its own and holds a lock in it, which ends with the process, however that ends: folders that
nobody holds are removed at the next start.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from configs.settings import settings
from transliteration.errors import MendableError

HELD = ".held"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of this account's own in it
_LEAST = 1 << 30
"""Bytes that have to be free in memory: an unpacked list and what is read beside it, several times over."""
_own: dict[int, Path] = {}


class HomeUnusable(MendableError):
    """The home folder cannot be written to; says where it is and how to mend it."""


def folder() -> Path:
    """Return this process's scratch folder, made with mode 0700 when it is missing.

    Raises:
        HomeUnusable: The home cannot be made or written to.
    """
    own = _own.get(os.getpid())
    if own is not None and own.is_dir():
        return own
    try:
        with _alone(shared_folder()) as shared:
            _sweep(shared)
            own = Path(tempfile.mkdtemp(dir=shared, prefix=f"{os.getpid()}-"))
            # Never closed: the lock is this process's sign of life, and that of the children that it forks.
            held = os.open(own / HELD, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(held, fcntl.LOCK_EX)
    except OSError as error:
        raise HomeUnusable(
            f"The home folder {settings().home} cannot be used ({error.strerror}). Set RIDNI_HOME to a folder of yours"
        ) from None
    _own[os.getpid()] = own
    atexit.register(_remove, os.getpid(), own)
    return own


def shared_folder() -> Path:
    """Return where the scratch folders of all processes of this home lie, made with mode 0700 when it is missing.

    Raises:
        HomeUnusable: The folder of `RIDNI_SCRATCH` is not this account's alone.
        OSError: It cannot be made.
    """
    at_home = settings().folder("tmp")
    chosen = settings().scratch
    if chosen is None and not _fits(_MEMORY):
        return at_home
    # What an older version, or a machine with less memory, left in the home is swept as well.
    with _alone(at_home):
        _sweep(at_home)
    home = hashlib.sha256(str(at_home).encode()).hexdigest()[:12]
    made = (chosen or _MEMORY).resolve() / f"ridni-{os.geteuid()}-{home}"
    made.mkdir(mode=0o700, parents=chosen is not None, exist_ok=True)
    found = made.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise HomeUnusable(f"{made} is not a folder of this account alone. Remove it, or set RIDNI_SCRATCH")
    return made


def in_memory(folder: Path) -> bool:
    """Tell whether what is written to a folder stays in the machine's memory."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return False
    above = [part for part in mounts if folder.resolve().is_relative_to(part[1])]
    nearest = max(above, key=lambda part: len(part[1]), default=["", "", ""])
    return nearest[2] in ("tmpfs", "ramfs")


def _fits(folder: Path) -> bool:
    try:
        left = os.statvfs(folder)
    except OSError:
        return False
    return left.f_bavail * left.f_frsize >= _LEAST and os.access(folder, os.W_OK) and in_memory(folder)


def for_all_temporary_files() -> None:
    """Send temporary files of libraries and of programs that this process starts to its scratch folder as well."""
    own = str(folder())
    os.environ["TMPDIR"] = own
    tempfile.tempdir = own


def sweep() -> int:
    """Remove what killed processes left, and return how many folders and files that were."""
    with _alone(shared_folder()) as shared:
        return _sweep(shared)


@contextmanager
def _alone(shared: Path) -> Iterator[Path]:
    """Hold the common folder's lock: nobody sweeps a folder away between its making and its locking."""
    descriptor = os.open(shared, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield shared
    finally:
        os.close(descriptor)


def _sweep(shared: Path) -> int:
    removed = 0
    for path in shared.iterdir():
        if path in _own.values() or _is_held(path):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
        removed += 1
    return removed


def _is_held(path: Path) -> bool:
    """Tell whether a living process holds a folder, or a file that was made beside the folders."""
    try:
        descriptor = os.open(path / HELD if path.is_dir() else path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _remove(pid: int, own: Path) -> None:
    """At exit, leave nothing: neither scratch nor, where nothing else was made, a home."""
    if pid != os.getpid():
        return
    shutil.rmtree(own, ignore_errors=True)
    with suppress(OSError):
        own.parent.rmdir()
    with suppress(OSError):
        at_home = settings().home.resolve() / "tmp"
        at_home.rmdir()
        at_home.parent.rmdir()
