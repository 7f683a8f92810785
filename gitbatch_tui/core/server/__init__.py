"""A batch remote's server: what it is asked, and how its answers are read."""
