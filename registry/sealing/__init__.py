"""Sealed rows in the database: stored and opened, many at once, and their keys."""
