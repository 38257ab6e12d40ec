"""The embedded server: shared by processes, gone with the last, in deep folders, after kills, as another account."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from registry.database import embedded, postgres_programs
from registry.errors import DatabaseUnreachable

ROOT = Path(__file__).parents[3]

USE = """
import sys, time
from pathlib import Path
from registry.database import embedded
folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
if len(sys.argv) > 3:
    import encodings.idna, os
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[3]))
with embedded.ensure_running(folder, "tried").connect("tried") as connection:
    connection.execute("SELECT pg_advisory_lock(1)")
    connection.execute("CREATE TABLE IF NOT EXISTS visits (pid int)")
    connection.execute("INSERT INTO visits VALUES (%s)", [__import__("os").getpid()])
print("ready", flush=True)
time.sleep(seconds)
"""


@pytest.fixture
def home():
    """A folder for a server of its own; the server is stopped and the folder removed."""
    base = Path(tempfile.mkdtemp(prefix="ridni-pg-"))
    folder = base / "postgres"
    folder.mkdir(mode=0o700)
    yield folder
    for found in base.rglob("users"):
        embedded.stop(found.parent)
    shutil.rmtree(base)


def use(folder, seconds=0.0, *account):
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(folder), str(seconds), *map(str, account)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def visits(folder):
    with embedded.ensure_running(folder, "tried").connect("tried") as connection:
        return connection.execute("SELECT count(*) FROM visits").fetchone()[0]


def test_processes_that_start_at_once_share_one_server_and_the_last_stops_it(home):
    processes = [use(home, seconds) for seconds in (0.0, 0.3, 0.6, 2.0)]
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    first_pid = (home / "data" / "postmaster.pid").read_text().splitlines()[0]
    for process in processes[:3]:
        process.wait(timeout=60)
        assert embedded.running(home)
    assert (home / "data" / "postmaster.pid").read_text().splitlines()[0] == first_pid
    processes[3].wait(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert not embedded.running(home)
    assert visits(home) == 4


def test_a_killed_process_is_not_counted_for_ever(home):
    killed, last = use(home, 600), use(home, 1.5)
    for process in (killed, last):
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=30)
    assert embedded.running(home)
    assert last.wait(timeout=60) == 0
    assert not embedded.running(home)


def test_starting_while_the_last_user_leaves_never_fails(home):
    def turn(_):
        process = use(home)
        output, complaints = process.communicate(timeout=120)
        return output, complaints, process.returncode

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(turn, range(9)))
    assert [result for result in results if result[0] != "ready\n" or result[2] != 0] == []
    assert visits(home) == 9


def test_a_killed_server_comes_back_with_its_data(home):
    address = embedded.ensure_running(home, "tried")
    with address.connect("tried") as connection:
        connection.execute("CREATE TABLE visits AS SELECT 1 AS pid")
    pid = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if not embedded._is_postgres(pid):
            break
        time.sleep(0.1)
    assert visits(home) == 1


def test_a_leftover_pid_of_another_program_is_no_obstacle(home):
    embedded.ensure_running(home, "tried")
    embedded.stop(home)
    file = home / "data" / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{home / 'data'}\n1\n5432\n{home / 'data'}\n\n 1 2\nready   \n")
    if os.geteuid() == 0:
        shutil.chown(file, postgres_programs.SERVICE_ACCOUNT)
    assert not embedded.running(home)
    with embedded.ensure_running(home, "tried").connect("tried") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_cluster_half_made_is_made_again(home):
    (home / "data.new").mkdir()
    (home / "data.new" / "PG_VERSION").write_text("18\n")
    with embedded.ensure_running(home, "tried").connect("tried") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not (home / "data.new").exists()


@pytest.mark.parametrize("name", ["d" * 100 + "/" + "e" * 100, "with space/та 'лапки' \"$HOME\" `x` \\ %"])
def test_deep_and_odd_folders(home, name):
    folder = home / name
    folder.mkdir(parents=True)
    address = embedded.ensure_running(folder, "tried")
    assert len(os.fsencode(address.socket_folder)) < 100
    found = address.socket_folder.stat()
    assert stat.S_IMODE(found.st_mode) & 0o077 == 0
    owner = postgres_programs.SERVICE_ACCOUNT if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    assert pwd.getpwuid(found.st_uid).pw_name == owner
    with address.connect("tried") as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_folders_above_stay_closed_to_listing(home):
    embedded.ensure_running(home, "tried")
    assert stat.S_IMODE(home.parent.stat().st_mode) & 0o066 == 0
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_the_server_keeps_values_out_of_its_log(home):
    with embedded.ensure_running(home, "tried").connect("tried") as connection:
        connection.execute("CREATE TABLE child (name text PRIMARY KEY CHECK (length(name) < 30))")
        connection.execute("INSERT INTO child VALUES ('Вигаданенко')")
        for statement in (
            "INSERT INTO child VALUES ('Вигаданенко')",
            "INSERT INTO child VALUES (repeat('Вигаданенко', 9))",
            "SELECT 'Вигаданенко'::int",
            "SELECT Вигаданенко FROM child",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
        with pytest.raises(psycopg.Error), connection.cursor().copy("COPY child FROM STDIN") as copy:
            copy.write_row(("Вигаданенко",))
    log = (home / "data" / "server.log").read_text()
    assert "DETAIL" not in log and "STATEMENT" not in log and "CONTEXT" not in log
    for line in log.splitlines():
        assert "Вигаданенко" not in line


def test_a_panic_does_not_quote_its_statement(home):
    """No room for the write-ahead log, as on a full disk: PostgreSQL quotes the statement, whatever is set."""
    wal = home / "data" / "pg_wal"
    with embedded.ensure_running(home, "tried").connect("tried") as connection:
        connection.execute("CREATE TABLE child (name text)")
        connection.execute("ALTER SYSTEM SET wal_writer_delay = 10000")  # the statement's own process meets the fault
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(1)  # until its writer, which has no statement, sleeps longer
        wal.rename(wal.with_name("away"))
        with pytest.raises(psycopg.Error):
            connection.execute(
                "INSERT INTO child\nSELECT repeat(md5(n::text), 99) || 'Вигаданенко' FROM generate_series(1, 60000) n"
            )
        wal.with_name("away").rename(wal)
    log, deadline = home / "data" / "server.log", time.monotonic() + 90
    while not (recovered := embedded.running(home)) and time.monotonic() < deadline:
        time.sleep(0.2)
    said = log.read_text()
    assert "PANIC:  could not" in said and "Вигаданенко" not in said and "generate_series" not in said
    assert "client backend (PID" in said
    assert all(line.startswith("20") for line in said.splitlines())
    assert stat.S_IMODE(log.stat().st_mode) & 0o077 == 0
    assert recovered


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another account")
def test_an_ordinary_account_runs_its_own_server(home):
    nobody = pwd.getpwnam("nobody")
    home.parent.chmod(0o711)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    process = use(home, 0, nobody.pw_uid)
    output, complaints = process.communicate(timeout=120)
    assert output == "ready\n", complaints
    assert (home / "data").stat().st_uid == nobody.pw_uid


def test_a_server_that_cannot_start_says_where_and_what_to_do(home):
    (home / "data").mkdir()
    (home / "data" / "PG_VERSION").write_text("9.1\n")
    if os.geteuid() == 0:
        shutil.chown(home / "data", postgres_programs.SERVICE_ACCOUNT)
    with pytest.raises(DatabaseUnreachable) as refused:
        embedded.ensure_running(home, "tried")
    assert str(home) in str(refused.value) and "server.log" in str(refused.value)
