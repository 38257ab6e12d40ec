"""What is unpacked, scanned or dumped on the way stays in the home; what a killed process left is swept."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

CANARY = "Канарейченко Зоряна"
LIST = "id,name,born\n" + "".join(f"z{i},{CANARY} {i},0{i % 9 + 1}.02.2012\n" for i in range(60_000))


def holding(folder: Path, words: bytes = CANARY.encode()) -> list[Path]:
    """The files below a folder that hold the words."""
    found = []
    for path in folder.rglob("*"):
        try:
            if path.is_file() and words in path.read_bytes():
                found.append(path)
        except FileNotFoundError:
            continue
    return found


@pytest.fixture
def zipped(tmp_path, simple):
    config = Path(str(simple("zipped", [("z1", "Вигаданенко", "01.02.2012")])[0]))
    archive = tmp_path / "lists.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("list.csv", LIST)
    return config, archive


def test_a_list_unpacked_by_a_killed_process_is_gone_after_the_next_start(other, tmp_path, zipped):
    system = tmp_path / "system"
    system.mkdir()
    process = other.start("sources", "check", *zipped, TMPDIR=str(system))
    until = time.monotonic() + 60
    while not (unpacked := holding(other.home / "tmp") + holding(system)) and time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert unpacked, "the list was never unpacked: the test saw nothing"
    assert not holding(system)
    assert holding(other.home / "tmp")
    other("sources", "check", *zipped, TMPDIR=str(system))
    assert not holding(other.home)
    assert not holding(system)
    assert not list(other.home.glob("tmp/*"))


def test_a_living_process_keeps_its_scratch(other, tmp_path):
    code = (
        "import sys, tempfile; from configs.process_guard import guard; guard();"
        "f = tempfile.NamedTemporaryFile(); f.write(b'x'); f.flush(); print(f.name, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=other.environment(),
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as living:
        assert living.stdin and living.stdout
        name = Path(living.stdout.readline().strip())
        (other.home / "tmp" / "left").mkdir()
        (other.home / "tmp" / "left" / "database.dump").write_text(CANARY)
        other("settings")
        assert name.is_file()
        assert not (other.home / "tmp" / "left").exists()
        living.stdin.close()
    assert not name.exists()


def test_no_process_leaves_a_core_dump(other):
    code = (
        "import resource, ctypes; from configs.process_guard import guard; resource.setrlimit(resource.RLIMIT_CORE,"
        "(resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2); guard();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=other.environment(),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[0] == "(0, 0) 0"


def test_a_home_that_cannot_be_made_is_one_clear_line(other, tmp_path):
    (tmp_path / "file").write_text("")
    done = other("settings", code=1, RIDNI_HOME=str(tmp_path / "file" / "home"))
    assert "RIDNI_HOME" in done.stderr and "Defect" not in done.stderr
