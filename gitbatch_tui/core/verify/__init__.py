"""Checks that a run is what it claims to be, and that it comes out the same again."""
