"""What Prefect may hear of a failure: the kind of error and the place in the code, never its message.

A message may quote a cell or a file name, and Prefect keeps messages and tracebacks in its own database.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class FlowFailed(Exception):
    """A step failed; `original` is the error itself, for the person at this process."""

    def __init__(self, original: Exception) -> None:
        last = traceback.extract_tb(original.__traceback__)[-1:]
        place = f" in {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
        super().__init__(f"{type(original).__name__}{place}")
        self.original = original


def discreet(step: Callable[P, T]) -> Callable[P, T]:
    """Make a flow or task raise `FlowFailed` in place of any other error."""

    @wraps(step)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return step(*args, **kwargs)
        except FlowFailed:
            raise
        except Exception as error:
            failure = FlowFailed(error)
        raise failure

    return guarded
