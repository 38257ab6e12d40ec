"""The command line starts quickly: heavy libraries are imported where they are used, and by what uses them alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "dask", "django", "distributed", "httpx", "lxml", "numpy", "openpyxl", "pandas", "pdfplumber", "prefect",
    "psycopg", "pydantic_settings", "recordlinkage", "scipy", "selectolax", "sklearn", "sources.extraction",
    "sources.readers", "matching", "registry", "transliteration.names", "transliteration.tables",
}  # fmt: skip
LINKAGE = {"sklearn", "scipy", "pandas", "pdfplumber", "recordlinkage", "dask", "distributed", "matching"}
AFTER = """
import atexit, json, os, sys
atexit.register(lambda: open(os.environ["LOADED"], "w").write(json.dumps(sorted(sys.modules))))
from pipelines.cli.main import run
sys.argv = ["ridni", *sys.argv[1:]]
run()
"""


def loaded(tmp_path, environment: dict[str, str], *arguments: object) -> set[str]:
    """Return the modules that a command has imported by its end."""
    report = tmp_path / "loaded.json"
    subprocess.run(
        [sys.executable, "-c", AFTER, *map(str, arguments)],
        env=environment | {"LOADED": str(report)},
        check=True,
        capture_output=True,
        timeout=280,
    )
    return set(json.loads(report.read_text()))


@pytest.mark.parametrize("arguments", [["--help"], ["link", "--help"], ["sources", "--help"], ["evidence", "--help"]])
def test_help_imports_nothing_heavy(other, tmp_path, arguments):
    assert not HEAVY & loaded(tmp_path, other.environment(), *arguments)


def test_ingesting_a_small_list_imports_no_linkage(shared, simple, tmp_path):
    modules = loaded(tmp_path, shared.environment(), "ingest", *simple("start_small", [("1", "Гаврилюк Марта", "")]))
    assert "prefect" in modules, "the list of modules is that of the whole command"
    assert not LINKAGE & modules


def test_linking_what_is_new_imports_no_training(shared, simple, tmp_path):
    """A run with a model at hand fits nothing: scikit-learn and scipy are a second of imports."""
    shared("ingest", *simple("start_sought", [("1", "Гаврилюк Марта", "2.3.2012")]))
    shared("ingest", *simple("start_listed", [("1", "Гаврилюк Марта", "2.3.2012")], "other"))
    shared("link")
    shared("ingest", *simple("start_later", [("2", "Гаврилюк Марта", "2.3.2012")], "other"))
    modules = loaded(tmp_path, shared.environment(), "link", "--new")
    assert "matching" in modules
    assert not {"sklearn", "scipy", "recordlinkage", "matplotlib", "distributed"} & modules
