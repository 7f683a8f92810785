"""Whether a run is what it claims to be, and comes out the same again."""
