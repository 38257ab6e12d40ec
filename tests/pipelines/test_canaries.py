"""A copy of the home names nobody, its database, log of writing and temporary files included, at any step or crash."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import zipfile
import zlib
from pathlib import Path

import pytest

CANARY = "Канарейченко"
GIVEN = ("Зоряна", "Леся", "Орися", "Устим", "Лесь", "Дарина", "Юхим", "Марко", "Остап", "Соломія")
ROWS = [
    (f"k{n}", f"{CANARY} {GIVEN[n % 10]} {n}", f"{1 + n % 28:02}.{1 + n % 12:02}.{2006 + n % 9}") for n in range(120)
]


def forms(words: str) -> list[bytes]:
    """A name in the encodings in which files of lists, JSON, addresses and old programs hold it."""
    return [
        words.encode(),
        words.encode("utf-16-le"),
        words.encode("cp1251"),
        json.dumps(words).strip('"').encode(),
        urllib.parse.quote(words).encode(),
    ]


def holding(folder: Path, words: str = CANARY) -> list[Path]:
    """The files below a folder that hold the words in any form, also inside ZIP, gzip and base64."""
    found = []
    inside = base64.b64encode(words.encode() + b"  ")[:-4]
    for path in sorted(folder.rglob("*")):
        try:
            content = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:  # a database at work
            continue
        if content[:2] == b"PK":
            with zipfile.ZipFile(path) as packed:
                content += b"".join(packed.read(name) for name in packed.namelist())
        if content[:2] == b"\x1f\x8b":
            content += gzip.decompress(content)
        if content[:1] == b"\x78":
            with contextlib.suppress(zlib.error):
                content += zlib.decompress(content)
        if any(form in content for form in [*forms(words), inside]):
            found.append(path)
    return found


def test_the_search_sees_each_form(tmp_path):
    for number, form in enumerate(forms(CANARY)):
        (tmp_path / str(number)).write_bytes(b"before " + form + b" after")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", CANARY)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(CANARY.encode()))
    (tmp_path / "packed.z").write_bytes(zlib.compress(CANARY.encode()))
    (tmp_path / "packed.b64").write_bytes(base64.b64encode(CANARY.encode()))
    assert len(holding(tmp_path)) == len(forms(CANARY)) + 4


JUDGED = """
import sys
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from registry import database
database.prepare()
from registry import exports
from registry.models import Candidate, User
from review.verdicts import decisions
people = [User.objects.create(username=f"person{n}", role=role) for n, role in enumerate(("lead", "lead", "auditor"))]
pair = Candidate.objects.filter(status="open", listed_twice=False).order_by("-probability").first()
for person in people[:2]:
    lease = timezone.now() + timedelta(minutes=5)
    Candidate.objects.filter(pk=pair.pk).update(reserved_by=person, reserved_until=lease)
    decisions.decide(person, pair.pk, "same", "name_and_birth", "Сусідка впізнала Канарейченко")
asked = exports.ask(people[0], "candidates", "check", "an archive")
exports.decide(people[2], asked.pk, allowed=True)
with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
    exports.fetch(people[0], asked.pk, file)
"""


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Two lists of the same children, one of them packed."""
    folder = tmp_path_factory.mktemp("lists")
    description = "source_class: {}\nreader: {}\nkey: id\nfields: {{full_name: name, birth_date: born}}\n"
    for slug, source_class in (("family", "family"), ("moved", "occupation")):
        (folder / f"{slug}.yaml").write_text(description.format(source_class, "csv"), encoding="utf-8")
        lines = ["id,name,born", *(",".join(row) for row in ROWS)]
        (folder / f"{slug}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(900)  # a dozen commands
def test_a_copy_of_the_home_names_nobody_at_any_step(fresh, lists, tmp_path):
    for slug in ("family", "moved"):
        fresh("ingest", lists / f"{slug}.yaml", lists / f"{slug}.csv")
        assert not holding(fresh.home), slug
    fresh("link")
    fresh("candidates", "export", tmp_path / "candidates.csv")
    fresh("profile", "family")
    fresh("evidence", "verify")
    assert not holding(fresh.home)
    assert not holding(tmp_path)
    # Two people judge, with a note, and pairs leave in an export.
    judged = subprocess.run(
        [sys.executable, "-c", JUDGED, tmp_path / "export.csv"],
        env=fresh.environment() | {"DJANGO_SETTINGS_MODULE": "web.settings"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stderr
    assert holding(tmp_path) == [tmp_path / "export.csv"]
    assert not holding(fresh.home)
    # Killed in the middle of a long list, again and again.
    rows = "".join(f"{key}-{copy},{name} {copy},{born}\n" for copy in range(200) for key, name, born in ROWS)
    (tmp_path / "long.csv").write_text("id,name,born\n" + rows, encoding="utf-8")
    (tmp_path / "long.yaml").write_text((lists / "family.yaml").read_text(), encoding="utf-8")
    for seconds in (3.0, 6.0):
        process = fresh.start("ingest", tmp_path / "long.yaml", tmp_path / "long.csv")
        time.sleep(seconds)
        assert not holding(fresh.home)
        process.kill()
        process.communicate()
    assert not holding(fresh.home)
    # The database itself dies, and finds its way back by its log of writing.
    process = fresh.start("ingest", tmp_path / "long.yaml", tmp_path / "long.csv")
    time.sleep(6.0)
    (running,) = (fresh.home / "postgres").rglob("postmaster.pid")
    os.kill(int(running.read_text().split()[0]), signal.SIGKILL)
    process.kill()
    process.communicate()
    assert not holding(fresh.home)
    assert "whole" in fresh("audit", "verify").stdout
    assert not holding(fresh.home)


def test_a_copy_without_what_opens_the_ring_is_one_clear_line(fresh, lists, other, tmp_path):
    fresh("stop")
    shutil.copytree(fresh.home, other.home, symlinks=True, ignore=shutil.ignore_patterns("keyring.identity", "*.sock"))
    said = other("evidence", "verify", code=1).stderr
    assert said.startswith("Error: The keys are locked") and said.count("\n") == 1
