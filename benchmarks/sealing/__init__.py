"""What sealing costs: the same commands and pages before and after it, side by side."""
