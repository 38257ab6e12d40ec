"""Measurements of speed and quality next to peers; `python -m benchmarks` runs all of them."""
