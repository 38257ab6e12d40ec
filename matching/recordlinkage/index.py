"""Blocking rules as an index algorithm of `recordlinkage`, to be added to its `Index` beside any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from recordlinkage.base import BaseIndexAlgorithm

from matching.blocking.key_entries import KeyTable
from matching.blocking.rule_index import RuleIndex
from matching.errors import FrameError, SpecError
from matching.recordlinkage.written import read_column
from matching.spec import LinkageSpec
from matching.spec.rules import Rule, refuse_unknown_key
from matching.vectors.records import Table

_RULES = TypeAdapter(tuple[Rule, ...])


class KeyIndex(BaseIndexAlgorithm):  # type: ignore[misc]
    """Pairs of rows that share all keys of some rule.

    Args:
        kinds: The comparison kind of each column that the rules name, such as `{"surname": "surname"}`.
        rules: Each a list of keys `column.key`, such as `["surname.sound", "birth.year"]`, or of mappings with a
            window or nearest neighbours, as in a linkage spec.
        right_on: Names of columns in the right frame that differ from the left one's.
        max_bucket_pairs: A bucket that would give more pairs is skipped.
        options: As for every index algorithm of recordlinkage.

    Raises:
        SpecError: when a rule names a column without a kind, or a key that its kind has not.
    """

    def __init__(
        self,
        kinds: Mapping[str, str],
        rules: Sequence[Any],
        *,
        right_on: Mapping[str, str] | None = None,
        max_bucket_pairs: int = 200_000,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        try:
            self.rules: tuple[Rule, ...] = _RULES.validate_python(rules)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise SpecError(first["msg"].removeprefix("Value error, "), where="rules") from None
        for rule in self.rules:
            for key in rule:
                if key.field not in kinds:
                    raise SpecError(
                        f"the blocking key '{key.key}' names a column without a kind",
                        where="kinds",
                        mend=f"Give kinds={{'{key.field}': …}}",
                    )
                try:
                    refuse_unknown_key(key, kinds[key.field])
                except ValueError as error:
                    raise SpecError(str(error), where="rules") from None
        self.kinds, self.right_on, self.max_bucket_pairs = dict(kinds), dict(right_on or {}), max_bucket_pairs

    @classmethod
    def of_spec(cls, spec: LinkageSpec, **options: Any) -> KeyIndex:
        """Return the index of all blocking rules of a linkage spec, whose fields are columns of the frames."""
        blocking = spec.blocking
        return cls(spec.kinds, blocking.rules, max_bucket_pairs=blocking.max_bucket_pairs, **options)

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        """Return the pairs, each once; codes of the index are positions in the frames."""
        table = self._table(df_a, df_b)
        keys, width = KeyTable(self.kinds, table), max(len(df_b), 1)
        found = [np.empty(0, dtype=np.int64)]
        for rule in self.rules:
            index = RuleIndex(*keys.entries(rule, table.seeking, table.found), self.max_bucket_pairs)
            left, right = index.pairs(0, len(df_a))
            found.append(np.unique(left.astype(np.int64) * width + right))
        pairs = np.unique(np.concatenate(found))
        levels: Any = [df_a.index, df_b.index]
        codes: Any = [pairs // width, pairs % width]  # positions as they are: labels would cost a look-up for each pair
        return pd.MultiIndex(levels=levels, codes=codes, verify_integrity=False)

    def _table(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> Table:
        used = dict.fromkeys(key.field for rule in self.rules for key in rule)
        frames = []
        for side, frame, names in (("seeking", df_a, {}), ("found", df_b, self.right_on)):
            columns = {}
            for field in used:
                if (name := names.get(field, field)) not in frame:
                    raise FrameError(
                        f"there is no column '{name}'", where="the frame to index", mend="Name it in kinds, or right_on"
                    )
                columns[field] = read_column(frame[name], self.kinds[field]).to_numpy(dtype=object)
            ids = [f"{side}{row}" for row in range(len(frame))]
            frames.append(pd.DataFrame({**columns, "record_id": ids, "source": side, "source_class": "", "side": side}))
        return Table(pd.concat(frames, ignore_index=True), list(used))
