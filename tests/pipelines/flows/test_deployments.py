"""The deployments of `prefect.yaml` on a real Prefect server, run by a real worker."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CODE = Path(__file__).parents[3]
SIMPLE = "source_class: family\nreader: csv\nkey: id\nfields:\n  full_name: name\n"


@pytest.fixture(scope="module")
def server(fresh):
    """Return what runs the `prefect` command against the local server of a fresh home."""
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json; from pipelines.flow_server.server import *; url = ensure_server();"
            "print(json.dumps({'PREFECT_API_URL': url, **environment()}))",
        ],
        env=fresh.environment(),
        capture_output=True,
        text=True,
        check=True,
        cwd=CODE,
    )
    return (
        fresh.environment()
        | json.loads(shown.stdout)
        | {"RIDNI_CODE": str(CODE), "RIDNI_SOURCES_DIR": str(fresh.home / "descriptions")}
    )


def prefect(server, *arguments: str, **more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    return subprocess.run(command, env=server, capture_output=True, text=True, timeout=120, cwd=CODE, **more)


def test_a_worker_runs_the_nightly_flows(fresh, server):
    created = prefect(server, "work-pool", "create", "ridni", "--type", "process")
    assert created.returncode == 0, created.stderr
    deployed = prefect(server, "deploy", "--all")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    for name in ("ingest inbox/nightly", "ingest/on-demand", "link/nightly", "publish/nightly"):
        assert name in deployed.stdout

    descriptions, inbox = fresh.home / "descriptions", fresh.home / "inbox" / "mailed"
    descriptions.mkdir()
    inbox.mkdir(parents=True)
    (descriptions / "mailed.yaml").write_text(SIMPLE, encoding="utf-8")
    (inbox / "list.csv").write_text("id,name\n1,Гаврилюк Тарас\n2,Гаврилюк Марта\n", encoding="utf-8")
    (inbox / "broken.csv").write_text("nothing,here\n1,2\n", encoding="utf-8")

    log = (fresh.home / "worker.log").open("w")
    worker = subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", "ridni"],
        env=server,
        stdout=log,
        stderr=log,
        cwd=CODE,
    )
    try:
        for name in ("ingest inbox/nightly", "link/nightly", "publish/nightly"):
            run = prefect(server, "deployment", "run", name, "--watch", "--watch-timeout", "90")
            assert "Completed" in run.stdout, run.stdout + (fresh.home / "worker.log").read_text()
    finally:
        worker.terminate()
        try:
            worker.wait(30)
        except subprocess.TimeoutExpired:  # a worker may take its time to let go of its server
            worker.kill()
            worker.wait()
        log.close()
    assert not (inbox / "list.csv").exists(), "what is stored leaves the inbox"
    assert (inbox / "broken.csv").exists(), "what cannot be read stays"
    (checkpoint,) = (fresh.home / "checkpoints").glob("*.json")
    assert json.loads(checkpoint.read_text())["identities"] == 0
    assert "Гаврилюк" not in (fresh.home / "worker.log").read_text()
    shutil.rmtree(inbox)
