"""Frozen data: moved into an archive under its hash, read-only, with a link in its old place.

These modules run where the data is, also by a server's python3 (`core.freezing` sends them): so
they are written in Python 3.6, import only each other and `dirhash`, and know paths as bytes.
"""


class FrozenError(Exception):
    """A sentence that says why data can't be frozen, or checked."""
