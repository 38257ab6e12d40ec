"""Commands that keep a deployment: serve, accounts, consumers, feed, exports, audit, backup, settings."""
