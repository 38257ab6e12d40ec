from .description.load import (
    SourceConfig,
    find_config,
    json_schema,
    load_config,
    load_configs,
)
from .errors import SourceError
from .extraction.extracted import Counts, Extracted, Problem
from .extraction.reading import SourceReading, read_source

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
