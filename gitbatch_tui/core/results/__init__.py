"""Results on their way home, and what they changed."""
