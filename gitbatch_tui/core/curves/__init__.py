"""Metrics over steps: read while they grow, and drawn as curves."""
