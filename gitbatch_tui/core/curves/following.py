"""Keeps the metrics of runs up to date in threads of its own, so that no key waits for reading."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from gitbatch_tui.core.curves.reading import sampled
from gitbatch_tui.core.hosts.backoff import LONGEST, Pauses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitbatch_tui.core.curves.reading import RunMetrics
    from gitbatch_tui.models import RunKey

NEAR = 0.05
"""Seconds between two looks at files on this machine: each costs some microseconds."""
_FIRST = 0.2
"""Seconds until a first picture is drawn of what is known by then."""
_TO_DRAW = 0.1
"""Seconds that are left to a first picture before all is read: both take the same processor."""
FAR = 2.0
"""Seconds between two questions about a file elsewhere."""


class Following:
    """Reads what there is, and then what comes, as long as there is a run that goes on."""

    def __init__(self, metrics: Sequence[RunMetrics], changed: Callable[[], None]) -> None:
        """`changed` is called in another thread, whenever there is something new to see."""
        self._metrics = metrics
        self._changed = changed
        self._closed = threading.Event()
        self._over = {each.run.key for each in metrics if each.run.state.final}
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin to read."""
        near = [each for each in self._metrics if each.is_near]
        self._apart(near, NEAR)
        far: dict[str, list[RunMetrics]] = {}
        for each in self._metrics:
            if not each.is_near:
                far.setdefault(each.run.remote, []).append(each)
        for metrics in far.values():
            self._apart(metrics, FAR)

    def end(self, key: RunKey) -> None:
        """Read the file of a run once more: it is over."""
        self._over.add(key)

    def check(self) -> None:
        """Raise what was not foreseen in a thread that reads, and ended it."""
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Stop reading; doesn't wait."""
        self._closed.set()

    def _apart(self, metrics: Sequence[RunMetrics], pause: float) -> None:
        # As a daemon, so that a server that doesn't answer can't hold up the program's end.
        threading.Thread(
            target=self._run, args=(metrics, pause), name="curves", daemon=True
        ).start()

    def _run(self, metrics: Sequence[RunMetrics], pause: float) -> None:
        try:
            self._follow(metrics, pause)
        except BaseException as failure:
            if self._closed.is_set():
                raise  # nobody checks any more
            self._failure = failure
            self._changed()

    def _follow(self, metrics: Sequence[RunMetrics], pause: float) -> None:
        pauses = Pauses(pause, LONGEST)
        self._sample(metrics)
        going = list(metrics)
        while going and not self._closed.is_set():
            for each in tuple(going):
                # Asked first, so that what was written until then is read once more.
                if each.run.key in self._over:
                    going.remove(each)
                self._read(each, is_last=each not in going)
            if any(each.is_unreachable for each in going):
                pauses.grow()
            else:
                pauses.reset()
            self._closed.wait(pauses.seconds)
        for each in going:
            each.close()

    def _sample(self, metrics: Sequence[RunMetrics]) -> None:
        """Let the first picture have all curves, unless that takes too long."""
        told, news = time.monotonic(), 0
        for is_new in sampled(metrics):
            news += is_new
            if news and time.monotonic() - told > _FIRST:
                self._changed()
                told, news = time.monotonic(), 0
        if news:
            self._changed()
            self._closed.wait(_TO_DRAW)

    def _read(self, each: RunMetrics, *, is_last: bool) -> None:
        before = each.stamp
        for _ in each.update():
            if self._closed.is_set():
                return
            if each.stamp != before:
                before = each.stamp
                self._changed()
        if is_last:
            each.finish()
            each.close()
        if each.stamp != before:
            self._changed()
