"""Keeps samples of metrics among results on disk, so that a file is unpacked for one only once.

A file in a clone's history never changes: its id says which one a sample is of.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.state import keep, state_home

if TYPE_CHECKING:
    from pathlib import Path

_MOST, _FORGOTTEN = 500, 50
"""As many are kept, of some 20 KB each; of more, so many of the oldest are forgotten."""


def kept_sample(blob: str) -> bytes:
    """The sample of this file; empty where none is kept."""
    try:
        return (_folder() / blob).read_bytes()
    except OSError:
        return b""


def keep_sample(blob: str, sample: bytes) -> None:
    """Keep the sample of a file; where there is no room for it, it is taken anew."""
    keep(_folder() / blob, sample)
    _forget_oldest()


def _folder() -> Path:
    return state_home() / "samples"


def _forget_oldest() -> None:
    # Another process may forget them, too.
    with suppress(OSError):
        kept = list(_folder().iterdir())
        if len(kept) > _MOST:
            for path in sorted(kept, key=lambda path: path.stat().st_mtime)[:_FORGOTTEN]:
                path.unlink()
