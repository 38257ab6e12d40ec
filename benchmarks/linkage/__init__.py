"""Ridni, Splink 5 and recordlinkage link the same records in turn; `python -m benchmarks.linkage` measures them."""
