"""What is done with each row of a list once it has been read, in this process or in a helper of it.

    python -m pipelines.ingestion.row_work

is a helper: a `RowWork` comes on its standard input, then pieces of rows; each is answered on its standard output. It
ends with its input, and so with the process that started it. Nothing of a row stands among its arguments.
"""

from __future__ import annotations

import pickle
import signal
import sys
from typing import IO, Any, NamedTuple

from configs import garbage, process_guard
from registry.ingestion.row_columns import RowColumns, RowSecrets, columns_of
from registry.ingestion.rows import of_children
from sources.description.source_config import SourceConfig
from sources.extraction.children import Child, children_of
from sources.extraction.extracted import Extracted, Problem

Item = Extracted | Problem


class Done(NamedTuple):
    """What some rows became: the columns of their children, and how many of the rows name nobody."""

    rows: list[RowColumns]
    nobody: int


class RowWork(NamedTuple):
    """What is to be done with the rows of one list.

    Attributes:
        config: The description of the list.
        file: Name of the delivered file.
        secrets: What it takes to store rows: a helper opens no ring of keys.
    """

    config: SourceConfig
    file: str
    secrets: RowSecrets

    def done(self, items: list[Item]) -> Done:
        """Return what rows become."""
        found: list[Child | Problem] = []
        nobody = 0
        for item in items:
            before = len(found)
            found += children_of(item, self.config)
            nobody += len(found) == before
        return Done([columns_of(row, self.file, self.secrets) for row in of_children(found, self.file)], nobody)


def send(stream: IO[bytes], *values: Any) -> None:
    """Write values for the process at the other end of a pipe."""
    for value in values:
        pickle.dump(value, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one value that the process at the other end wrote: a process of this program, started by the other one.

    Raises:
        EOFError: It has ended.
    """
    return pickle.load(stream)  # noqa: S301 (nobody else can write into the pipe)


def main() -> None:
    """Work on what comes, until nothing does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command: this process ends with its input
    process_guard.guard()
    garbage.from_now_on()
    come, go = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what else is printed does not belong among the answers
    try:
        work: RowWork = receive(come)
        while True:
            send(go, _answered(work, receive(come)))
    except (EOFError, BrokenPipeError):
        return


def _answered(work: RowWork, items: list[Item]) -> Done | Exception:
    try:
        return work.done(items)
    except Exception as error:
        return error


if __name__ == "__main__":
    main()
