"""The report of a linkage run."""

from __future__ import annotations

import pandas as pd

from matching.linker import Linkage
from matching.report.facts import KnownTruth, RunFacts
from matching.report.html.page import Section, page
from matching.report.sections import (
    blocking,
    completeness,
    found,
    manifest,
    model,
    reliability,
    truth,
    waterfalls,
    weights,
)
from matching.spec import LinkageSpec

_WITH_NAMES = (
    "This page holds names and other values of records. It is to be kept like the evidence itself: on an encrypted "
    "disk, passed on to nobody who may not see the lists, removed when it has served."
)


def render_run(
    spec: LinkageSpec,
    linkage: Linkage,
    records: pd.DataFrame,
    facts: RunFacts,
    *,
    truth_known: KnownTruth | None = None,
    samples: int = 5,
    with_names: bool = False,
) -> str:
    """Return the page of a run.

    Args:
        spec: The spec that it ran.
        linkage: What it found.
        records: The records that it read: `record_id`, `source`, `side` and the spec's fields.
        facts: When, how long, from what; whether scores are probabilities.
        truth_known: Scores held against truth, where there is some.
        samples: Waterfalls to draw.
        with_names: Show ids and values of the records in the waterfalls. Otherwise the page holds nothing of any
            record: names of sources, fields, levels and scenarios, and figures over many records.
    """
    slug = pd.Series(records["source"].to_numpy(dtype=str), index=records["record_id"].to_numpy(), dtype=object)
    pairs = linkage.candidates
    sources = pd.Series(slug.reindex(pairs["left"]).to_numpy() + " → " + slug.reindex(pairs["right"]).to_numpy())
    named = records.set_index("record_id") if with_names else None
    sections = [
        Section("What was found", "sections/found.html", found.section(linkage, records, sources, facts)),
        Section("Weights", "sections/weights.html", weights.section(linkage)),
        Section("Are scores probabilities?", "sections/reliability.html", reliability.section(facts)),
        Section(
            "Why pairs have their weight",
            "sections/waterfalls.html",
            waterfalls.section(spec, linkage, sources, samples, named),
        ),
        Section("What the model has learnt", "sections/model.html", model.section(spec, linkage.model)),
        Section("Blocking", "sections/blocking.html", blocking.section(linkage.rules)),
        Section("What the lists know", "sections/completeness.html", completeness.section(spec, records)),
        Section("Time", "sections/timing.html", facts.steps),
        Section("Manifest", "sections/manifest.html", manifest.section(facts.manifest)),
    ]
    if facts.decided:
        sections.insert(1, Section("What people had decided", "sections/decided.html", facts.decided))
    if truth_known is not None:
        sections.insert(2, Section("Held against the truth", "sections/truth.html", truth.section(truth_known)))
    under = " · ".join(part for part in (f"spec {spec.name}", facts.at) if part)
    return page(facts.title, under, sections, warning=_WITH_NAMES if with_names else "")
