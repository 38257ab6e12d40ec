"""Primero v2: identities become cases of their own, or fill cases that people verified as records, never a guess.

`plan` says what to write into which case (no network), `client` speaks with the server, `forms` reads what the server
knows, `delivery` brings both together. Facts: `primeroIMS/primero` 2.5 to 2.16.
"""
