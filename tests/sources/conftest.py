from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sources import (
    Extracted,
    Problem,
    SourceConfig,
    SourceReading,
    load_config,
    read_source,
)

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


@dataclass(frozen=True)
class Outcome:
    """How the reading of a hostile file ended, in a process of its own."""

    error: str
    records: int
    problems: list[tuple[str, int]]
    seconds: float
    peak_mb: float


_CHILD = """
import json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
from sources import Problem, SourceError, load_config, read_source
from sources.extraction.children import children_of
config = load_config(Path(sys.argv[1]))
start = time.monotonic()
error, records, problems = "", 0, []
reading = read_source(config, Path(sys.argv[2]))
try:
    for item in reading:
        if isinstance(item, Problem):
            problems.append((item.reason_code, len(str(item.written))))
        else:
            records += 1
            list(children_of(item, config))
except SourceError as caught:
    error = str(caught)
else:
    counts = reading.counts
    assert counts.rows_read == counts.records + counts.quarantined + counts.non_data
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
print(json.dumps([error, records, problems[:50], time.monotonic() - start, peak]))
"""


@pytest.fixture
def outcome(tmp_path: Path) -> Callable[..., Outcome]:
    """Read a file in a process of its own, and hold it to bounds of time (seconds) and memory (MB)."""

    def read(text: str, path: Path, *, seconds: float = 60, megabytes: float = 700) -> Outcome:
        config = tmp_path / "hostile.yaml"
        config.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(config), str(path)],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        assert done.returncode == 0, done.stderr[-2000:]
        error, records, problems, took, peak = json.loads(done.stdout)
        assert took < seconds, f"{took:.0f} s"
        assert peak < megabytes, f"{peak:.0f} MB"
        assert "\n" not in error
        return Outcome(error, records, [(code, size) for code, size in problems], took, peak)

    return read
