"""Adapters: what a consumer may hold of an identity, in the words of other formats and systems.

A map is a pure function from a state (`registry.identities.consumer_state`) to what the other side knows; it decides
nothing about who may see what. `files` makes a folder in one of four formats; `primero` writes into a running case
system. Both enter the ledger before anything leaves.
"""
