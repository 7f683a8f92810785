"""Push a branch and it runs as a batch job; watch its log, pull its results as commits."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import the library when `open_clone` is asked for; whoever wants the version needn't wait."""
    if name != "open_clone":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # see above

    return open_clone
