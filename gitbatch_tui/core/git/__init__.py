"""The person's own clone, and what git does in it."""
