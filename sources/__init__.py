"""Sources described by YAML alone, and the readers that turn their files into rows with locators.

A source description (`config`) names a reader and says which cell feeds which field. A reader (`readers`) turns one
file into rows, problems and declared non-data (`rows`); `extract` turns rows into records under the vocabulary of
fields (`vocabulary`). Nothing here stores anything, and no message holds the value of a cell.
"""

from __future__ import annotations

from sources.description.load import (
    SourceConfig,
    find_config,
    json_schema,
    load_config,
    load_configs,
)
from sources.errors import SourceError
from sources.extraction.extract import (
    Counts,
    Extracted,
    Problem,
    SourceReading,
    read_source,
)

__all__ = [
    "Counts",
    "Extracted",
    "Problem",
    "SourceConfig",
    "SourceError",
    "SourceReading",
    "find_config",
    "json_schema",
    "load_config",
    "load_configs",
    "read_source",
]
