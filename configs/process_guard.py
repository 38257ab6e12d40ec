"""What every process of Ridni does first: no file for others, no core dump, no scratch file outside the home."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def guard(*, scratch_files: bool = True) -> None:
    """Guard this process and those that it starts.

    Args:
        scratch_files: Send temporary files to the home; False for what reads and writes nothing, such as `--help`.

    Raises:
        HomeUnusable: The home cannot be made or written to.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A limit of 0 does not hold where core dumps are piped to a program (core(5)); a process not dumpable does.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if scratch_files:
        from configs import scratch  # it reads the settings, which cost a tenth of a second

        scratch.for_all_temporary_files()
