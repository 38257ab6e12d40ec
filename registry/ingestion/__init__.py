"""What comes in: evidence and its custody, sources, batches, snapshots, quarantine, testimonies."""
