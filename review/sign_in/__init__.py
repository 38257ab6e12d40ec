"""Who comes in: accounts, second factors, sessions, and what each role is refused."""
