"""From a value back to the bytes it came from."""
