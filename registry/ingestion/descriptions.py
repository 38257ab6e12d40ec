"""Source descriptions as they were when a file was ingested by them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configs.atomic_files import write_whole
from configs.settings import settings
from sources.description.load import SourceConfig, load_config

if TYPE_CHECKING:
    from registry.ingestion.sources import SourceFacts
    from registry.models import Source


def keep_description(config: SourceConfig, path: Path) -> Source:
    """Keep a description for later readings of what is ingested by it, and register its source."""
    from registry.ingestion import sources

    write_whole(path_of(config.sha256), path.read_bytes())
    return sources.register(_facts(config))


def path_of(sha256: str) -> Path:
    """Return where a description is kept."""
    return settings().folder("sources") / f"{sha256}.yaml"


def stored_config(sha256: str, slug: str) -> SourceConfig:
    """Return a description as it was when a file was ingested by it."""
    config = load_config(path_of(sha256))
    return config.model_copy(update={"slug": slug})


def _facts(config: SourceConfig) -> SourceFacts:
    from registry.ingestion.sources import SourceFacts

    return SourceFacts(
        slug=config.slug,
        title=config.title,
        source_class=config.source_class,
        side=config.resolved_side,
        legal_basis=config.legal_basis,
        handling_code=config.handling_code,
        reliability=str(config.reliability),
        names_pseudonymised=config.names_pseudonymised,
        retention_days=config.retention_days,
        config_sha256=config.sha256,
        delivery=config.delivery,
        one_row_per_child=config.one_row_per_child,
        evidence_first=config.evidence_first,
    )
