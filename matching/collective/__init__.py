"""Evidence about a pair that lies in other pairs: brothers and sisters, transfers, the order of days.

Every term is a log2 likelihood ratio in closed form. It is worked out from what pairs say by themselves, never from
what collective evidence has made of them, and never from the pair that it is for: so nothing supports itself, and there
is nothing to repeat until it settles.
"""
