"""Erasures carried to their end: the registry first, then the files beside it, PostgreSQL's own files."""
