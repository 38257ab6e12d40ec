"""What a browser is called on the page of one's sessions: two words, enough to tell the phone from the office."""

from __future__ import annotations

BROWSERS = (
    ("Firefox/", "Firefox"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a browser says of itself, in the order to look: most claim to be Chrome or Safari as well."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def words(user_agent: str) -> str:
    """Return browser and system, such as `Firefox, Windows`; '' for what is neither."""
    named = [next((name for part, name in table if part in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in named if name)
