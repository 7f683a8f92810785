"""Push a branch and it runs as a batch job; watch its log, pull its results as commits."""

__version__ = "0.1.0"
