from .description.load import (
    SourceConfig,
    find_config,
    json_schema,
    load_config,
    load_configs,
)
from .errors import SourceError
from .extraction.extract import SourceReading, read_source
from .extraction.extracted import Counts, Extracted, Problem

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
