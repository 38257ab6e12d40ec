"""One file read by one description: its records and problems in the file's order, with counts and a report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sources import readers
from sources.description.source_config import SourceConfig
from sources.extraction.column_judgement import judged
from sources.extraction.extract import Extractor
from sources.extraction.extracted import Counts, Extracted, Problem
from sources.read_items import NonData, ReadItem, ReadProblem, ReadReport, Row
from sources.readers.files import SourceFile


@dataclass
class SourceReading:
    """One file being read by one description: iterate over it once; `counts` and `report` fill up on the way."""

    config: SourceConfig
    path: Path
    name: str
    file_id: str = ""
    counts: Counts = field(default_factory=Counts)
    report: ReadReport = field(default_factory=ReadReport)

    @property
    def non_data(self) -> int:
        """Return how many rows so far were declared non-data."""
        return self.counts.non_data

    def __iter__(self) -> Iterator[Extracted | Problem]:
        """Yield records and problems in the order of the file.

        Raises:
            SourceError: the file cannot be used; nothing that was yielded before may then be kept.
        """
        return (made for _, made in self.pairs() if made is not None)

    def pairs(self) -> Iterator[tuple[ReadItem, Extracted | Problem | None]]:
        """Yield each item as the reader gives it, with what is made of it: nothing of declared non-data.

        Raises:
            SourceError: the file cannot be used; nothing that was yielded before may then be kept.
        """
        file = SourceFile(self.path, self.name)
        if not self.file_id and self.config.key is None:
            self.file_id = _file_id(file)
        extractor = Extractor(self.config, self.file_id)
        counts = self.counts
        items = readers.read(file, self.config.reader, self.config.columns(), self.report)
        made = ((item, None if isinstance(item, NonData) else self._made(extractor, item)) for item in items)
        for item, result in judged(made, self.report):
            counts.rows_read += 1
            if result is None:
                counts.non_data += 1
                yield item, None
                continue
            if isinstance(result, Problem):
                counts.quarantined += 1
            else:
                counts.records += 1
            yield item, result
        if not counts.rows_read:
            raise file.error("there is no row below the header", "ask for the file again; nothing was stored")

    @staticmethod
    def _made(extractor: Extractor, item: Row | ReadProblem) -> Extracted | Problem:
        return _unread(item) if isinstance(item, ReadProblem) else extractor.extract(item)


def _file_id(file: SourceFile) -> str:
    """Return the start of a file's SHA-256; for a folder, that of its files in the order of their names."""
    try:
        paths = sorted(file.path.rglob("*")) if file.path.is_dir() else [file.path]
        hashes = hashlib.sha256()
        for path in paths:
            if path.is_file():
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256")
                if path is file.path:
                    return digest.hexdigest()[:12]
                hashes.update(digest.digest())
    except OSError as error:
        raise file.unreadable(error) from None
    return hashes.hexdigest()[:12]


def _unread(problem: ReadProblem) -> Problem:
    return Problem(
        problem.locator, problem.code, problem.reason, {"other": list(problem.cells)} if problem.cells else {}
    )


def read_source(config: SourceConfig, path: Path, *, name: str = "", file_id: str = "") -> SourceReading:
    """Read a file as a source describes it.

    Args:
        config: the description.
        path: where the bytes are.
        name: the name under which the file was delivered, when `path` is a copy under another name.
        file_id: what tells this file's rows from another's when the description gives no key; unset: its SHA-256, cut.
    """
    return SourceReading(config, path, name or path.name, file_id[:12])
