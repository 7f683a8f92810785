"""Copies folders of run trees: all of their files in one session of the host."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts import backoff
from gitbatch_tui.core.results.download import PARTIAL
from gitbatch_tui.core.results.folder_download import FolderDownload
from gitbatch_tui.core.results.get import get
from gitbatch_tui.core.server.contents import Contents
from gitbatch_tui.core.server.files import ServerFiles
from gitbatch_tui.errors import BadAnswer, OlderServer, Stopped
from tests.core.test_copying import Telling, cut_at, tree
from tests.support.servers.sshd import HOST, Sshd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.project import Project

MANY = (
    "mkdir -p d/e; for n in 1 2 3 4 5 6 7 8 9; do echo $n >d/$n; done; : >d/empty\n"
    "head -c 3000000 /dev/urandom >d/e/large; printf 'no end' >d/f"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the server is asked for the contents of files."""
    found: list[object] = []
    stream, contents, checksum = ServerFiles.stream, ServerFiles.contents, ServerFiles.checksum

    def noting(action: Callable[..., object]) -> Callable[..., object]:
        def noted(self: ServerFiles, *args: object, **named: object) -> object:
            found.append(args)
            return action(self, *args, **named)

        return noted

    monkeypatch.setattr(ServerFiles, "stream", noting(stream))
    monkeypatch.setattr(ServerFiles, "contents", noting(contents))
    monkeypatch.setattr(ServerFiles, "checksum", noting(checksum))
    return found


def contents_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_all_files_come_in_one_session(project: Project, here: Path, asked: list[object]) -> None:
    number = project.finish(MANY)
    progress = Telling()
    got = get(project.batch, number, "d", progress=progress)
    assert contents_of(here / "d") == contents_of(tree(project, number) / "d")
    assert len(got.copied) == 12
    assert got.left == {}
    assert len(asked) == 1
    dones = [done for _, done, _ in progress.seen]
    assert dones == sorted(dones)
    assert {total for _, _, total in progress.seen} == {3_000_024}
    again = get(project.batch, number, "d")
    assert len(again.there) == 12
    assert len(asked) == 2, "what is here is compared in one session, too"


def test_a_lost_connection_is_taken_up_where_it_broke(
    project: Project, here: Path, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "FIRST", 0.02)
    number = project.finish(MANY)
    project.move_behind(HOST)
    marks = [2_000_000, 10]

    progress = Telling(cut_at(sshd, marks))
    got = get(project.batch, number, "d", progress=progress)
    assert marks == []
    assert set(progress.sentences) == {"The connection to hpc was lost; reconnecting."}
    assert got.left == {}
    assert contents_of(here / "d") == contents_of(tree(project, number) / "d")


def test_what_was_stopped_keeps_what_came_and_goes_on_there(
    project: Project, here: Path, asked: list[object]
) -> None:
    number = project.finish(MANY)
    batch = project.batch

    def stop(done: int) -> None:
        if done > 1_000_000:
            batch.stop.ask()

    with pytest.raises(Stopped):
        get(batch, number, "d", progress=Telling(stop))
    (part,) = (here / "d/e").glob(f".large-*{PARTIAL}")
    begun = part.stat().st_size
    assert 0 < begun < 3_000_000
    asked.clear()
    got = get(project.batch, number, "d")
    assert got.left == {}
    assert contents_of(here / "d") == contents_of(tree(project, number) / "d")
    assert (number, "tree:d/e/large", begun) in asked


def test_files_that_vanish_or_grow_on_the_way_are_said(
    project: Project, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish(MANY)
    folder = tree(project, number) / "d"
    listing = ServerFiles.tree

    def then_changed(self: ServerFiles, run: int, path: str) -> tuple[tuple[int, str], ...]:
        files = listing(self, run, path)
        (folder / "3").unlink()
        (folder / "4").write_text("4 and more\n")
        (folder / "f").write_text("no")
        return files

    monkeypatch.setattr(ServerFiles, "tree", then_changed)
    progress = Telling()
    got = get(project.batch, number, "d", progress=progress)
    assert got.left == {
        "d/3": "it is not there any more",
        "d/f": "only 2 of its 6 bytes could be read",
    }
    assert (here / "d/4").read_text() == "4 and more\n"
    assert progress.sentences == ["d/4 has grown: 11 bytes came, not 2."]
    assert not (here / "d/3").exists()
    assert len(got.copied) == 10


def test_a_link_that_leads_out_is_not_followed_when_it_takes_the_place_of_a_file(
    project: Project, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish("mkdir d; echo 1 >d/a; echo 2 >d/b; echo 3 >d/c")
    (here / "secret").write_text("secret\n")
    listing = ServerFiles.tree

    def then_linked(self: ServerFiles, run: int, path: str) -> tuple[tuple[int, str], ...]:
        files = listing(self, run, path)
        (tree(project, number) / "d/b").unlink()
        (tree(project, number) / "d/b").symlink_to(here / "secret")
        return files

    monkeypatch.setattr(ServerFiles, "tree", then_linked)
    got = get(project.batch, number, "d", here / "d")
    assert got.left == {"d/b": "it could not be read there"}
    assert contents_of(here / "d") == {"a": b"1\n", "c": b"3\n"}


@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_written_holds_up_no_other(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish(MANY)
    fill = FolderDownload._fill

    def full(self: FolderDownload, path: str, *rest: object) -> str:
        if path == "d/e/large":
            raise OSError(errno.EDQUOT, "Disk quota exceeded")
        return fill(self, path, *rest)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(FolderDownload, "_fill", full)
    got = get(project.batch, number, "d")
    assert got.left == {"d/e/large": "it could not be written: Disk quota exceeded"}
    assert len(got.copied) == 11


def test_a_server_of_an_older_version_is_asked_for_one_file_after_the_other(
    project: Project, here: Path
) -> None:
    number = project.finish(MANY)
    program = project.world.repo / "gitbatch/gitbatch"
    program.write_text(program.read_text().replace("\ncontents)\n", "\ncontents-of-later)\n"))
    with project.batch.server.files.contents(number, []) as contents:
        assert list(contents.pieces()) == []
    assert isinstance(project.batch.server.failure_of(contents.stream), OlderServer)
    got = get(project.batch, number, "d")
    assert got.left == {}
    assert contents_of(here / "d") == contents_of(tree(project, number) / "d")


class Said:
    """A stream of which a test says what comes, piece by piece."""

    status: int | None = 0
    stderr = b""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def close(self) -> None:
        pass


def cut(*chunks: bytes, mark: str = "MARK") -> list[tuple[bytes, int | None]]:
    contents = Contents(Said(*chunks), mark)
    found = []
    for _ in range(3):
        contents.begin()
        found.append((b"".join(contents.pieces()), contents.status))
    return found


WHOLE = b"one\n\nMARK 0\n\nMARK 3\nMAR\nMARKK\n\nMARK 0\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_files_are_cut_apart_wherever_the_stream_is_cut(size: int) -> None:
    chunks = [WHOLE[at : at + size] for at in range(0, len(WHOLE), size)]
    assert cut(*chunks) == [(b"one\n", 0), (b"", 3), (b"MAR\nMARKK\n", 0)]


def test_of_a_stream_that_ends_early_the_rest_has_no_status() -> None:
    assert cut(WHOLE[:5], WHOLE[5:14])[1:] == [(b"", None), (b"", None)]


@pytest.mark.parametrize("said", [b"\nMARK x\n", b"\nMARK 12345678", b"\nMARK -1\n"])
def test_a_mark_without_a_status_is_refused(said: bytes) -> None:
    with pytest.raises(BadAnswer):
        cut(said)
