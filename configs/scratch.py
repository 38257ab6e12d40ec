"""Scratch files of this process: in the home's own `tmp` folder, removed at its end, swept when it was killed.

Names of children may stand in what is unpacked, scanned, uploaded or dumped on the way; the system's temporary folder
may be on another disk than the home, and nobody sweeps it. Each process has a folder of its own and holds a lock in it,
which ends with the process, however that ends: folders that nobody holds are removed at the next start.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from configs.settings import settings
from transliteration.errors import MendableError

HELD = ".held"
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
        with _alone(settings().folder("tmp")) as shared:
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


def for_all_temporary_files() -> None:
    """Send temporary files of libraries and of programs that this process starts to its scratch folder as well."""
    own = str(folder())
    os.environ["TMPDIR"] = own
    tempfile.tempdir = own


def sweep() -> int:
    """Remove what killed processes left, and return how many folders and files that were."""
    with _alone(settings().folder("tmp")) as shared:
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
        own.parent.parent.rmdir()
