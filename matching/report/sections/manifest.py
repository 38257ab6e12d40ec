"""From what the run can be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from matching.report.html.markup import Html, element, join
from matching.report.html.tables import table

_ELSEWHERE = ("blocking",)


def section(manifest: Mapping[str, Any]) -> Html:
    """Return the manifest as a table; what has a section of its own is left out."""
    rows = [
        (name, element("code", value if isinstance(value, str) else json.dumps(value, sort_keys=True)))
        for name, value in sorted(manifest.items())
        if name not in _ELSEWHERE
    ]
    return join(
        [
            element(
                "p", "The same records, spec, seed and code give the same model and the same candidates, byte for byte."
            ),
            table(("what", "which"), rows, caption="Manifest of the run"),
        ]
    )
