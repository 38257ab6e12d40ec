"""How quickly the feed is read, and whether readers and people at work hold one another up."""
