"""The keys of a deployment: a ring of separate keys, sealed on disk, in people's hands, open in memory alone.

`derived` gives a key for one use, `fernet` seals small texts; `keys.opening` says how a process comes to them.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time

from cryptography.fernet import Fernet, MultiFernet

from configs.settings import Settings, settings
from keys import ring_file
from keys.errors import KeysError, KeysLocked
from keys.opening import Ask, Opened, open_ring
from keys.purposes import Purpose

__all__ = ["KeysError", "KeysLocked", "Purpose", "derived", "fernet", "forget", "newest", "opened", "use"]

_LOOK_AGAIN = 1.0  # seconds: a new key of a rotation is used so soon by every process
_lock = threading.Lock()
_held: Opened | None = None
_state: tuple[int, int] | None = None
_looked = 0.0
_settings: Settings | None = None


def opened(ask: Ask | None = None) -> Opened:
    """Return the opened ring of this process, opened at the first call and again when its file has changed.

    Args:
        ask: Asks holders for their passphrases, where a person sits before the command.

    Raises:
        KeysLocked: It is in people's hands, and they have not opened it.
    """
    global _held, _state, _looked, _settings
    held = _held
    if held is not None and _settings is settings() and time.monotonic() - _looked < _LOOK_AGAIN:
        return held
    with _lock:
        state = _state_of_file()
        if _settings is not settings():
            _held = None
        if _held is None or state is None or state != _state:
            _held = _again(_held) or open_ring(ask)
            _state = _state_of_file()
        _looked, _settings = time.monotonic(), settings()
        return _held


def use(ring: Opened) -> None:
    """Take a ring that this process has just changed."""
    global _held, _state, _looked, _settings
    with _lock:
        _held, _state, _looked, _settings = ring, _state_of_file(), time.monotonic(), settings()


def forget() -> None:
    """Forget the opened ring; the next use opens it again."""
    global _held
    with _lock:
        _held = None


def newest(purpose: Purpose) -> bytes:
    """Return the key of a purpose that seals what is new."""
    return opened().ring.newest(purpose).key


def derived(purpose: Purpose, label: str) -> bytes:
    """Return a key of 32 bytes for one use, made of the newest key of its purpose: digests of two uses never meet."""
    return _derived(newest(purpose), label)


def derived_all(purpose: Purpose, label: str) -> list[bytes]:
    """Return the keys for one use of all keys of its purpose, the newest first: what they have sealed is readable."""
    return [_derived(version.key, label) for version in opened().ring.keys[purpose]]


def fernet(purpose: Purpose, label: str, *former: Purpose) -> MultiFernet:
    """Return what seals small texts with the newest key of a purpose, and opens those of its older ones.

    Args:
        purpose: Whose keys seal.
        label: The one use.
        former: Purposes whose keys sealed such texts once: they open them until these are sealed again.
    """
    found = [key for each in (purpose, *former) for key in derived_all(each, label)]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in found])


def _derived(key: bytes, label: str) -> bytes:
    return hashlib.sha256(label.encode() + b"\0" + key).digest()


def _again(held: Opened | None) -> Opened | None:
    """Open a ring whose file has changed with the master key that is known; None when its holders have changed."""
    sealed = ring_file.read() if held is not None else None
    if held is None or sealed is None:
        return None
    try:
        return Opened(sealed, sealed.open(held.master), held.master, held.how)
    except KeysError:
        return None


def _state_of_file() -> tuple[int, int] | None:
    try:
        found = ring_file.path().stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino
