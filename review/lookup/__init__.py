"""Guarded lookup: whether there is anything about one child, for people who answer callers."""
