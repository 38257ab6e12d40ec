"""Check a packet without Ridni: Python's own library and the program `openssl`, nothing else.

    python3 check.py PACKET.zip [--key PUBLIC-KEY.pem] [--tsa-roots ROOTS.pem]

What it shows: each file has the hash that the manifest says; the manifest is signed; the original bytes have the hash
under which they were kept; each value stands at its place in them (CSV, XLSX, JSON; for other formats the place is
told); custody and both verdicts are bound by hash into the log; the log hangs together, row by row, up to the hash in
the manifest; and an outside clock has seen the manifest. Whose key signed, and whose clock it was, only you can know:
give the key that the body has published, and the roots of the timestamping authority that you trust.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Report:
    """Counts what holds and what does not."""

    def __init__(self) -> None:
        self.failed = 0

    def say(self, holds: bool | None, what: str) -> None:
        """Print one line; `holds` None where a person has to look."""
        print(("look  " if holds is None else "holds " if holds else "FAILS ") + what)
        self.failed += holds is False


def sha256(content: bytes) -> str:
    """Return a SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def openssl(*arguments: str) -> bool:
    """Run openssl; tell whether it was content."""
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False).returncode == 0


def check_files(packet: zipfile.ZipFile, manifest: dict[str, Any], report: Report) -> None:
    """Hold each file against its hash, and look for files that the manifest does not name."""
    named = manifest["files"]
    for name, expected in sorted(named.items()):
        there = name in packet.namelist() and sha256(packet.read(name)) == expected
        report.say(there, f"{name} has the hash of the manifest")
        if name.startswith("evidence/"):
            report.say(name.split("/")[1] == expected, f"the original bytes are named by their SHA-256 {expected[:16]}")
    loose = {"manifest.json", "manifest.sig", "timestamp.tsr"}
    strange = [name for name in packet.namelist() if name not in named and name not in loose]
    report.say(not strange, "the packet holds nothing else" + "".join(f" but {name}" for name in strange))


def check_signature(packet: zipfile.ZipFile, folder: Path, key: str | None, report: Report) -> None:
    """Verify the manifest's Ed25519 signature."""
    for name in ("manifest.json", "manifest.sig", "signer.pem"):
        (folder / name).write_bytes(packet.read(name))
    own = (folder / "signer.pem").read_text()
    if key is not None:
        same = re.sub(r"\s", "", Path(key).read_text()) == re.sub(r"\s", "", own)
        report.say(same, "the packet names the key that you gave")
    signer = key or str(folder / "signer.pem")
    good = openssl(
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        str(signer),
        "-rawin",
        "-in",
        str(folder / "manifest.json"),
        "-sigfile",
        str(folder / "manifest.sig"),
    )
    report.say(good, "the manifest is signed with this key")
    if key is None:
        report.say(None, f"compare the key with the one that the body has published: {sha256(own.encode())[:32]}")


