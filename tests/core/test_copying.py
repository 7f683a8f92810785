"""Copies files of run trees."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.names import is_safe
from gitbatch_tui.core.hosts import backoff
from gitbatch_tui.core.results.download import PARTIAL, Download, DownloadProgress
from gitbatch_tui.core.results.get import get
from gitbatch_tui.core.server.files import ServerFiles
from gitbatch_tui.errors import Refused, Stopped, UnknownName
from tests.support.servers.sshd import HOST, Sshd

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.project import Project

MODEL = "mkdir -p out/deep; head -c 9000000 /dev/urandom >out/model.pt; printf x >out/deep/x"


class Telling(DownloadProgress):
    """Does something when bytes come."""

    def __init__(self, act: Callable[[int], None] = lambda _: None) -> None:
        self.act = act
        self.sentences: list[str] = []
        self.seen: list[tuple[str, int, int]] = []

    def came(self, path: str, done: int, total: int) -> None:
        self.seen.append((path, done, total))
        self.act(done)

    def said(self, sentence: str) -> None:
        self.sentences.append(sentence)


def cut_at(sshd: Sshd, marks: list[int]) -> Callable[[int], None]:
    """What cuts the connection behind each of these numbers of bytes, the last one first."""

    def cut(done: int) -> None:
        if marks and done > marks[-1]:
            marks.pop()
            sshd.kill()

    return cut


def tree(project: Project, number: int) -> Path:
    return project.world.run(number) / "tree"


def the_part(folder: Path) -> Path:
    """The one file that isn't complete."""
    (part,) = folder.glob(f".model.pt-*{PARTIAL}")
    return part


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_file_that_git_ignores_is_copied_exactly(project: Project, here: Path) -> None:
    number = project.finish(MODEL, __gitignore="out\n")
    progress = Telling()
    got = get(project.batch, number, "out/model.pt", progress=progress)
    assert got.copied == [Path("model.pt")]
    assert (here / "model.pt").read_bytes() == (tree(project, number) / "out/model.pt").read_bytes()
    assert progress.seen[-1] == ("out/model.pt", 9_000_000, 9_000_000)
    assert list(here.iterdir()) == [here / "model.pt"]


def test_a_folder_is_copied_with_all_that_is_in_it(project: Project, here: Path) -> None:
    number = project.finish(MODEL)
    got = get(project.batch, number, "./out/")
    assert sorted(got.copied) == [Path("out/deep/x"), Path("out/model.pt")]
    assert (here / "out/deep/x").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("path", "dest", "expected"),
    [
        ("out/deep/x", None, "x"),
        ("out/deep/x", "y", "y"),
        ("out/deep/x", "folder", "folder/x"),
        ("out/deep/x", "new/y", "new/y"),
        ("out/deep", None, "deep/x"),
        ("out/deep", "folder", "folder/x"),
        ("out/deep", "new", "new/x"),
        (".", "new", "new/out/deep/x"),
        (".", None, "batch-1/out/deep/x"),
    ],
)
def test_where_it_goes(
    project: Project, here: Path, path: str, dest: str | None, expected: str
) -> None:
    number = project.finish("mkdir -p out/deep; printf x >out/deep/x")
    (here / "folder").mkdir()
    get(project.batch, number, path, Path(dest) if dest else None)
    assert (here / expected).read_bytes() == b"x"


def test_lost_connections_are_taken_up_where_they_broke(
    project: Project, here: Path, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "FIRST", 0.02)
    number = project.finish(MODEL)
    project.move_behind(HOST)
    marks = [7_000_000, 4_000_000, 1_000_000]

    progress = Telling(cut_at(sshd, marks))
    get(project.batch, number, "out/model.pt", progress=progress)
    assert set(progress.sentences) == {"The connection to hpc was lost; reconnecting."}
    assert (here / "model.pt").read_bytes() == (tree(project, number) / "out/model.pt").read_bytes()


