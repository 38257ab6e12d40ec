"""People who stand several times in one list: FEBRL 1, 2 and 3, Ridni beside Splink."""
