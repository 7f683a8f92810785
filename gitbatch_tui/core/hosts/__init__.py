"""Machines: this one and those that ssh reaches; one script in, one answer out."""
