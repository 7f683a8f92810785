"""Making, checking and undoing batch remotes, and what a project starts with."""
