"""Text before it means anything: scripts, folding, repair of what encodings broke."""
