"""Who may do and see what: accounts, rights, need to know, tokens, exports, and the log of it."""
