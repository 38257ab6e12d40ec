"""Commands that keep a deployment: serve, accounts, consumers, exports, audit, backup, settings."""
