"""Erasures, what stays of them, and holds."""
