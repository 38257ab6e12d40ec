"""`ridni candidates export` and `ridni evaluate`: the scored pairs as a table, and held against known truth."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, err, out, progress, thousands
from pipelines.cli.matches import verified_identities, weaker

if TYPE_CHECKING:
    import pandas as pd

    from matching.evaluation import Evaluation, Score

app = typer.Typer(help="Scored pairs of records.", no_args_is_help=True)

COLUMNS = ("left_source", "left_key", "right_source", "right_key", "weight", "probability", "scenario")
TWICE = ("left_source", "left_key", "right_source", "right_key", "weight", "probability", "scenario", "cluster")
_STRUCTURED = ("authority", "occupation", "citizenship")


app.command("weaker")(weaker.weaker)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The CSV to write.")],
    min_probability: Annotated[float, typer.Option(min=0, max=1, help="Leave out less likely pairs.")] = 0.0,
    calibrated: Annotated[
        bool,
        typer.Option("--calibrated", help="Add calibrated_probability, empty where a score stays a score."),
    ] = False,
    leaving: Annotated[
        bool,
        typer.Option(
            "--leaving",
            help="For a file that leaves the house: opaque references instead of the sources' own keys, and no pair "
            "with a row whose consent to tracing is refused or unclear.",
        ),
    ] = False,
) -> None:
    """Write all candidates, likeliest first: keys of the sources, weight in bits, probability, scenario; no names.

    The file is for work in this house, as the protective match is; one that leaves it is written with --leaving.
    The probability is the model's own score; what it is worth, `ridni calibrate` finds out from verdicts.

    Example: ridni candidates export candidates.csv --min-probability 0.5
    """
    startup.database()
    from registry import audit
    from registry.linkage import candidates

    columns = (*COLUMNS, "calibrated_probability") if calibrated else COLUMNS
    rows = candidates.export_rows(min_probability, calibrated=calibrated, leaving=leaving)
    count = write_csv(file, columns, map(_opaque, rows) if leaving else rows)
    facts = {"rows": count, "min_probability": min_probability, "leaving": leaving}
    audit.append("system", "candidates.exported", "candidate", "", facts)
    out.print(f"{thousands(count)} candidates in {file}")


@app.command("listed-twice")
def twice(file: Annotated[Path, typer.Argument(help="The CSV to write.")]) -> None:
    """Write the pairs in which nobody is sought that may be one child by the newest run, likeliest first: no names.

    Rows with one number in `cluster` are linked directly or by way of others. The spec's `within` says which lists are
    searched by themselves, `between` which with one another. No such pair counts as a child found; people judge them in
    the queue "listed twice?", and a list goes back to its author.

    Example: ridni candidates listed-twice twice.csv
    """
    startup.database()
    from pipelines.linkage import listed_twice
    from registry import audit
    from registry.linkage import records

    folder, pairs = listed_twice.newest()
    if folder is None:
        raise UserError(
            "no run has found rows that may list one child twice; name source classes under `within` or `between` in "
            "the linkage spec, and run `ridni link`"
        )
    named = records.keys_of([*pairs["left"], *pairs["right"]])
    rows = [
        (*named[left], *named[right], *figures)
        for left, right, *figures in pairs.itertuples(index=False)
        if left in named and right in named  # a row may have been erased since
    ]
    count = write_csv(file, TWICE, rows)
    audit.append("system", "listed_twice.exported", "run", str(folder.run_id), {"rows": count})
    out.print(f"{thousands(count)} pairs of run {folder.run_id} in {file}")


@app.command("verdicts")
def verdicts(file: Annotated[Path, typer.Argument(help="The CSV to write.")]) -> None:
    """Write the pairs on which two people agreed: keys of the sources, scores, same or different; no names.

    Gold items and withdrawn verdicts are left out. notebooks/choosing_a_threshold.ipynb reads the file.

    Example: ridni candidates verdicts verdicts.csv
    """
    startup.database()
    from registry import audit
    from registry.linkage import agreed_verdicts as registry_verdicts

    said = {True: "same", False: "different"}
    rows = (
        (p.left_source, p.left_key, p.right_source, p.right_key, p.weight, p.probability, p.scenario, said[p.same])
        for p in registry_verdicts.agreed()
    )
    count = write_csv(file, (*COLUMNS, "verdict"), rows)
    audit.append("system", "verdicts.exported", "candidate", "", {"rows": count})
    out.print(f"{thousands(count)} agreed pairs in {file}")


def _opaque(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row with references instead of keys: a key may tell where a child is."""
    from registry.provenance.disclosure import reference

    left_source, left_key, right_source, right_key, *rest = row
    return (left_source, reference(left_source, left_key), right_source, reference(right_source, right_key), *rest)


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV whole or not at all, and return the number of its rows."""
    if file.is_dir() or not file.parent.is_dir():
        raise UserError(f"{file}: is no file that can be written; name a file in an existing folder")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    count = 0
    try:
        with progress("Exporting") as tell, draft.open("w", newline="", encoding="utf-8") as stream:
            from registry.spreadsheet_cells import harmless

            writer = csv.writer(stream)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([harmless(value) for value in row])
                count += 1
                if count % 1_000 == 0:
                    tell("pairs", count, 0)
        draft.replace(file)
    except OSError as error:
        raise UserError(f"{file}: cannot be written ({error.strerror}); name another file") from None
    finally:
        draft.unlink(missing_ok=True)
    return count


def evaluate(
    truth: Annotated[Path, typer.Argument(help="CSV with source,key,person_id and maybe scenario.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Write evaluation.html into the newest run's folder; no names.")
    ] = False,
) -> None:
    """Hold the candidates against known truth: recall@1, recall@5 and best F1, by pair of sources and by scenario.

    A true pair is two records of one person in different sources, one that is sought and one that may be found. Only
    the sources that the truth names count. Identities that people have verified are held against the truth as well: by
    pairs, as wholes, and record by record (B-cubed).

    Example: ridni evaluate truth.csv --json
    """
    result, known = held_against(truth)
    if report:
        err.print(f"Report: {write_report(result, known, truth)}", soft_wrap=True)
    verified = verified_identities.held_against(known.truth)
    if as_json:
        ids = verified_identities.churned() if verified else None
        figures = {**asdict(result), "identities": asdict(verified) if verified else None}
        figures["ids"] = asdict(ids) if ids else None
        typer.echo(json.dumps(figures, indent=1, ensure_ascii=False))
    else:
        show(result)
        if verified:
            verified_identities.show(verified, verified_identities.churned())


def write_report(result: Evaluation, known: Known, truth: Path) -> Path:
    """Write evaluation.html into the newest run's folder and return its path."""
    from matching.evaluation.thresholds import judged_by_truth
    from matching.report import KnownTruth
    from pipelines.linkage import report_files, run_folder
    from registry.linkage import records

    folder = run_folder.with_model(None)
    judged = judged_by_truth(known.candidates, known.truth, known.sides)
    sought = [source for source in sorted(set(known.truth["source"])) if known.sides[source] in ("seeking", "both")]
    facts = KnownTruth(judged.pairs, judged.true_pairs, records.count_current(sought), truth.name)
    return report_files.write_evaluation(folder, result, facts)


