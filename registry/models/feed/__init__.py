"""Consumers of the case feed and what they receive."""
