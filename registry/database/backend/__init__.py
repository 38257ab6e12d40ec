"""A Django database backend for PostgreSQL that finds the embedded server when the first connection is opened."""
