"""The Django project: settings, addresses, security headers, and a log that cannot hold a name."""
