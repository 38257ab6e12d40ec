"""The staging table of proposals: one for each pair, of records that still stand."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg.sql import SQL

from registry import binary_copy
from registry.linkage.explanation_rows import BITS
from registry.linkage.proposals import Proposals
from registry.staging_table import StagingTable

# One proposal per pair: the likeliest, whichever side came first.
ONE_PER_PAIR = SQL("""
SELECT DISTINCT ON (least(left_id, right_id), greatest(left_id, right_id))
       left_id, right_id, weight, probability, named.name AS scenario, levels, bits,
       nullif(calibrated, 'NaN') AS calibrated_probability
FROM {copied} copied
JOIN unnest(%(scenarios)s::text[]) WITH ORDINALITY AS named(name, place) ON named.place = copied.scenario + 1
ORDER BY least(left_id, right_id), greatest(left_id, right_id), probability DESC, weight DESC, named.name, left_id
""")

DROP_SUPERSEDED = SQL("""
DELETE FROM {proposals}
WHERE left_id IN (SELECT id FROM registry_record WHERE NOT is_current)
   OR right_id IN (SELECT id FROM registry_record WHERE NOT is_current)
""")


class CopiedProposals(StagingTable):
    """Proposals as the run made them; `scenario` is a position, `levels` and `bits` as in `explanation_rows`."""

    name = "candidate_copy"
    columns: ClassVar[dict[str, str]] = {
        "left_id": "bigint",
        "right_id": "bigint",
        "weight": "double precision",
        "probability": "double precision",
        "calibrated": "double precision",
        "scenario": "smallint",
        "levels": "bytea",
        "bits": "bytea",
    }
    joined_by = ("left_id", "right_id", "scenario")


class StagedProposals(StagingTable):
    """One proposal for each pair: the columns are those of `Candidate`."""

    name = "candidate_staging"

    def count(self) -> int:
        """Count the pairs."""
        with connection.cursor() as cursor:
            cursor.execute(SQL("SELECT count(*) FROM {}").format(self.sql))
            return int(cursor.fetchone()[0])

    def drop_superseded(self) -> int:
        """Take out the pairs of records that have a new version by now, and return how many there were."""
        with connection.cursor() as cursor:
            cursor.execute(DROP_SUPERSEDED.format(proposals=self.sql))
            return int(cursor.rowcount)


def stage(proposals: Proposals) -> StagedProposals:
    """Copy a run's proposals into a new staging table, each pair once; part of the caller's transaction."""
    copied = CopiedProposals.create()
    rows: dict[str, npt.NDArray[Any]] = {
        "left": proposals.left,
        "right": proposals.right,
        "weight": proposals.weight,
        "probability": proposals.probability,
        "calibrated": proposals.calibrated,
        "scenario": proposals.scenario,
        "levels": proposals.levels.view(np.uint8),
        "bits": np.ascontiguousarray(proposals.bits, dtype=BITS).view(np.uint8),
    }
    copied.fill_binary(binary_copy.pieces(rows))
    staged = StagedProposals.create_from(
        ONE_PER_PAIR.format(copied=copied.sql), {"scenarios": list(proposals.scenarios)}
    )
    staged.index(SQL("least(left_id, right_id)"), SQL("greatest(left_id, right_id)"))
    return staged
