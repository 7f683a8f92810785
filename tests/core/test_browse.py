"""A file of a run is shown from the bytes that are needed for it; folders as they are read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.batch.fetch import fetch_result
from gitbatch_tui.core.browse.content import FIRST, Look, look, set_out
from gitbatch_tui.core.browse.copying import copy_committed
from gitbatch_tui.core.browse.outline import Outline, tree_lines
from gitbatch_tui.core.browse.trees import open_tree
from gitbatch_tui.core.diffs.model import LINES
from gitbatch_tui.core.server.file_answers import Entry, EntryKind, FolderPage, read_folder
from gitbatch_tui.errors import BadAnswer, Refused, UnknownName
from tests.support.batches import new_world_at, open_batch
from tests.support.batches import run as submit
from tests.support.png import png

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.servers.sshd import Sshd


class File:
    """The bytes of a file, and how many of them were asked for."""

    def __init__(self, data: bytes) -> None:
        self.data, self.given = data, 0

    def read(self, offset: int, size: int) -> bytes:
        given = self.data[offset : offset + size]
        self.given += len(given)
        return given


def seen(name: str, data: bytes, most: int = FIRST) -> tuple[Look, int]:
    file = File(data)
    return look(name, len(data), file.read, most), file.given


def texts(found: Look) -> list[str]:
    return [line.text for line in found.lines]


def test_a_short_text_is_shown_whole_with_its_numbers() -> None:
    found, _ = seen("run.py", b"import x\n\nx.go()")
    assert [(line.new, line.text) for line in found.lines] == [
        (1, "import x"),
        (2, ""),
        (3, "x.go()"),
    ]
    assert not found.more


def test_a_long_text_ends_with_a_whole_line_and_more_to_come() -> None:
    data = b"0123456789\n" * 100_000
    found, given = seen("long.txt", data)
    assert given == FIRST == found.read
    assert found.more
    assert set(texts(found)) == {"0123456789"}
    further, given = seen("long.txt", data, 4 * FIRST)
    assert given == 4 * FIRST
    assert len(further.lines) > 3 * len(found.lines)


def test_no_more_lines_are_shown_than_a_page_has() -> None:
    found, _ = seen("long.txt", b"x\n" * (LINES + 10), 1 << 20)
    assert len(found.lines) == LINES + 1
    assert texts(found)[-1] == "… there is more than can be shown here."
    assert not found.more


def test_a_table_is_cut_at_a_row_and_aligned() -> None:
    data = b"step,loss\n" + b"".join(b"%d,0.5\n" % n for n in range(100_000))
    found, given = seen("metrics.csv", data)
    assert given == FIRST
    assert found.table
    assert texts(found)[0].split() == ["step", "loss"]
    assert all(len(line.split()) == 2 for line in texts(found))
    assert found.more


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b'a,"b\n1', 'a,"b'),
        ("a.ipynb", b"{}", "{}"),
        ("a.json", b"{not json", "{not json"),
        ("a.json", b"[" * 100_000, "["),
        ("empty", b"", "It is empty."),
        ("wide.txt", "größe\n".encode("utf-16"), "größe"),
        ("latin.txt", b"gr\xf6\xdfe\n", "größe"),
        ("steering.txt", b"\x1b[2Jx\n", "<ESC>[2Jx"),
        ("model.pt", b"PK\x03\x04\x00\x00\x08", "Binary: there is nothing to read."),
        ("broken.png", b"\x89PNG\r\n\x1a\nnonsense", "A picture."),
    ],
)
def test_what_is_not_what_it_is_called_is_shown_as_what_it_is(
    name: str, data: bytes, words: str
) -> None:
    found, _ = seen(name, data)
    assert texts(found)[0].startswith(words)


def test_a_picture_is_drawn_and_one_that_is_too_large_only_named() -> None:
    data = png(40, 2, [b"\xff\0\0" * 40] * 40)
    found, _ = seen("plot.png", data)
    assert any(line.cells for line in found.lines)
    assert any("40 \N{MULTIPLICATION SIGN} 40" in text for text in texts(found))
    found, given = seen("huge.png", data + b"\0" * (9 << 20))
    assert given <= FIRST
    assert any("40 \N{MULTIPLICATION SIGN} 40" in text for text in texts(found))
    assert not any(line.cells for line in found.lines)


def test_all_cells_of_a_notebook_are_shown_with_their_outputs() -> None:
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {
            "cell_type": "code",
            "execution_count": 1,
            "source": "1 + 1",
            "outputs": [{"output_type": "stream", "text": ["2\n"]}],
        },
    ]
    found, _ = seen("a.ipynb", json.dumps({"cells": cells}).encode())
    assert texts(found) == [
        *("2 cells", "markdown cell", "# Title", "code cell [1]", "1 + 1", "output", "2")
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"a":1e-03,"b":[]}', ["{", '  "a": 1e-03,', '  "b": []', "}"]),
        ('[9007199254740993,"x,]"]', ["[", "  9007199254740993,", '  "x,]"', "]"]),
        ('"\\"{"', ['"\\"{"']),
        ("{}", ["{}"]),
        ('[{"a":[1]}]', ["[", "  {", '    "a": [', "      1", "    ]", "  }", "]"]),
    ],
)
def test_json_is_set_out_with_every_value_as_it_is_written(text: str, lines: list[str]) -> None:
    assert set_out(text).split("\n") == lines
    assert json.loads(set_out(text)) == json.loads(text)


def page(*names: str, total: int = 0, more: bool = False) -> FolderPage:
    entries = tuple(Entry(EntryKind.FILE, name, 1) for name in names)
    return FolderPage(entries, total or len(names), more)


def test_an_outline_has_the_rows_of_open_folders_below_them() -> None:
    outline = Outline()
    root = FolderPage((Entry(EntryKind.FOLDER, "a"), Entry(EntryKind.FILE, "b", 1)), 2, more=False)
    outline.take("", root, anew=True)
    outline.open("a")
    assert [row.is_open for row in outline.rows()] == [False, False]
    outline.take("a", page("a/x", total=3, more=True), anew=True)
    rows = [(row.entry.path, row.depth, row.rest) for row in outline.rows()]
    assert rows == [("a", 0, 0), ("a/x", 1, 0), ("a/x", 1, 2), ("b", 0, 0)]
    outline.take("a", page("a/y", "a/z", total=3), anew=False)
    assert [row.entry.name for row in outline.rows()] == ["a", "x", "y", "z", "b"]
    outline.forget("a")
    assert [row.entry.name for row in outline.rows()] == ["a", "b"]


@pytest.mark.parametrize("place", ["run tree", "commit"])
def test_a_run_may_have_more_files_than_an_answer_has_lines(
    project: Project, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    job = "mkdir many; cd many; for n in 1 2 3 4 5 6 7 8; do echo $n >$n; done"
    run = project.run(project.finish(job))
    fetch_result(project.batch, run)
    if place == "commit":
        project.world.gitbatch("prune")
    tree = open_tree(project.batch, run)
    assert bool(tree.commit) is (place == "commit")
    monkeypatch.setattr(bounds, "LINES", 5)
    assert len(tree.files("many")) == 8
    monkeypatch.setattr(bounds, "FILES", 7)
    with pytest.raises(Refused, match="more than 7 files: name a folder"):
        tree.files()


def test_folders_have_the_size_of_all_that_is_in_them() -> None:
    files = [(3, "a/b/x"), (4, "a/y"), (-1, "a/b/odd"), (1, "a-b"), (2, "c")]
    assert [tuple(line) for line in tree_lines(files)] == [
        (0, "a/", 7),
        (1, "b/", 3),
        (2, "odd", -1),
        (2, "x", 3),
        (1, "y", 4),
        (0, "a-b", 1),
        (0, "c", 2),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "file\t1\t../x",
        "file\t1\ta/b",
        "file\t1\ta%2Fb",
        "file\t1\t%00",
        "file\t1\t.",
        "file\t1\t",
        "nonsense\t1\tx",
        "file",
    ],
)
def test_a_name_that_leads_elsewhere_is_no_answer(line: str) -> None:
    with pytest.raises(BadAnswer):
        read_folder("host", f"folder\ttree=there\tentries=1\n{line}\nend\tmore=no\n", "")


@pytest.mark.parametrize(
    "text", ["", "folder\ttree=there\tentries=1\nfile\t1\tx\n", "x\nend\tmore=no"]
)
def test_an_answer_that_was_cut_is_none(text: str) -> None:
    with pytest.raises(BadAnswer):
        read_folder("host", text, "")


def test_a_commit_stands_for_a_run_tree_that_is_gone_large_files_included(
    project: Project,
) -> None:
    project.world.git("config", "--file", str(project.world.repo / "config"),
                      "gitbatch.largeFile", "1000")  # fmt: skip
    number = project.finish("mkdir -p ck/deep; head -c 2000 /dev/zero >ck/deep/model; echo 1 >ck/a")
    run = project.run(number)
    there = open_tree(project.batch, run)
    assert not there.notice
    assert project.world.gitbatch("prune").status == 0
    gone = open_tree(project.batch, run)
    assert gone.commit == run.result
    assert "is not there any more: these are the files of its results" in gone.notice
    names = {entry.name: (entry.kind, entry.size) for entry in gone.folder("ck").entries}
    assert names == {"a": (EntryKind.FILE, 2), "deep": (EntryKind.FOLDER, None)}
    assert [entry.size for entry in gone.folder("ck/deep").entries] == [2000]
    assert gone.read("ck/deep/model", 1990, 100) == bytes(10)
    assert gone.read("ck/a", 0, 1) == b"1"
    assert (2000, "ck/deep/model") in gone.files("ck")
    with pytest.raises(UnknownName):
        gone.folder("nowhere")


def test_odd_names_are_listed_and_read_over_ssh_too(sshd: Sshd, tmp_path: Path) -> None:
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    number = submit(world).receipt.run
    world.settled(number)
    names = [b"new\nline", b"tab\tbed", b"broken\xff", b"$(touch pwned)", b"-x", b"'"]
    folder = world.run(number) / "tree/odd"
    folder.mkdir()
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(name)
    with open_batch(world) as batch:
        run = next(run for run in batch.runs() if run.number == number)
        found = open_tree(batch, run)
        entries = found.folder("odd").entries
        assert {os.fsencode(entry.name) for entry in entries} == set(names)
        assert all(found.read(entry.path, 0, 99) == os.fsencode(entry.name) for entry in entries)
        assert found.address("odd") == f"hpc:~/base/runs/{number}/tree/odd"


def test_where_nobody_answers_the_commit_of_the_results_is_shown_with_the_reason(
    sshd: Sshd, tmp_path: Path
) -> None:
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    number = submit(world).receipt.run
    world.settled(number)
    with open_batch(world) as batch:
        run = next(run for run in batch.runs() if run.number == number)
        fetch_result(batch, run)
    sshd.client("ProxyCommand /bin/false")
    sshd.stop()
    with open_batch(world) as batch:
        found = open_tree(batch, run)
        assert found.commit == run.result
        assert "hpc" in found.notice
        assert "these are the files of its results" in found.notice
        assert [entry.name for entry in found.folder().entries]


def test_files_are_copied_from_the_commit_where_the_run_tree_is_gone(
    project: Project, tmp_path: Path
) -> None:
    project.world.bare("config", "gitbatch.largeFile", "1000")
    job = "mkdir -p out/deep; echo 7 >out/a; : >out/none; head -c 3000 /dev/zero >out/deep/big"
    run = project.run(project.finish(job))
    fetch_result(project.batch, run)
    assert project.world.gitbatch("prune").status == 0
    tree = open_tree(project.batch, run)
    assert tree.commit
    got = copy_committed(project.batch, run, tree, "out", tmp_path / "out")
    assert got.left == {}
    assert (tmp_path / "out/a").read_text() == "7\n"
    assert (tmp_path / "out/none").read_bytes() == b""
    assert (tmp_path / "out/deep/big").read_bytes() == bytes(3000)
    (tmp_path / "out/a").write_text("8\n")
    again = copy_committed(project.batch, run, tree, "out/a", tmp_path / "out/a")
    assert "is here already, and is another one: move it away, or name" in again.left["out/a"]
    same = copy_committed(project.batch, run, tree, "out/deep", tmp_path / "out/deep")
    assert same.there == [tmp_path / "out/deep/big"]
    with pytest.raises(UnknownName):
        copy_committed(project.batch, run, tree, "other", tmp_path / "other")
