"""The database itself: the embedded server, its programs, roles, and bringing tables up to date."""

from registry.database.connection import owns_tables, prepare, url

__all__ = ["owns_tables", "prepare", "url"]
