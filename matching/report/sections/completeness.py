"""How much each list knows: the share of its records that have a value, by field."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.comparisons import Values
from matching.report.html import number_format
from matching.report.html.markup import Html, element, join
from matching.report.html.tables import slug, table
from matching.spec import LinkageSpec


def section(spec: LinkageSpec, records: pd.DataFrame) -> Html:
    """Return a table of fields by lists, shaded by the share of records that know the field."""
    shares = completeness(spec, records)
    sizes = records["source"].value_counts()
    rows: list[tuple[object, ...]] = [
        ("records", *(number_format.count(int(sizes[source])) for source in shares.index))
    ]
    rows += [(number_format.words(name), *(_cell(float(value)) for value in shares[name])) for name in shares.columns]
    empty = [name for name in shares.columns if not (shares[name] > 0).any()]
    note = f" No list knows: {', '.join(map(number_format.words, empty))}." if empty else ""
    return join(
        [
            element("p", f"An unknown value is no evidence, neither for nor against.{note}"),
            table(
                ("in % of the records", *(slug(str(source)) for source in shares.index)),
                rows,
                caption="Share of records that know a field, in per cent",
                numbers=range(1, len(shares.index) + 1),
            ),
        ]
    )


def completeness(spec: LinkageSpec, records: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each source's records that have a value, sources by fields."""
    known = {
        name: _known(records[name].to_numpy(dtype=object)) if name in records else np.zeros(len(records), dtype=bool)
        for name in spec.fields
    }
    return pd.DataFrame(known, index=records.index).groupby(records["source"].to_numpy(), sort=True).mean()


def _known(values: Values) -> npt.NDArray[np.bool_]:
    """Tell which cells hold a value; a tenth of the time of asking `is_missing` of each, which counts at a million."""
    known = np.asarray(pd.notna(values), dtype=bool)
    filled = [bool(value) or value == 0 for value in values[known]]
    known[known] = filled
    return known


def _cell(share: float) -> Html:
    percent = share * 100
    text = "·" if share == 0 else "<1" if percent < 1 else f"{percent:.0f}"
    return element("span", text, class_=f"shade s{round(share * 10)}", title=number_format.share(share))