def test_what_was_stopped_goes_on_where_it_was(
    project: Project, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish(MODEL)
    batch = project.batch
    with pytest.raises(Stopped):
        get(batch, number, "out/model.pt", progress=Telling(lambda _: batch.stop.ask()))
    part = the_part(here)
    begun = part.stat().st_size
    assert 0 < begun < 9_000_000
    offsets: list[int] = []
    stream = ServerFiles.stream

    def noting(self: ServerFiles, run: int, file: str, offset: int) -> object:
        offsets.append(offset)
        return stream(self, run, file, offset)

    monkeypatch.setattr(ServerFiles, "stream", noting)
    get(project.batch, number, "out/model.pt")
    assert offsets == [begun]
    assert (here / "model.pt").read_bytes() == (tree(project, number) / "out/model.pt").read_bytes()
    assert not part.exists()


def test_what_came_of_a_small_file_is_kept_when_it_is_stopped(project: Project, here: Path) -> None:
    number = project.finish("mkdir out; echo 1 >out/small")
    batch = project.batch
    with pytest.raises(Stopped):
        get(batch, number, "out/small", progress=Telling(lambda _: batch.stop.ask()))
    (part,) = here.glob(f".small-*{PARTIAL}")
    assert part.read_bytes() == (tree(project, number) / "out/small").read_bytes()


def test_a_part_of_another_file_is_not_gone_on_with(project: Project, here: Path) -> None:
    number = project.finish(f"{MODEL}; mkdir other; echo other >other/model.pt")
    stopping = project.batch
    with pytest.raises(Stopped):
        get(stopping, number, "out/model.pt", progress=Telling(lambda _: stopping.stop.ask()))
    left = the_part(here)
    before = left.read_bytes()
    get(project.batch, number, "other/model.pt")
    assert left.read_bytes() == before
    assert (here / "model.pt").read_text() == "other\n"


def test_a_part_whose_content_changed_over_there_begins_anew(project: Project, here: Path) -> None:
    number = project.finish(MODEL)
    stopping = project.batch
    with pytest.raises(Stopped):
        get(stopping, number, "out/model.pt", progress=Telling(lambda _: stopping.stop.ask()))
    there = tree(project, number) / "out/model.pt"
    there.write_bytes(there.read_bytes()[::-1])
    get(project.batch, number, "out/model.pt")
    assert (here / "model.pt").read_bytes() == there.read_bytes()


def test_a_complete_file_is_never_written_to_through_its_partial_name(
    project: Project, here: Path
) -> None:
    number = project.finish(MODEL)
    stopping = project.batch
    with pytest.raises(Stopped):
        get(stopping, number, "out/model.pt", progress=Telling(lambda _: stopping.stop.ask()))
    part = the_part(here)
    kept = here / "mine"
    kept.hardlink_to(part)
    before = kept.read_bytes()
    get(project.batch, number, "out/model.pt")
    assert kept.read_bytes() == before
    assert not part.exists()
    assert (here / "model.pt").read_bytes() == (tree(project, number) / "out/model.pt").read_bytes()


def test_two_that_copy_the_same_file_at_once_end_as_one_would(project: Project, here: Path) -> None:
    number = project.finish(MODEL)
    others: list[dict[str, str]] = []

    def at_the_same_time(_: int) -> None:
        if not others:
            others.append(get(project.batch, number, "out/model.pt").left)

    got = get(project.batch, number, "out/model.pt", progress=Telling(at_the_same_time))
    assert others == [{"out/model.pt": "another gitbatch-tui is copying it just now"}]
    assert got.left == {}
    assert (here / "model.pt").read_bytes() == (tree(project, number) / "out/model.pt").read_bytes()


def test_nothing_that_is_here_is_overwritten(project: Project, here: Path) -> None:
    number = project.finish(
        "mkdir d; echo 1 >d/same; echo 1 >d/other; echo 1 >d/link; echo 1 >d/new"
    )
    (here / "d").mkdir()
    (here / "d/same").write_text("1\n")
    (here / "d/other").write_text("2\n")
    (here / "d/link").symlink_to(here / "outside")
    got = get(project.batch, number, "d")
    assert got.copied == [Path("d/new")]
    assert got.there == [Path("d/same")]
    assert got.left.keys() == {"d/other", "d/link"}
    assert (here / "d/other").read_text() == "2\n"
    assert not (here / "outside").exists()


def test_nothing_is_written_through_a_link_that_leads_out(project: Project, here: Path) -> None:
    number = project.finish("mkdir -p d/e; echo 1 >d/e/x")
    (here / "d").mkdir()
    (here / "outside").mkdir()
    (here / "d/e").symlink_to(here / "outside")
    got = get(project.batch, number, "d")
    assert got.left == {"d/e/x": "e is no folder here"}
    assert list((here / "outside").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "../x", "a/../../x", "a//b", ".", "", "a/./b", "a\0b", "x/.."),
        *(".git/config", "a/.GIT/x", "GIT~1", "a/.git. /x", ".git::$INDEX_ALLOCATION/x"),
        *("a\\.git\\x", ".g\u200cit/x", "\ufeff.git", ".git ", "git~1:x"),
    ],
)
def test_names_that_lead_out_or_into_git_s_own_are_refused(name: str) -> None:
    assert not is_safe(name)


def test_a_server_that_lies_about_names_writes_nothing(
    project: Project, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish("mkdir d; echo 1 >d/x")
    lies = ((2, "d/../../evil"), (2, "d//etc/evil"), (2, "d/x"))
    monkeypatch.setattr(ServerFiles, "tree", lambda *_: lies)
    got = get(project.batch, number, "d")
    assert got.copied == [Path("d/x")]
    assert len(got.left) == 2
    assert [path.name for path in here.parent.rglob("evil")] == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../log", "a/../../log"])
def test_a_path_outside_of_the_run_tree_is_refused(project: Project, path: str) -> None:
    with pytest.raises(Refused, match="isn't in the run tree"):
        get(project.batch, 1, path)


def test_what_is_not_there_is_said(project: Project, here: Path) -> None:
    number = project.finish("mkdir empty")
    for path in ("nope", "empty", ".git"):
        with pytest.raises(UnknownName, match="There is no file"):
            get(project.batch, number, path)
    assert list(here.iterdir()) == []


def test_names_of_any_kind_arrive(project: Project, here: Path) -> None:
    names = ["-x", "a b", " lead", 'quo"te', "ü", "*", "$(id)", "tab\there", "\udcff"]
    number = project.finish("mkdir d")
    for name in names:
        (tree(project, number) / "d" / name).write_text(name, errors="surrogateescape")
    got = get(project.batch, number, "d")
    assert got.left == {}
    assert sorted(p.name for p in (here / "d").iterdir()) == sorted(names)


def test_a_name_of_two_lines_is_named_and_nothing_wrong_is_written(
    project: Project, here: Path
) -> None:
    number = project.finish("mkdir d; echo 1 >d/fine")
    (tree(project, number) / "d/two\nlines").write_text("1")
    got = get(project.batch, number, "d")
    assert got.copied == [Path("d/fine")]
    assert got.left == {"d/two?lines": "its name holds a line end"}
    assert list((here / "d").iterdir()) == [here / "d/fine"]


def test_nothing_is_left_where_nothing_could_be_written(
    project: Project, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish("printf x >x")

    def full(*_: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(Download, "_append", full)
    got = get(project.batch, number, "x")
    assert got.left == {"x": "it could not be written: Disk quota exceeded"}
    assert list(here.iterdir()) == []