@dataclass(frozen=True)
class Known:
    """What an evaluation is made of: the stored candidates, the truth of known sources, and the sides of these."""

    candidates: pd.DataFrame
    truth: pd.DataFrame
    sides: dict[str, str]


def read_truth_file(truth: Path) -> pd.DataFrame:
    """Read a CSV `source,key,person_id[,scenario]`.

    Raises:
        UserError: it is missing, no CSV, or lacks a column.
    """
    import pandas as pd

    from matching.errors import LinkageError
    from matching.evaluation import read_truth

    try:
        return read_truth(pd.read_csv(truth, dtype=str, keep_default_na=False, sep=None, engine="python"))
    except FileNotFoundError:
        raise UserError(f"{truth}: there is no such file; check the path") from None
    except LinkageError as error:
        raise UserError(f"{truth}: {error}") from None
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        raise UserError(f"{truth}: is no readable CSV ({kind}); it needs source,key,person_id") from None


def held_against(truth: Path) -> tuple[Evaluation, Known]:
    """Return the figures of all stored candidates against a truth file, and what they are made of."""
    import pandas as pd

    from matching.evaluation import evaluate as evaluate_candidates

    table = read_truth_file(truth)
    startup.database()
    from registry.ingestion import sources
    from registry.linkage import candidates, records

    sides = sources.sides()
    unknown = sorted(set(table["source"]) - set(sides))
    known = table[table["source"].isin(sides)]
    if known.empty:
        raise UserError(f"{truth}: none of its sources is known ({', '.join(unknown[:5])}); ingest them first")
    if unknown:
        err.print(f"Left out: {', '.join(unknown)}; no such source has been ingested.")
    there = set(records.current_keys(sorted(set(known["source"]))))
    lost = sum(pair not in there for pair in zip(known["source"], known["key"], strict=True))
    if lost:
        err.print(f"{thousands(lost)} of {thousands(len(known))} keys are in no ingested list; they count as missed.")
    rows = pd.DataFrame(candidates.export_rows(0.0), columns=list(COLUMNS))
    structured = sources.slugs_of(_STRUCTURED)
    result = evaluate_candidates(rows, known, sides, {"structured lists": structured} if structured else None)
    return result, Known(rows, known, sides)


def show(result: Evaluation) -> None:
    """Print the figures as two tables."""
    sections = (
        ("pair of sources", (*result.by_sources, *result.by_lists, result.overall)),
        ("scenario of the listed record", result.by_scenario),
    )
    totals = {*result.by_lists, result.overall}
    for title, scores in sections:
        table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
        table.add_column(title, no_wrap=True)
        for column in ("true", "r@1", "r@5", "best F1", "prec.", "recall"):
            table.add_column(column, justify="right", no_wrap=True)
        for score in scores:
            table.add_row(*_cells(score), style="bold" if score in totals else "")
        out.print(table)
        out.print()
    out.print(
        "true: pairs of one child; r@1, r@5: share of records whose best 1 or 5 candidates hold a true one;\n"
        "best F1 over all thresholds, with precision and recall there.\n"
        "Structured lists have names and birth dates in columns."
    )


def _cells(score: Score) -> tuple[str, ...]:
    shares = (score.recall_at_1, score.recall_at_5, score.best_f1, score.precision, score.recall)
    return score.group, thousands(score.true_pairs), *(f"{share:.3f}" for share in shares)
