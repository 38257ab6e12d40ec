"""Commands that keep a deployment: serve, accounts, tokens, exports, audit, backup, settings."""
