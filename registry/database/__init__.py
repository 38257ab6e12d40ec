"""The database itself: the embedded server, its programs, roles, and bringing tables up to date."""

from registry.database.connection import prepare, url

__all__ = ["prepare", "url"]
