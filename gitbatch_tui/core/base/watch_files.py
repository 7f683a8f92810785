"""Notices that something in folders has changed, also where the system has no notifications."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from pathlib import Path

INTERVAL = 0.25
"""Seconds between two looks where no notification comes, as on NFS."""

_STEP_MS = {True: 10, False: 200}
"""Milliseconds between two looks at notifications: after a change, more follow soon."""
_AT_MOST_MS = 50
_LIVELY = 2.0
"""Seconds after which nothing more is expected soon."""


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
    """Paths in folders that have changed, or none every `INTERVAL`; ends without notifications."""
    lively = False
    try:
        while not closed.is_set():
            yield from _notices(folders, closed, lively=lively)
            lively = not lively
            # What changed between two watches.
            yield ()
    except (OSError, RuntimeError):
        # The system has no watch left, or a folder has gone: looking again has to do.
        return


def _notices(
    folders: Sequence[Path], closed: threading.Event, *, lively: bool
) -> Iterator[tuple[str, ...]]:
    """Until it is time to look more often, or less."""
    # Takes 40 ms to import, which the first line of a log needn't wait for.
    from watchfiles import watch  # noqa: PLC0415

    changes = watch(
        *folders,
        watch_filter=None,
        recursive=False,
        step=_STEP_MS[lively],
        debounce=max(_AT_MOST_MS, _STEP_MS[lively]),
        rust_timeout=round(INTERVAL * 1000),
        yield_on_timeout=True,
        stop_event=closed,
        raise_interrupt=False,
    )
    quiet_since = time.monotonic()
    for changed in changes:
        yield tuple(path for _, path in changed)
        if changed:
            quiet_since = time.monotonic()
        is_quiet = time.monotonic() - quiet_since > _LIVELY
        if is_quiet if lively else changed:
            return
