"""Word files, read as a stream of their XML parts."""
