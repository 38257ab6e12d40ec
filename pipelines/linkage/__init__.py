"""Linking runs: records to candidates, what is new, calibration, reports, clusters."""
