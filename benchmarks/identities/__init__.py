"""Whether identities stay when the model changes."""
