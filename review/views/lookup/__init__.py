"""Pages of people who answer callers."""
