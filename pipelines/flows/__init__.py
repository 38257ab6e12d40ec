"""Prefect flows: ingest and link."""
