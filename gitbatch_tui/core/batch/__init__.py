"""A batch remote of a clone: its host, its server and the clone together."""
