"""The report of a run: a table on the terminal, a page in Markdown and a picture."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.names.matchers import installed
from benchmarks.names.metrics import CURVE
from benchmarks.names.official import Share
from benchmarks.names.retrieval import ALL, Retrieval
from benchmarks.names.speed import Speed
from benchmarks.names.world_keys import SPELLINGS, KeyFigures

_COLOURS = ("#0b6e4f", "#c0c0c0", "#9a9a9a", "#6f6f6f", "#d08c60", "#7b6fb0")
_PACKAGES = ("anyascii", "Unidecode", "rapidfuzz", "names_translator", "translitua", "iuliia", "rigour", "pyicu")


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything a run measured."""

    retrieval: Retrieval
    keys: list[KeyFigures]
    speed: list[Speed]
    official: list[Share]
    seed: int


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, columns padded so that it reads well on a terminal too."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        padded = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * w if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    return "\n".join([line(heads), line(rule), *map(line, rows)])


def machine() -> str:
    """Return the size of the machine; it is not named."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _load() -> str:
    """Return how busy the machine was, as the seconds depend on it."""
    load, cores = os.getloadavg()[2], os.cpu_count() or 1
    busy = "; seconds are longer than on an idle machine" if load > cores else ""
    return f"Load of the last 15 minutes: {load:.1f} on {cores} cores{busy}."


def retrieval_table(found: Retrieval, name: str) -> str:
    """Return the table of one set of queries, or of all together."""
    heads = ["", "recall@1", "recall@5", "true accepted, 1 in 1,000", "1 in 10,000"]
    heads += ["seconds"] if name == ALL else []
    rows = []
    for result in found.results:
        figure = result.figures[name]
        cells = [result.name, *(f"{value:.3f}" for value in (*figure.recall, *figure.accepted))]
        rows.append([*cells, f"{result.seconds:.1f}"] if name == ALL else cells)
    return table(heads, rows)


def markdown(measured: Measured, picture: str) -> str:
    """Return the page of a run."""
    found = measured.retrieval
    asked = sum(len(one.queries) for one in found.sets)
    shaped = sum(len(one.queries) for one in found.kinds)
    parts = [
        "# Names: retrieval next to peers",
        f"{date.today():%d.%m.%Y}; {machine()}; seed {measured.seed}. Made by `python -m benchmarks.names`.",
        f"{asked:,} spellings, and {shaped:,} more by kind of damage or shape, are looked for among "
        f"{found.candidates:,} full names of fictional children in Ukrainian, "
        "brothers and sisters included. No two of the children share surname and given name, so each query has one "
        "right answer. A wrong pair is any query with any other child of the list. *True accepted, 1 in 10,000*: share "
        "of the true pairs above the threshold that lets 1 in 10,000 wrong pairs through. Ties count against everyone.",
        "Misses of seeds 1 and 2, and the newsroom tables, were read while the model was mended; benchmarks/README.md "
        "says what is independent of the model and what is not.",
        f"![Share of true pairs accepted, and recall at rank 1]({picture})",
        "## All queries",
        retrieval_table(found, ALL),
        "Seconds: reading the list and scoring every query, those by kind included, against all of it (`rigour`: a "
        f"shortlist only). {_load()}",
        "## By origin of the spelling",
    ]
    for one in found.sets:
        examples = ", ".join(query.text for query in one.queries[:3])
        parts += [f"### {one.title}", f"{one.origin}. Such as: {examples}.", retrieval_table(found, one.name)]
    parts += [
        "The slips are those of the fictional world's lists (a wrong vowel, a doubled, lost or misread letter, two "
        "letters swapped), made before a name is written in Latin letters.",
        "## By kind of damage or shape",
        "The same list and one threshold for each set; these queries are not in the table of all queries, which stays "
        "comparable with older pages. A full name that misses a letter, a case form or a word can fit two children "
        "as well, brothers and sisters above all, so 1.000 cannot be reached everywhere.",
    ]
    for one in found.kinds:
        examples = "; ".join(f"`{query.text!r}`" for query in one.queries[:3])
        heading = f"{one.origin}. {len(one.queries)} queries, such as {examples}."
        parts += [f"### {one.title}", heading, retrieval_table(found, one.name)]
    parts += [
        "## The matchers",
        "\n".join(f"- **{result.name}**: {result.note}." for result in found.results),
        "Versions: " + ", ".join(f"{p} {installed(p)}" for p in _PACKAGES if installed(p)) + ".",
    ]
    if not found.rigour:
        parts.append("`rigour` is not installed here (`pip install rigour`; it needs PyICU), so it did not take part.")
    parts += [*_keys(measured.keys), *_speed(measured.speed), *_official(measured.official)]
    return "\n\n".join(parts) + "\n"


def _keys(keys: list[KeyFigures]) -> list[str]:
    heads = ["role, key", *SPELLINGS, "buckets", "rows met", "largest bucket"]
    rows = [
        [f"{key.role}, {key.key}", *(f"{value:.3f}" for value in key.recall), f"{key.buckets:,}", f"{key.met:.1f}",
         f"{key.largest:,}"]
        for key in keys
    ]  # fmt: skip
    return [
        "## Keys for blocking",
        f"{keys[0].rows:,} children of the fictional world. Recall: share of the children whose name in another "
        "spelling shares a key with the Ukrainian one, each role on its own. Rows met: how many other children a row "
        "meets on average.",
        table(heads, rows),
        "A Latin spelling often has several readings: blocking on it wants the canonical *variants*.",
    ]


def _speed(speed: list[Speed]) -> list[str]:
    rows = [[one.task, f"{one.rows:,}", f"{one.distinct:,}", f"{one.seconds:.1f}"] for one in speed]
    return [
        "## Speed",
        table(["", "rows", "distinct names", "processor seconds"], rows),
        "One process; keys from a cold start.",
    ]


def _official(shares: list[Share]) -> list[str]:
    rows = [[one.standard, f"{one.right} of {one.examples}", f"{one.right / one.examples:.0%}"] for one in shares]
    return ["## Standards", table(["", "right", "share"], rows)]


def draw(found: Retrieval, path: Path) -> None:
    """Write the picture: accepted true pairs by rate of wrong ones, and recall at rank 1 by origin."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), width_ratios=(1, 1.15), layout="constrained")
    for result, colour in zip(found.results, _COLOURS, strict=False):
        own = result is found.results[0]
        left.plot(CURVE, result.figures[ALL].curve, color=colour, lw=2.6 if own else 1.6, label=result.name, zorder=own)
    left.set(xscale="log", xlabel="share of wrong pairs let through", ylabel="share of true pairs accepted")
    left.set(xlim=(1e-6, 1e-1), ylim=(0, 1.02), title="All queries")
    for rate in (1e-3, 1e-4):
        left.axvline(rate, color="#bbbbbb", lw=0.8, ls=":")
    left.legend(fontsize=8, loc="lower right", frameon=False)
    width = 0.8 / len(found.results)
    for i, (result, colour) in enumerate(zip(found.results, _COLOURS, strict=False)):
        values = [result.figures[one.name].recall[0] for one in found.sets]
        places = [at + (i - (len(found.results) - 1) / 2) * width for at in range(len(found.sets))]
        right.bar(places, values, width * 0.92, color=colour)
    right.set_xticks(range(len(found.sets)), [one.title.replace(", ", ",\n") for one in found.sets])
    right.set(ylim=(0, 1.02), ylabel="recall@1", title="The right child comes first")
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
