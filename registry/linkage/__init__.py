"""What the linkage reads and leaves: records, buckets, runs, candidates, verdicts to learn from."""
