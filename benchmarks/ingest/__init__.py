"""From a delivered file to normalised records, next to libraries that only read the file."""
