"""A host that stays away is tried less and less often, however long that was."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.backoff import FIRST, LONGEST, Backoff
from gitbatch_tui.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

GROWING = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]
GONE = Unreachable("gone")


class Clock(threading.Event):
    """A clock that only waiting moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pauses.append(timeout)
        self.now += timeout
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    with monkeypatch.context() as patched:
        patched.setattr("time.monotonic", lambda: clock.now)
        yield clock


def test_pauses_grow_as_long_as_every_try_fails(clock: Clock) -> None:
    tries = Backoff("hpc", clock)
    tries.reached()
    for _ in GROWING:
        tries.wait(GONE, lambda _: None)
    assert clock.pauses == GROWING


def test_a_connection_that_has_lasted_is_a_new_beginning_and_a_short_one_is_none(
    clock: Clock,
) -> None:
    tries = Backoff("hpc", clock)
    for lasts in (1, 1, LONGEST + 1):
        tries.reached()
        clock.now += lasts
        tries.wait(GONE, lambda _: None)
    assert clock.pauses == [FIRST, 2 * FIRST, FIRST]


def test_where_no_try_was_of_any_use_the_error_is_raised(clock: Clock) -> None:
    with pytest.raises(Unreachable, match="gone"):
        Backoff("hpc", clock).wait(GONE, lambda _: None)
    assert clock.pauses == []
