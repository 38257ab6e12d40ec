"""Commands about how long things are kept: erasures, holds, retention; and about what leaves for a court."""
