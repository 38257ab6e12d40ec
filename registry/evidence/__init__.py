"""Original bytes, who had them, and what is in the house."""
