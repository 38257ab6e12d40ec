"""No name reaches Prefect, a log or a run name: canaries go through everything, and nothing sings."""

from __future__ import annotations

import json
import sqlite3

CANARIES = ("Канарейченко", "Зяблик", "Щиглівна", "Kanareichenko", "канарейченко")


def spellings(word: str) -> set[bytes]:
    return {
        word.encode(),
        word.upper().encode(),
        json.dumps(word)[1:-1].encode(),
        word.encode("cp1251", "ignore"),
        word.encode("utf-16-le"),
    }


def test_nothing_sings(fresh, simple, tmp_path):
    rows = [(f"k{i}", "Канарейченко Зяблик Щиглівна", "03.04.2012") for i in range(5)]
    config, file = simple("canary_reports", [*rows, ("k9", "", "Канарейченко")])
    named = file.with_name("Канарейченко.csv")
    named.write_bytes(file.read_bytes())
    said = [fresh("ingest", config, named)]
    said.append(fresh("ingest", *simple("canary_list", [("c1", "Kanareichenko Ziablyk", "2012")], "media")))
    said.append(fresh("link"))
    # Bytes that turn bad late, inside the flow: an XLSX cut off would fail before.
    config, broken = simple("canary_broken", rows * 3_000)
    with broken.open("ab") as stream:
        stream.write(b'k,"Kanareichenko \xff\xfe\x81' + "Канарейченко".encode() * 10)
    process = fresh.start("ingest", config, broken)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0  # what is no text goes to quarantine, row by row
    assert not any(word in out + err for word in CANARIES)
    # A file that ends in the middle of a name: the flow itself fails.
    cut = tmp_path / "canary_cut.json"
    objects = [{"id": f"k{i}", "name": "Канарейченко Зяблик Щиглівна"} for i in range(20_000)]
    cut.write_text(json.dumps(objects, ensure_ascii=False)[:-20], encoding="utf-8")
    (tmp_path / "canary_cut.yaml").write_text("reader: json\nkey: id\nfields: {full_name: name}\n", encoding="utf-8")
    failed = fresh("ingest", tmp_path / "canary_cut.yaml", cut, code=1)
    assert "canary_cut.json" in failed.stderr
    said.append(failed)

    database = fresh.home / "prefect" / "prefect.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert connection.execute("SELECT count(*) FROM flow_run").fetchone()[0] >= 5
    watched = [
        p
        for p in fresh.home.rglob("*")
        if p.is_file() and ("prefect" in p.parts or p.suffix == ".log" or "runs" in p.parts)
    ]
    assert len(watched) >= 4
    for path in watched:
        content = path.read_bytes()
        for word in CANARIES:
            for form in spellings(word):
                if len(form) >= 8:
                    assert form not in content, f"{word} in {path.relative_to(fresh.home)}"
    for done in said:
        text = done.stdout + done.stderr.replace("Канарейченко.csv", "").replace(str(tmp_path), "")
        for word in CANARIES:
            assert word not in text.replace("Канарейченко.csv", "")


def test_a_message_that_quotes_a_value_stays_here():
    from pipelines.flows.redaction import FlowFailed, discreet

    @discreet
    def step():
        raise ValueError("could not read 'Канарейченко'")

    try:
        step()
    except FlowFailed as failure:
        assert "Канарейченко" not in str(failure)
        assert "ValueError in test_redaction.py" in str(failure)
        assert failure.__suppress_context__ or failure.__context__ is None
        assert "Канарейченко" in str(failure.original)
