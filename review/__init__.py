"""What a verifier sees: the review queue and the pair page."""
