"""A child as a whole: the records of an identity, of a would-be one, or of a contradiction, side by side."""
