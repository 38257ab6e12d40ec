"""Figures without identities: a fixed cube of counts from which nobody can tell a small group."""
