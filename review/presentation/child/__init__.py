"""A child as a whole, as its pages write it: the table of records, and the words."""
