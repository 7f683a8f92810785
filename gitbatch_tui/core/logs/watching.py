"""Notices that something in folders has changed, also where the system doesn't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from pathlib import Path

INTERVAL = 0.25
"""Seconds between two looks where no notification comes, as on NFS."""

_STEP_MS = 10
_AT_MOST_MS = 50


def changes_of(folder: Path, closed: threading.Event) -> Iterator[None]:
    """Yield when the folder's files may have changed, and every `INTERVAL`, until `closed`."""
    while not closed.is_set():
        yield
        if folder.is_dir():
            for _ in notices([folder], closed):
                yield
                if not folder.is_dir():
                    break
        closed.wait(INTERVAL)


def notices(folders: Sequence[Path], closed: threading.Event) -> Iterator[tuple[str, ...]]:
    """Paths in folders that have changed, or none every `INTERVAL`; ends where nobody tells."""
    # Takes 40 ms to import, which the first line of a log needn't wait for.
    from watchfiles import watch  # noqa: PLC0415

    changes = watch(
        *folders,
        watch_filter=None,
        recursive=False,
        step=_STEP_MS,
        debounce=_AT_MOST_MS,
        rust_timeout=round(INTERVAL * 1000),
        yield_on_timeout=True,
        stop_event=closed,
        raise_interrupt=False,
    )
    try:
        for changed in changes:
            yield tuple(path for _, path in changed)
    except (OSError, RuntimeError):
        # The system has no watch left, or a folder has gone: looking again has to do.
        return
