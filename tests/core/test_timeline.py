"""Event logs of HTCondor as pages of a run's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.search import Search
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.core.logs.timeline import TimelineSource, has_timeline, retell_all
from gitbatch_tui.core.schedulers.condor_timeline import timeline
from tests.support.servers.condor_replay import captured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG = captured("251-userlog-retry")
TOLD = timeline(LOG).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


@pytest.fixture
def file(path: Path) -> Iterator[TimelineSource]:
    file = TimelineSource(LogFile(path))
    yield file
    file.close()


def shown(file: TimelineSource) -> bytes:
    return file.read(0, file.look().size)


def test_a_page_grows_with_its_log_and_stays_the_same_page(
    path: Path, file: TimelineSource
) -> None:
    assert shown(file) == b""
    generations = set()
    for end in range(0, len(LOG), 101):
        path.write_text(LOG[:end])
        assert TOLD.startswith(shown(file))
        generations.add(file.look().generation)
    path.write_text(LOG)
    assert shown(file) == TOLD == b"".join(file.chunks(0, len(TOLD)))
    assert generations == {0}


def test_a_log_that_is_another_one_begins_anew(path: Path, file: TimelineSource) -> None:
    path.write_text(LOG)
    before = file.look()
    path.write_text(captured("302-userlog-xfer"))
    after = file.look()
    assert after.generation > before.generation
    assert shown(file).decode() == timeline(captured("302-userlog-xfer"))


def test_a_log_that_several_runs_share_is_told_as_far_as_it_is_this_runs(path: Path) -> None:
    mine, other = captured("027-userlog-exit3"), captured("031-userlog-sig9")
    path.write_text(other + mine)
    file = TimelineSource(LogFile(path), {"3"})
    assert shown(file).decode() == timeline(mine)
    file.close()
    assert b"".join(retell_all([(other + mine).encode()], {"3"})).decode() == timeline(mine)
    assert timeline(other + mine, {"99"}) == ""


def test_it_is_searched_as_it_is_shown(path: Path, file: TimelineSource) -> None:
    path.write_text(LOG)
    assert file.find(Search("began again", 0)) == TOLD.index(b"began again")
    assert file.find(Search("Partitionable", 0)) is None


@pytest.mark.parametrize("size", [1, 7, 100, 100000])
def test_it_is_told_while_it_comes(size: int) -> None:
    log = LOG.encode()
    chunks = [log[at : at + size] for at in range(0, len(log), size)]
    assert b"".join(retell_all(chunks)) == TOLD


def test_what_is_no_event_log_is_shown_as_it_is(path: Path, file: TimelineSource) -> None:
    path.write_bytes(b"step 1\n\xff\n")
    assert shown(file) == b"step 1\n\xff\n"
    assert b"".join(retell_all([b"step", b" 1\n", b"2"])) == b"step 1\n2"
    assert b"".join(retell_all([b"st"])) == b"st"
    assert b"".join(retell_all([])) == b""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("events", True), ("page:events.7.0", True), ("page:eventsource", False), ("log", False)],
)
def test_pages_of_events_go_by_their_name(name: str, *, expected: bool) -> None:
    assert has_timeline(name) is expected
