"""The sections of a report; each takes what it needs and returns markup."""
