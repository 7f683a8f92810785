"""Widgets that know nothing of runs and remotes."""
