"""`ridni keys unlock`: a process that keeps the key of an opened ring in its memory, for the other commands of a day.

It listens on a socket of mode 0600 in the home, answers processes of its own account alone (SO_PEERCRED), writes
nothing, leaves no core dump, and ends by itself. An account that may read this process's answer may read the memory
of `ridni serve` as well: the agent opens no door that was closed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from configs.settings import settings

NAME = "keys.sock"
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid of unix(7)
_WAIT = 2.0  # seconds for an answer of a process that only looks into its memory


def ask(number: str) -> bytes | None:
    """Return the key of a ring that the agent of this home holds, None when there is no agent."""
    told = _said(f"key {number}")
    return bytes.fromhex(told) if told else None


def until() -> float | None:
    """Return when the agent ends, in seconds since 1970; None when there is none."""
    told = _said("until")
    return float(told) if told else None


def end() -> bool:
    """End the agent; tell whether there was one."""
    return bool(_said("end"))


def start(number: str, master: bytes, seconds: float) -> None:
    """Leave an agent behind that answers for so many seconds; one that runs already is replaced."""
    end()
    with _address() as address:
        Path(address).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(address)  # the mask of this process makes it 0600
    listening.listen(16)
    if os.fork():
        listening.close()
        return
    code = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        _serve(listening, number, master, time.time() + seconds)
        code = 0
    finally:
        with contextlib.suppress(OSError), _address() as address:
            Path(address).unlink(missing_ok=True)
        os._exit(code)


def _serve(listening: socket.socket, number: str, master: bytes, until: float) -> None:
    while (left := until - time.time()) > 0:
        listening.settimeout(left)
        try:
            client, _ = listening.accept()
        except TimeoutError:
            return
        with client, contextlib.suppress(OSError):
            client.settimeout(_WAIT)
            if not _is_own(client):
                continue
            asked = client.recv(100).decode("ascii", "replace")
            answers = {f"key {number}": master.hex(), "until": str(until), "end": "ended"}
            client.sendall(answers.get(asked, "").encode())
            if asked == "end":
                return


def _said(question: str) -> str:
    """Return the agent's answer, '' when there is none."""
    try:
        with _address() as address, socket.socket(socket.AF_UNIX) as server:
            server.settimeout(_WAIT)
            server.connect(address)
            if not _is_own(server):
                return ""
            server.sendall(question.encode())
            return server.recv(200).decode()
    except OSError:
        return ""


def _is_own(other: socket.socket) -> bool:
    _, user, _ = _CREDENTIALS.unpack(other.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return bool(user == os.geteuid())


@contextmanager
def _address() -> Iterator[str]:
    """Yield a short path of the socket: an address holds 108 bytes (unix(7)), a home may lie deeper."""
    folder = os.open(settings().folder(""), os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)
