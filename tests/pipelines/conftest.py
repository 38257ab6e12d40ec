"""The command line as a person runs it: real processes, a home of their own, a real Prefect server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Ridni:
    """Runs `ridni` in one home."""

    home: Path

    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("RIDNI_", "PREFECT_", "DJANGO_"))
        }
        return kept | {"RIDNI_HOME": str(self.home), "RIDNI_PREFECT_IDLE_MINUTES": "5", "NO_COLOR": "1", "TERM": "dumb"}

    def start(self, *arguments: str | Path, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli.main", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home.parent,
            env=self.environment() | more,
        )

    def __call__(self, *arguments: str | Path, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=280)
        done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        assert done.returncode == code, f"exit code {done.returncode}, not {code}\n{out}\n{err}"
        return done


def make_home(folder: Path) -> Iterator[Ridni]:
    ridni = Ridni(folder / "home")
    yield ridni
    ridni("stop")


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Iterator[Ridni]:
    """A home that the tests of this process share; each uses sources of its own."""
    yield from make_home(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Iterator[Ridni]:
    """A home of one test module."""
    yield from make_home(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def other(tmp_path) -> Ridni:
    """A second, empty home."""
    return Ridni(tmp_path / "other")


SIMPLE = """\
source_class: {source_class}
reader: csv
key: id
fields:
  full_name: name
  birth_date: born
"""


@pytest.fixture
def simple(tmp_path):
    """Make a description and a CSV of `id,name,born` and return their paths."""

    def make(slug: str, rows: list[tuple[str, str, str]], source_class: str = "family") -> tuple[Path, Path]:
        config, file = tmp_path / f"{slug}.yaml", tmp_path / f"{slug}.csv"
        config.write_text(SIMPLE.format(source_class=source_class), encoding="utf-8")
        lines = ["id,name,born", *(",".join(row) for row in rows)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return config, file

    return make
