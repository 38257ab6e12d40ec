"""Transactions over the registry: the only way in which the other rooms change what is known."""
