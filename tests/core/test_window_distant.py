"""A window onto a log on a server: read in blocks, followed across everything that can happen."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.layout import Cells
from gitbatch_tui.core.logs.remote_file import RemoteFile
from gitbatch_tui.core.logs.remote_file_state import BLOCK, Blocks
from gitbatch_tui.core.logs.run_files import files_of, open_file
from gitbatch_tui.core.logs.search import Search
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.core.logs.viewer import Viewer
from gitbatch_tui.core.logs.window import Window, WindowView
from tests.support.servers.sshd import HOST, Sshd
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project

CELLS = Cells(len, lambda text, width: [text[i : i + width] for i in range(0, len(text), width)])
UNTIL_GO = "until test -e ../go; do sleep 0.1; done"
GROWING = """i=0
until test -e ../go
do
	i=$((i + 1))
	printf 'line %s \\303\\274 \\000 %s\\n' "$i" "$i"
	test $((i % 50)) != 0 || sleep 0.02
done"""
WIDE = b"".join(b"line %06d of a log that spans several blocks\n" % n for n in range(20_000))


class Watcher:
    """Shows a file of a run and remembers what was said."""

    def __init__(self, project: Project, number: int, file: str = "log") -> None:
        self.file = RemoteFile(project.server, number, file, pause=0.02)
        self.frame = WindowView()
        self.states: list[str] = []
        self.viewer = Viewer(self.file, CELLS, self._take)
        self.viewer.ask(lambda window: window.resize(80, 5))
        self.viewer.start()

    def _take(self, frame: WindowView) -> None:
        self.frame = frame
        self.states.append(frame.state)

    @property
    def rows(self) -> list[str]:
        return [row.text for row in self.frame.rows]

    def shows(self, *rows: str) -> None:
        wait_until(lambda: self.rows == list(rows), what=f"the rows {rows}")


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    made: list[Watcher] = []
    yield made
    for one in made:
        one.viewer.close()


def go(project: Project, number: int) -> None:
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)


def log_of(project: Project, number: int) -> bytes:
    return project.world.run(number).joinpath("log").read_bytes()


def kill(processes: list[int]) -> bool:
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(os.getpgid(process), signal.SIGKILL)
    return False


def readers_of(project: Project) -> list[int]:
    base = str(project.world.base).encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (process / "cmdline").read_bytes()
            if base in line and b"\0log\0" in line:
                found.append(int(process.name))
    return found


def test_it_opens_at_the_end_and_follows(project: Project, watchers: list[Watcher]) -> None:
    number = project.begin(f"echo one; {UNTIL_GO}; echo two")
    watchers.append(Watcher(project, number))
    watchers[0].shows("one")
    go(project, number)
    watchers[0].shows("one", "two")


def test_a_log_that_is_not_there_yet_is_waited_for(
    project: Project, watchers: list[Watcher]
) -> None:
    number = project.begin(UNTIL_GO)
    watchers.append(Watcher(project, number, "tree:later"))
    wait_until(lambda: watchers[0].frame.state == "not there yet")
    (project.world.run(number) / "tree/later").write_bytes(b"here\n")
    watchers[0].shows("here")
    assert watchers[0].frame.state == ""
    go(project, number)


def test_only_the_blocks_that_are_looked_at_are_fetched(project: Project) -> None:
    number = project.finish("true")
    project.world.run(number).joinpath("log").write_bytes(WIDE)
    file = RemoteFile(project.server, number)
    window = Window(file, CELLS)
    window.resize(80, 3)
    window.look()
    assert window.frame().rows[-1].text.startswith("line 019999")
    window.to_start()
    assert window.frame().rows[0].text.startswith("line 000000")
    assert len(file._known._blocks._blocks) == 2
    assert file.read(0, len(WIDE) + 9) == WIDE
    assert b"".join(file.chunks(5, 300_000)) == WIDE[5:300_000]


def test_a_search_runs_on_the_server_and_says_the_offset(project: Project) -> None:
    number = project.finish("true")
    project.world.run(number).joinpath("log").write_bytes(WIDE)
    file = RemoteFile(project.server, number)
    at = WIDE.index(b"001234 of")
    assert file.find(Search("001234 of", 0)) == at
    assert file.find(Search("001234 of", at + 1)) is None
    assert file.find(Search("001234 of", len(WIDE), backwards=True)) == at
    assert file.find(Search("001234 of", at, backwards=True)) is None
    assert not file._known._blocks._blocks


def test_a_search_on_the_server_can_be_stopped(project: Project) -> None:
    number = project.finish("true")
    with project.world.run(number).joinpath("log").open("wb") as sparse:
        sparse.truncate(1 << 40)
    search = Search("nowhere", 0)
    with ThreadPoolExecutor() as pool:
        found = pool.submit(RemoteFile(project.server, number).find, search)
        wait_until(lambda: readers_of(project))
        search.cancel()
        assert found.result() is None
    wait_until(lambda: not readers_of(project))


@pytest.mark.timeout(120)
def test_twenty_disconnects_leave_the_shown_text_as_the_file_is(
    project: Project, sshd: Sshd, watchers: list[Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.begin(GROWING)
    project.move_behind(HOST)
    watchers.append(Watcher(project, number))
    seen = watchers[0]
    lost: list[str] = []
    plain = seen.file._known.lost

    def noted() -> None:
        plain()
        lost.append(seen.file.look().state)

    monkeypatch.setattr(seen.file._known, "lost", noted)
    for n in range(20):
        wait_until(lambda before=seen.frame.size: seen.frame.size > before, what="it to grow")  # type: ignore[misc]  # bound now
        wait_until(lambda so_far=n: kill(sshd.processes()) or len(lost) > so_far)  # type: ignore[misc]  # bound now
    go(project, number)
    whole = log_of(project, number)
    wait_until(lambda: seen.frame.size == len(whole) and not seen.frame.state)
    assert seen.file.read(0, len(whole)) == whole
    last = whole.decode().replace("\0", "<NUL>").splitlines()[-5:]
    seen.shows(*last)
    assert all(state.startswith("reconnecting, last byte at ") for state in lost), lost


def test_a_log_that_is_cut_or_replaced_is_said_and_shown_anew(
    project: Project, watchers: list[Watcher]
) -> None:
    number = project.begin(UNTIL_GO)
    own = project.world.run(number) / "tree/own.log"
    own.write_bytes(b"a long first line\n")
    watchers.append(Watcher(project, number, "tree:own.log"))
    seen = watchers[0]
    seen.shows("a long first line")
    own.write_bytes(b"cut\n")
    seen.shows("cut")
    assert seen.frame.event.startswith("truncated at ")
    own.rename(own.with_name("own.log.1"))
    own.write_bytes(b"another, longer than the one before\n")
    seen.shows("another, longer than the one before")
    assert seen.frame.event.startswith("rotated at ")
    go(project, number)


def test_a_host_that_cannot_be_reached_is_said_and_tried_again(
    project: Project, watchers: list[Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish("echo one")
    server = project.server
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    project.move_behind(HOST)
    watchers.append(Watcher(project, number))
    seen = watchers[0]
    wait_until(lambda: seen.frame.state)
    seen.file._server = server
    seen.shows("one")
    assert seen.frame.state == ""


def test_closing_ends_what_runs_on_the_server(project: Project) -> None:
    number = project.begin(f"echo one; {UNTIL_GO}")
    seen = Watcher(project, number)
    seen.shows("one")
    wait_until(lambda: readers_of(project))
    seen.viewer.close()
    wait_until(lambda: not readers_of(project))
    go(project, number)


def test_files_of_a_run_on_this_machine_are_read_as_they_are(project: Project) -> None:
    number = project.finish("echo out")
    files = files_of(project.server, number, ("log.2", "tree:sub/x.out"))
    assert [file.name for file in files] == ["output", "schedule.sh", "log.2", "sub/x.out"]
    sources = [file.open() for file in files]
    assert all(isinstance(source, LogFile) for source in sources)
    folder = project.world.run(number)
    places = [source.path for source in sources if isinstance(source, LogFile)]
    assert places == [
        folder / "log",
        folder / "schedule.log",
        folder / "log.2",
        folder / "tree/sub/x.out",
    ]
    project.move_behind(HOST)
    assert isinstance(open_file(project.server, number), RemoteFile)


def test_blocks_forget_what_was_not_used_for_longest() -> None:
    blocks = Blocks()
    for number in range(60):
        blocks.put(number, b"x" * BLOCK)
        blocks.get(0, 1 << 40)
    assert blocks.get(0, 1 << 40)
    assert blocks.get(1, 1 << 40) is None
    assert blocks.get(59, 1 << 40)


def test_what_is_appended_across_blocks_is_kept_where_it_joins() -> None:
    blocks = Blocks()
    blocks.append(0, b"a" * (BLOCK - 1))
    blocks.append(BLOCK - 1, b"bcd")
    assert blocks.get(0, BLOCK + 2) == b"a" * (BLOCK - 1) + b"b"
    assert blocks.get(1, BLOCK + 2) == b"cd"
    blocks.append(BLOCK + 9, b"later")
    assert blocks.get(1, BLOCK + 14) is None
