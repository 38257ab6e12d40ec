"""What is kept no longer than it may be: erasure, retention and holds; and what leaves for others to keep."""
