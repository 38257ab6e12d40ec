"""The parts of the pair page as data: its rows, the name, and what is said at a glance."""
