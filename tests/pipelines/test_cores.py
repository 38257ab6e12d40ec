"""The rows of one list on several cores: the same outcome, whoever worked, and nobody left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keys import row_seals
from keys.row_seals import RowKind
from pipelines.ingestion import cores
from registry.errors import IngestError
from sources.description.load import load_config
from sources.extraction.reading import SourceReading, read_source
from sources.locator import NOWHERE

YAML = """\
source_class: family
language: uk
reader: csv
key: id
observed_on: 2024-03-01
fields:
  full_name: name
  birth_date: born
  last_place: town
"""
GIVEN = ("Зоряна", "Лесь", "Орися", "Устим", "Мар'яна")
ROWS = 2_600


def listed(folder: Path) -> Path:
    """Write a list with rows that become records, that are refused, and that are damaged."""
    (folder / "cards.yaml").write_text(YAML, encoding="utf-8")
    lines = ["id,name,born,town"]
    for n in range(ROWS):
        name = "" if n % 41 == 7 else f"Вигаданенко{n % 97} {GIVEN[n % len(GIVEN)]}"
        key = "" if n % 53 == 9 else str(n)
        lines.append(f'{key},"{name}",{n % 28 + 1:02}.0{n % 9 + 1}.2012,{"м. Херсон" if n % 3 else "Вигадане"}')
    path = folder / "cards.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def opened(folder: Path) -> SourceReading:
    path = listed(folder)
    return read_source(load_config(folder / "cards.yaml"), path)


@pytest.fixture(autouse=True)
def soon(monkeypatch, tmp_path):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cores, "_ALONE", 100)
    monkeypatch.setattr(cores, "_PIECE", 100)
    from configs.settings import settings

    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def in_clear(rows):
    """Rows with what is sealed of them opened: each is sealed under a key of its own, whoever worked."""
    kinds = {None: RowKind.RECORD}
    return [
        row._replace(sealed=row_seals.draft_content(kinds.get(row.reason_code, RowKind.QUARANTINED), row.sealed))
        for row in rows
    ]


@pytest.mark.parametrize("many", [2, 3])
def test_what_comes_out_does_not_depend_on_the_number_of_cores(tmp_path, many):
    alone, together = opened(tmp_path), opened(tmp_path)
    seen: list[int] = []
    expected = list(cores.staged_rows(alone, lambda _: None, cores=1))
    found = list(cores.staged_rows(together, seen.append, cores=many))
    assert in_clear(found) == in_clear(expected)
    assert len(found) == ROWS
    assert {row.reason_code for row in found} == {None, "no_name", "no_key"}
    assert together.counts == alone.counts
    assert seen == sorted(seen)
    assert seen[-1] == ROWS - 100


def test_a_helper_that_is_killed_costs_no_row(tmp_path, monkeypatch):
    started = helpers_of(monkeypatch)
    expected = list(cores.staged_rows(opened(tmp_path), lambda _: None, cores=1))
    rows = cores.staged_rows(opened(tmp_path), lambda _: None, cores=2)
    found = [next(rows) for _ in range(300)]
    started[0].kill()
    assert in_clear([*found, *rows]) == in_clear(expected)


def test_ctrl_c_is_for_the_command_alone(tmp_path, monkeypatch, capfd):
    """A terminal sends it to the helpers too: they say nothing, and end when the command closes their input."""
    started = helpers_of(monkeypatch)
    rows = cores.staged_rows(opened(tmp_path), lambda _: None, cores=2)
    found = [next(rows) for _ in range(800)]
    started[0].send_signal(signal.SIGINT)
    found += rows
    assert len(found) == ROWS
    assert started[0].returncode == 0
    assert capfd.readouterr().err == ""


def test_helpers_end_with_the_list_and_when_it_is_given_up(tmp_path, monkeypatch):
    started = helpers_of(monkeypatch)
    list(cores.staged_rows(opened(tmp_path), lambda _: None, cores=2))
    rows = cores.staged_rows(opened(tmp_path), lambda _: None, cores=3)
    next(rows)
    for _ in range(400):
        next(rows)
    rows.close()
    assert len(started) == 3
    assert [process.poll() is not None for process in started] == [True] * 3


def test_an_error_of_a_helper_is_raised_here(tmp_path):
    reading = opened(tmp_path)

    class Lost(SourceReading):
        """A reading of which one row forgets where it stands."""

        def __iter__(self):
            for number, item in enumerate(reading):
                yield item._replace(locator=NOWHERE) if number == 1_503 else item

    lost = Lost(reading.config, reading.path, reading.name)
    with pytest.raises(IngestError, match="no locator"):
        list(cores.staged_rows(lost, lambda _: None, cores=2))


def test_helpers_end_when_their_process_is_killed(tmp_path):
    listed(tmp_path)
    script = f"""
import time
from pathlib import Path
from pipelines.ingestion import cores
from sources.description.load import load_config
from sources.extraction.reading import read_source
cores._ALONE = cores._PIECE = 100
folder = Path({str(tmp_path)!r})
rows = cores.staged_rows(read_source(load_config(folder / "cards.yaml"), folder / "cards.csv"), lambda _: None, cores=2)
for _ in range(300):
    next(rows)
print("ready", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        (helper,) = children(process.pid)
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while alive(helper) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(helper)


def helpers_of(monkeypatch) -> list[subprocess.Popen[bytes]]:
    started: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(cores.subprocess, "Popen", Kept)
    return started


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
