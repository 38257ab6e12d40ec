"""What came since the last run, the records that it may belong to, and what the last run leaves for the next.

A run keeps the keyed digests of each record's blocking buckets in the registry, and in its folder how common names are,
under keyed digests too: neither tells a name without the deployment's key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import keys
from matching.blocking.key_digests import bucket_digests, partners, rules_digest
from matching.engine.incremental import Delta
from matching.errors import ModelError
from matching.model.frequencies import TermCounts
from matching.model.parameters import Model
from matching.spec import LinkageSpec
from matching.vectors.records import Table
from pipelines.linkage import run_folder
from pipelines.linkage.records_frame import frame_of
from pipelines.linkage.run_folder import RunFolder

if TYPE_CHECKING:
    from registry.linkage.records import StoredRecord


@dataclass(frozen=True)
class NewRecords:
    """The new records with those that share a bucket with them.

    Attributes:
        frame: Both.
        delta: Which are new, and what is known of the rest.
        last: The last run, with whose model they are scored.
    """

    frame: pd.DataFrame
    delta: Delta
    last: RunFolder


def last_run(spec: LinkageSpec) -> RunFolder | None:
    """Return the folder of the newest run whose model and terms fit the spec, None when there is none."""
    for folder in run_folder.newest_first():
        if not (folder.has_model and folder.terms.exists()):
            continue
        try:
            Model.load(folder.model, spec)
        except ModelError:
            continue
        if json.loads(folder.terms.read_text(encoding="ascii"))["rules"] == rules_digest(spec):
            return folder
    return None


def new_records(spec: LinkageSpec, folder: RunFolder) -> NewRecords:
    """Read the records that no run has linked by the spec's rules, and those of the others that they may belong to.

    Args:
        spec: The linkage spec.
        folder: Of the last run.
    """
    from registry.linkage import blocks

    return _with_partners(spec, folder, blocks.new_records(rules_digest(spec)))


def as_if_new(spec: LinkageSpec, folder: RunFolder, record_ids: Sequence[int]) -> NewRecords:
    """Read current records and those that they may belong to, as if these had come since the last run.

    Args:
        spec: The linkage spec.
        folder: Of the last run.
        record_ids: The records; former versions of a row are left out.
    """
    from registry.linkage import blocks

    return _with_partners(spec, folder, blocks.current(record_ids))


def _with_partners(spec: LinkageSpec, folder: RunFolder, new: Sequence[StoredRecord]) -> NewRecords:
    from registry.linkage import blocks, candidates, records

    rules = rules_digest(spec)
    table = Table.of(spec, frame_of(spec, new))
    _, digests = bucket_digests(spec, table, keys.derived(keys.Purpose.FINGERPRINTS, "blocking buckets"))
    own = {record.id for record in new}
    sharing = blocks.sharing(rules, np.unique(partners(digests)).tolist())
    near = [record for record in sharing if record.id not in own]
    rivals = pd.DataFrame(candidates.open_weights([record.id for record in near]), columns=["left", "right", "weight"])
    delta = Delta([record.id for record in new], _terms(folder), records.count_by_source(), rivals)
    return NewRecords(frame_of(spec, [*new, *near]), delta, folder)


def keep(spec: LinkageSpec, frame: pd.DataFrame, *, whole: bool = False) -> None:
    """Keep the bucket digests of linked records; `whole` when these are all records there are."""
    from registry.linkage import blocks

    table = Table.of(spec, frame)
    rows, digests = bucket_digests(spec, table, keys.derived(keys.Purpose.FINGERPRINTS, "blocking buckets"))
    if whole:
        records = table.record_id.astype(np.int64)
        blocks.keep_all(rules_digest(spec), records, records[rows], digests)
        return
    ends = np.searchsorted(rows, np.arange(len(table) + 1))

    def of_records() -> Iterator[tuple[int, list[int]]]:
        for row, record in enumerate(table.record_id.tolist()):
            yield record, digests[ends[row] : ends[row + 1]].tolist()

    blocks.keep(rules_digest(spec), of_records())


def write_terms(folder: RunFolder, spec: LinkageSpec, terms: Mapping[str, TermCounts]) -> None:
    """Write how common the terms of each field are, each term as a keyed digest, into a run's folder."""
    fields = {
        field: {_disguised(term) if known.disguise is str else term: count for term, count in known.counts.items()}
        for field, known in terms.items()
    }
    content = json.dumps({"rules": rules_digest(spec), "fields": fields}, sort_keys=True)
    folder.terms.write_text(content + "\n", encoding="ascii")


def _terms(folder: RunFolder) -> dict[str, TermCounts]:
    fields = json.loads(folder.terms.read_text(encoding="ascii"))["fields"]
    return {field: TermCounts(counts, _disguised) for field, counts in fields.items()}


def _disguised(term: str) -> str:
    return (
        hashlib.blake2b(term.encode(), key=keys.derived(keys.Purpose.FINGERPRINTS, "terms"), digest_size=8).hexdigest()
        if term
        else ""
    )
