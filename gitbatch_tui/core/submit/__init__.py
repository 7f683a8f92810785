"""Brings a branch to a run, whatever state either side is in."""
