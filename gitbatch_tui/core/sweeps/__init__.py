"""Sweeps: many runs of one commit, each with parameters of its own."""
