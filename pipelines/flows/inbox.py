"""The nightly ingest flow: every file that was laid into the inbox of its source.

`home`/inbox/SOURCE/FILE is read by the description named SOURCE. A file whose batch is stored is removed from the inbox
(its bytes are in the evidence store); one that cannot be read stays, and the run says how many stayed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from configs import process_guard
from configs.settings import settings
from pipelines.flows.ingest import ingest
from pipelines.flows.redaction import FlowFailed, discreet
from pipelines.ingestion import jobs
from registry import database
from sources.description.load import find_path, load_config
from sources.errors import SourceError


@flow(name="ingest inbox", flow_run_name="ingest-inbox", persist_result=False)
@discreet
def ingest_inbox() -> dict[str, int]:
    """Ingest all files of the inbox and what an earlier, killed run left; return counts of files and rows."""
    process_guard.guard()
    database.prepare()
    total = {"files": 0, "left_in_inbox": 0, "records_new": 0, "records_changed": 0, "quarantined": 0}
    for job in jobs.unfinished():
        _add(total, ingest(job))
    for folder in sorted(p for p in settings().folder("inbox").iterdir() if p.is_dir()):
        for file in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
            try:
                _add(total, ingest(_job(folder.name, file)))
                file.unlink()
            except (SourceError, FlowFailed):
                total["left_in_inbox"] += 1
    return total


def _job(source: str, file: Path) -> str:
    sources = settings().sources_dir
    path = find_path(source, sources)
    from registry.evidence.custody import CollectionFacts

    collected = CollectionFacts.stated("laid into the inbox", "inbox")
    return jobs.prepare(load_config(path), path, file, collected).id


def _add(total: dict[str, int], counts: dict[str, Any]) -> None:
    total["files"] += 1
    for name in ("records_new", "records_changed", "quarantined"):
        total[name] += int(counts[name])
