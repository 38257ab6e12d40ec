"""The sections of a report; each takes what it needs and returns the data that its template writes."""
