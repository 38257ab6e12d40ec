"""Time and memory of a process, for benchmarks that run each step in a process of its own."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path


class Clock:
    """Wall and processor time since it was made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """Return `seconds`, `cpu_seconds` and `peak_mb`."""
        return {
            "seconds": time.perf_counter() - self._wall,
            "cpu_seconds": time.process_time() - self._processor,
            "peak_mb": peak_mb(),
        }


def peak_mb() -> float:
    """Return the peak resident memory of this process in MB (10⁶ bytes).

    `getrusage` also holds the peak of the process that started this one, so Linux's own figure goes first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6
