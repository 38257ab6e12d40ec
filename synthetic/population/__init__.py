"""The people of the fictional world."""
