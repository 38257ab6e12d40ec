"""The staging table of proposals: one for each pair, of records that still stand."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg.sql import SQL

from registry import binary_copy
from registry.linkage.explanation_rows import squeezed
from registry.linkage.proposals import Proposals
from registry.staging_table import StagingTable

# One proposal per pair: the likeliest, whichever side came first.
ONE_PER_PAIR = SQL("""
SELECT DISTINCT ON (least(left_id, right_id), greatest(left_id, right_id))
       left_id, right_id, weight, probability, named.name AS scenario, reasons, listed_twice,
       nullif(calibrated, 'NaN') AS calibrated_probability
FROM {copied} copied
JOIN unnest(%(scenarios)s::text[]) WITH ORDINALITY AS named(name, place) ON named.place = copied.scenario + 1
ORDER BY least(left_id, right_id), greatest(left_id, right_id), probability DESC, weight DESC, named.name, left_id
""")

DROP_SUPERSEDED = SQL("""
DELETE FROM {proposals} s
WHERE EXISTS (SELECT 1 FROM registry_record l WHERE l.id = s.left_id AND NOT l.is_current)
   OR EXISTS (SELECT 1 FROM registry_record r WHERE r.id = s.right_id AND NOT r.is_current)
""")


NEW_PAIRS = SQL("""
SELECT left_id, right_id FROM {proposals} s WHERE NOT EXISTS (SELECT 1 FROM registry_candidate c WHERE {same_pair})
""")


class CopiedProposals(StagingTable):
    """Proposals as the run made them; `scenario` is a position, `reasons` a row of `explanation_rows`."""

    name = "candidate_copy"
    columns: ClassVar[dict[str, str]] = {
        "left_id": "bigint",
        "right_id": "bigint",
        "weight": "real",
        "probability": "double precision",
        "calibrated": "double precision",
        "scenario": "smallint",
        "listed_twice": "boolean",
        "reasons": "bytea",
    }
    joined_by = ("left_id", "right_id", "scenario")


class NewPairs(StagingTable):
    """Proposals that are no candidates yet: `left_id` and `right_id`."""

    name = "new_pair_staging"


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

    def new_pairs(self, same_pair: SQL) -> NewPairs:
        """Find the pairs that are no candidates yet; `same_pair` joins a proposal `s` and a candidate `c`."""
        return NewPairs.create_from(NEW_PAIRS.format(proposals=self.sql, same_pair=same_pair))


def stage(proposals: Proposals) -> StagedProposals:
    """Copy a run's proposals into a new staging table, each pair once; part of the caller's transaction."""
    copied = CopiedProposals.create()
    rows: dict[str, npt.NDArray[Any]] = {
        "left": proposals.left,
        "right": proposals.right,
        "weight": proposals.weight.astype(np.float32),
        "probability": proposals.probability,
        "calibrated": proposals.calibrated,
        "scenario": proposals.scenario,
        "listed_twice": proposals.listed_twice,
    }
    of_width = squeezed(proposals.layout, proposals.levels, proposals.bits)
    copied.fill_binary(
        binary_copy.pieces(
            *({**{name: column[at] for name, column in rows.items()}, "reasons": said} for at, said in of_width)
        )
    )
    staged = StagedProposals.create_from(
        ONE_PER_PAIR.format(copied=copied.sql), {"scenarios": list(proposals.scenarios)}
    )
    staged.index(SQL("least(left_id, right_id)"), SQL("greatest(left_id, right_id)"))
    return staged
