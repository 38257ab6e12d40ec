"""What the pair page shows: two records side by side, what the comparison says, and what stands around them."""
