"""The runs of a batch remote on the project's ordinary remote, for those who clone it."""
