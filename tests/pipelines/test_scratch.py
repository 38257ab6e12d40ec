"""What is unpacked or read on the way lies in memory, never on a disk; what a killed process left is swept."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

CANARY = "Канарейченко Зоряна"
LIST = "id,name,born\n" + "".join(f"z{i},{CANARY} {i},0{i % 9 + 1}.02.2012\n" for i in range(60_000))


def scratch_of(home: Path) -> Path:
    """Where the processes of a home have their scratch files on a machine with memory for them."""
    told = hashlib.sha256(str(home.resolve() / "tmp").encode()).hexdigest()[:12]
    return Path("/dev/shm") / f"ridni-{os.geteuid()}-{told}"


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
    while not (unpacked := holding(scratch_of(other.home)) + holding(system)) and time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert unpacked, "the list was never unpacked: the test saw nothing"
    assert not holding(system) and not holding(other.home)
    assert holding(scratch_of(other.home)) and scratch_of(other.home).stat().st_mode & 0o777 == 0o700
    other("sources", "check", *zipped, TMPDIR=str(system))
    assert not holding(other.home)
    assert not holding(system)
    assert not list(other.home.glob("tmp/*")) and not scratch_of(other.home).exists()


def test_without_memory_scratch_lies_in_the_home_and_a_chosen_folder_is_this_accounts_alone(tmp_path, monkeypatch):
    from configs import scratch
    from configs.settings import settings

    monkeypatch.setenv("RIDNI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    assert scratch.in_memory(scratch.shared_folder()) and not scratch.in_memory(Path("/proc"))
    monkeypatch.setattr(scratch, "_LEAST", 1 << 60)
    assert scratch.shared_folder() == tmp_path / "home" / "tmp"
    monkeypatch.setenv("RIDNI_SCRATCH", str(tmp_path / "chosen"))
    settings.cache_clear()
    made = scratch.shared_folder()
    assert made.is_relative_to(tmp_path / "chosen")
    made.chmod(0o755)
    with pytest.raises(scratch.HomeUnusable, match="this account alone"):
        scratch.shared_folder()
    monkeypatch.undo()
    settings.cache_clear()


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
        assert name.is_file() and name.is_relative_to(scratch_of(other.home))
        (scratch_of(other.home) / "left").mkdir()
        assert not (other.home / "tmp" / "left").exists()
        other("settings")
        assert name.is_file() and not (scratch_of(other.home) / "left").exists()
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
