"""Runs: what was recorded of them, and what is going on."""
