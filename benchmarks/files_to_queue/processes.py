"""Wall and processor seconds and peak memory of a command with all its processes, PostgreSQL's included.

Linux only. This process becomes the reaper of its descendants (`PR_SET_CHILD_SUBREAPER`), so that a database server
that a command leaves running is still among them, and what they have used is known to the hundredth of a second. Memory
is the sum of the proportional set sizes (PSS): a page that several processes share counts once.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_EVERY_SECONDS = 0.2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        seconds: By the clock.
        cpu_seconds: Of the processors, in all processes.
        peak_mb: Highest sum of the memory of all processes, in 10⁶ bytes, as seen five times a second.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float


def become_reaper() -> None:
    """Let what commands leave running stay below this process."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl: this benchmark needs Linux")


def measure(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end.

    Args:
        command: Program and arguments.
        environment: Of the command.
        log: Where its output goes.

    Raises:
        subprocess.CalledProcessError: It failed; its last lines were shown.
    """
    watch = _Watch()
    used, started = _used(), time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=subprocess.STDOUT)
        watch.start()
        code = process.wait()
    seconds = time.perf_counter() - started
    watch.stop()
    _reap()
    if code != 0:
        print("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]), file=sys.stderr)
        raise subprocess.CalledProcessError(code, command)
    return Cost(round(seconds, 2), round(_used() - used, 2), round(watch.peak / 1e6, 1))


class _Watch(threading.Thread):
    """Looks at the memory of all descendants now and then."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            self.peak = max(self.peak, sum(map(_memory, _descendants())))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _used() -> float:
    """Return the processor seconds of all descendants so far, of those that have ended and of those that live."""
    _reap()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    living = sum(sum(map(int, stat[11:15])) for stat in map(_stat, _descendants()) if stat)
    return ended.ru_utime + ended.ru_stime + living / _TICKS


def _reap() -> None:
    """Take note of orphans that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants() -> list[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal() and (stat := _stat(int(path.name))):
            parents[int(path.name)] = int(stat[1])
    found, new = set[int](), {os.getpid()}
    while new := {pid for pid, parent in parents.items() if parent in new and pid not in found}:
        found |= new
    return sorted(found)


def _stat(pid: int) -> Sequence[str]:
    """Return the fields of /proc/PID/stat behind the name: state, parent, …, four of processor time (11 to 14)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ()
    return text.rpartition(")")[2].split()


def _memory(pid: int) -> int:
    try:
        lines: Iterable[str] = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (
        OSError
    ):  # another user's, or one that lets nobody look into it: its resident set, shared pages counted again
        with suppress(OSError):
            return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
