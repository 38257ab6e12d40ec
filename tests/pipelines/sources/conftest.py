from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.sources import Extracted, Problem, SourceConfig, SourceReading, load_config, read_source

Describe = Callable[..., SourceConfig]
ReadAll = Callable[..., tuple[list[Extracted], list[Problem], SourceReading]]


@pytest.fixture
def describe(tmp_path: Path) -> Describe:
    """Write a source description and load it."""

    def make(text: str, name: str = "list.yaml") -> SourceConfig:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return make


@pytest.fixture
def read_all(describe: Describe) -> ReadAll:
    """Read a file whole by a description; the counts must add up whatever the file."""

    def read(text: str | SourceConfig, path: Path, **names: str):
        config = describe(text) if isinstance(text, str) else text
        reading = read_source(config, path, **names)
        items = list(reading)
        records = [item for item in items if isinstance(item, Extracted)]
        problems = [item for item in items if isinstance(item, Problem)]
        counts = reading.counts
        assert counts.rows_read == counts.records + counts.quarantined + counts.non_data
        assert (counts.records, counts.quarantined) == (len(records), len(problems))
        return records, problems, reading

    return read
