"""Blocking: which pairs are looked at at all."""
