"""What verifiers do: the queue, what a pair shows, verdicts, groups, gold items and quality."""
