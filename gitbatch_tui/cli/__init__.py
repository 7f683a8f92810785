"""The command line: it reads arguments, asks, prints, and calls the core for everything else."""

from gitbatch_tui.cli.frame import main

__all__ = ["main"]
