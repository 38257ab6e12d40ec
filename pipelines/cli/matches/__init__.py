"""Commands about matches: link, blocking, calibration, candidates."""
