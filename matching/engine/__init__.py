"""How a run goes: slices of pairs, what computes them, and what is new to an earlier run."""
