"""A batch remote: what its server is asked, and how it is kept up with."""