def check_timestamp(packet: zipfile.ZipFile, folder: Path, roots: str | None, report: Report) -> None:
    """Verify the RFC 3161 token over the manifest."""
    if "timestamp.tsr" not in packet.namelist():
        report.say(None, "there is no timestamp: only the body's own word says when this was")
        return
    (folder / "timestamp.tsr").write_bytes(packet.read("timestamp.tsr"))
    told = subprocess.run(
        ["openssl", "ts", "-reply", "-in", str(folder / "timestamp.tsr"), "-text"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    when = re.search(r"Time stamp: (.*)", told)
    seen = f"an outside clock has seen the manifest: {when[1] if when else '?'}"
    if roots is None:
        report.say(None, f"{seen}; give --tsa-roots to check it")
        return
    good = openssl(
        "ts", "-verify", "-in", str(folder / "timestamp.tsr"), "-data", str(folder / "manifest.json"), "-CAfile", roots
    )
    report.say(good, seen)


def check_chain(packet: zipfile.ZipFile, manifest: dict[str, Any], report: Report) -> dict[int, Any]:
    """Recompute the log's hashes from the first row given to the last; return the rows by number."""
    rows: dict[int, Any] = {}
    previous: tuple[int, str] | None = None
    good = True
    for line in packet.read("chain.jsonl").decode().splitlines():
        row = json.loads(line)
        seq, *_, prev = json.loads(row["head"])
        made = sha256((row["head"] + row["data"]).encode())
        good &= made == row["hash"] and (previous is None or (seq, prev) == (previous[0] + 1, previous[1]))
        previous = (seq, row["hash"])
        rows[seq] = row
    report.say(good, f"{len(rows)} rows of the log hang together, each by the hash of the one before")
    ends = previous == (manifest["audit_rows"], manifest["audit_hash"])
    report.say(ends, f"the log ends in the row and hash of the manifest ({manifest['audit_rows']})")
    return rows


def check_bound(packet: zipfile.ZipFile, rows: dict[int, Any], report: Report) -> None:
    """Hold custody, verdicts and events against the rows of the log that bind them."""
    for name in ("custody.json", "verdicts.json"):
        for one in json.loads(packet.read(name)):
            bound = rows.get(one["audit_seq"])
            data = json.loads(bound["data"]) if bound else {}
            good = bool(bound) and data.get("hash") == one["hash"]
            taken = one.get("erased", False)
            good = good and (taken or sha256((one["text"] + one.get("facts", "")).encode()) == one["hash"])
            words = f"{one['what']} {one['id']} is the one that row {one['audit_seq']} of the log binds"
            report.say(good, words + (" (its words were erased)" if taken else ""))


def check_verdicts(packet: zipfile.ZipFile, report: Report) -> None:
    """See that each pair has two verdicts of two people, and that the second says what the first says."""
    found: dict[int, list[tuple[int, str]]] = {}
    for one in json.loads(packet.read("verdicts.json")):
        if one["what"] == "verdict":
            _, pair, person, _, verdict, *_ = json.loads(one["text"])
            found.setdefault(pair, []).append((person, verdict))
    for pair, said in sorted(found.items()):
        same = [person for person, verdict in said if verdict in ("same", "twice")]
        report.say(len(set(same)) >= 2, f"pair {pair}: {len(set(same))} different people say that it is one child")


def check_values(packet: zipfile.ZipFile, report: Report) -> None:
    """Read each value at its place in the original bytes."""
    for record in json.loads(packet.read("records.json")):
        name = f"evidence/{record['evidence_sha256']}"
        content = packet.read(name) if name in packet.namelist() else b""
        for value in record["values"]:
            where = value["locator"]
            found = at_place(content, where)
            words = f"record {record['record']}: {value['field']} at {json.dumps(where, ensure_ascii=False)}"
            if found is None:
                report.say(None, f"{words}: look there for '{value['original']}'")
            else:
                report.say(value["original"].strip() in found, words)


def at_place(content: bytes, where: dict[str, Any]) -> str | None:
    """Return the text at a place; None where this program does not read the format."""
    try:
        if content[:2] == b"PK" and where.get("sheet") and where.get("row"):
            return in_workbook(content, where)
        if content[:1] in (b"{", b"[") or where.get("path") or where.get("line"):
            return in_json(content, where)
        if where.get("row") and b"\0" not in content[:4000] and not content.startswith(b"%PDF"):
            return in_text(content, where["row"])
    except (ValueError, KeyError, IndexError, ElementTree.ParseError, zipfile.BadZipFile):
        return None
    return None


def in_text(content: bytes, row: int) -> str | None:
    """Return the record that begins on a line of a text table."""
    for coding in ("utf-8-sig", "cp1251", "koi8-u"):
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        lines = text.splitlines(keepends=True)[row - 1 :]
        delimiter = max(";,\t|", key=lambda sign: lines[0].count(sign))
        return " | ".join(next(csv.reader(io.StringIO("".join(lines[:50]), newline=""), delimiter=delimiter)))
    return None


def in_json(content: bytes, where: dict[str, Any]) -> str:
    """Return an object of a JSON list as text."""
    text = content.decode("utf-8-sig")
    if where.get("line"):
        return json.dumps(json.loads(text.splitlines()[where["line"] - 1]), ensure_ascii=False)
    value = json.loads(text)
    for part in re.findall(r"[^.\[\]$]+", where["path"]):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return json.dumps(value, ensure_ascii=False)


def in_workbook(content: bytes, where: dict[str, Any]) -> str | None:
    """Return the cells of a row of an XLSX workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        rels = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")  # noqa: S314
        target = next(targets[sheet.get(REL)] for sheet in sheets if sheet.get("name") == where["sheet"])
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            items = ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")  # noqa: S314
            shared = ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in items]
        for row in ElementTree.fromstring(book.read(part)).iter(f"{MAIN}row"):  # noqa: S314
            if row.get("r") == str(where["row"]):
                return " | ".join(cell_text(cell, shared) for cell in row.iter(f"{MAIN}c"))
    return None


def cell_text(cell: ElementTree.Element, shared: list[str]) -> str:
    """Return what a cell says."""
    value = cell.find(f"{MAIN}v")
    if cell.get("t") == "s" and value is not None:
        return shared[int(value.text or 0)]
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))
    return "" if value is None else value.text or ""


def main(arguments: list[str] | None = None) -> int:
    """Check one packet, print a line for each thing, and return 1 when something fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packet")
    parser.add_argument("--key", help="the public key that the body has published (PEM)")
    parser.add_argument("--tsa-roots", help="certificates of the timestamping authority that you trust (PEM)")
    asked = parser.parse_args(arguments)
    report = Report()
    with zipfile.ZipFile(asked.packet) as packet, tempfile.TemporaryDirectory() as folder:
        manifest = json.loads(packet.read("manifest.json"))
        check_files(packet, manifest, report)
        check_signature(packet, Path(folder), asked.key, report)
        check_timestamp(packet, Path(folder), asked.tsa_roots, report)
        check_bound(packet, check_chain(packet, manifest, report), report)
        check_verdicts(packet, report)
        check_values(packet, report)
    print("something FAILS" if report.failed else "all of it holds")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
