"""How the fictional lists get names and dates wrong."""
