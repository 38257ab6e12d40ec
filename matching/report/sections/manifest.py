"""From what the run can be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ELSEWHERE = ("blocking",)


def section(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and values of the manifest; what has a section of its own is left out."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, sort_keys=True))
        for name, value in sorted(manifest.items())
        if name not in _ELSEWHERE
    ]
