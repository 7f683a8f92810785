from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.diffs import files as changes
from gitbatch_tui.core.diffs.files import Comparison
from gitbatch_tui.core.diffs.model import LINES, DiffLine, Kind
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.errors import GitBatchError, Refused
from tests.support.changed import AFTER, BEFORE, Changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gitbatch_tui.core.git.changed_files import FileChange

Files = dict[str, "bytes | str | None"]


class Two:
    """Two commits, and what lies between them."""

    def __init__(self, path: Path) -> None:
        self.world = Changed(path / "clone")
        self.clone = open_clone(self.world.path)

    def compare(self, before: Mapping[str, bytes | str | None], after: Files) -> Comparison:
        return Comparison(self.clone, self.world.commit(before), self.world.commit(after))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    two = Two(tmp_path)
    yield two
    two.clone.close()


def only(comparison: Comparison) -> FileChange:
    (change,) = comparison.files()
    return change


def page(comparison: Comparison, name: str = "") -> list[DiffLine]:
    changes = [change for change in comparison.files() if not name or change.path == name]
    return [line for part in comparison.page(changes[0]) for line in part]


def texts(comparison: Comparison, name: str = "") -> list[str]:
    signs = {Kind.ADDED: "+", Kind.DELETED: "-", Kind.CHANGED: "~"}
    return [f"{signs.get(line.kind, '')}{line.text}" for line in page(comparison, name)]


def test_every_kind_of_change_is_listed(two: Two) -> None:
    listed = two.compare(BEFORE, AFTER).files()
    assert [(file.status, file.name, file.added, file.deleted) for file in listed] == [
        ("M", "analysis.ipynb", 1, 1),
        ("M", "metrics.csv", 3, 2),
        ("A", "model.bin", None, None),
        ("R", "old-name.txt → new-name.txt", 1, 0),
        ("D", "notes.txt", 0, 1),
        ("M", "plot.png", None, None),
        ("A", "result.json", 1, 0),
        ("M", "train.py", 4, 2),
    ]


def test_nothing_changed(two: Two) -> None:
    assert two.compare({"a": "a\n"}, {}).files() == ()


def test_the_lines_of_a_patch_are_numbered_and_know_their_language(two: Two) -> None:
    lines = page(two.compare({"a.py": "1\n2\n3\n"}, {"a.py": "1\nzwei\n3\n"}))
    assert lines == [
        DiffLine(Kind.HUNK, "@@ -1,3 +1,3 @@"),
        DiffLine(Kind.SAME, "1", 1, 1, "a.py"),
        DiffLine(Kind.DELETED, "2", 2, 0, "a.py"),
        DiffLine(Kind.ADDED, "zwei", 0, 2, "a.py"),
        DiffLine(Kind.SAME, "3", 3, 3, "a.py"),
    ]


def test_lines_that_look_like_gits_own_are_content(two: Two) -> None:
    old = "-- a/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n\\ No newline\n"
    comparison = two.compare({"x": old}, {"x": None})
    assert texts(comparison)[1:] == [f"-{line}" for line in old.splitlines()]


def test_a_missing_last_newline_is_said(two: Two) -> None:
    comparison = two.compare({"x": "a"}, {"x": "a\n"})
    assert texts(comparison)[1:] == ["-a", "no newline at the end of the file", "+a"]


def test_a_rename_a_mode_and_a_link_are_said(two: Two) -> None:
    before = two.world.commit({"a": "1\n2\n3\n", "b": "b\n", "c": "c\n"})
    path = two.world.path
    (path / "a").rename(path / "new")
    (path / "b").chmod(0o755)
    (path / "c").unlink()
    (path / "c").symlink_to("../../etc/passwd")
    comparison = Comparison(two.clone, before, two.world.commit({}))
    assert texts(comparison, "new") == ["renamed from a", "the content is the same"]
    assert texts(comparison, "b") == [
        "was a file, is an executable file",
        "the content is the same",
    ]
    linked = texts(comparison, "c")
    assert linked[0] == "was a file, is a symbolic link"
    assert linked[2:4] == ["-c", "@@ -0,0 +1 @@"]
    assert linked[4] == "+../../etc/passwd"


NAMES = (
    "-x",
    "--output=here",
    ":(glob)**",
    "*.py",
    "with space",
    "tab\tname",
    "line\nbreak",
    "quote'\"$(touch pwned)",
    "\x1b]52;c;cHduZWQ=\x07",
    "\u202egnp.exe",
    "bytes\udcff",
    "[red]markup[/]",
    "sub/:!x",
)


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_any_name_is_taken_literally(two: Two, name: str) -> None:
    comparison = two.compare({name: "old\n", "x.py": "a\n"}, {name: "new\n", "x.py": "b\n"})
    change = next(change for change in comparison.files() if change.path == name)
    assert [line.text for part in comparison.page(change) for line in part][1:] == ["old", "new"]
    shown = change.name + comparison.command(change)
    assert all(character >= " " and character not in "\u202e\udcff" for character in shown)
    assert sorted(path.name for path in two.world.path.parent.iterdir()) == ["clone", "home"]


def test_hostile_content_is_shown_harmless(two: Two) -> None:
    comparison = two.compare({}, {"log": b"\x1b]0;title\x07 \xff \xe2\x80\xae [red]x[/]\r\n"})
    assert texts(comparison)[-1] == "+<ESC>]0;title<BEL> <0xFF> <U+202E> [red]x[/]<CR>"


def test_binary_files_are_facts(two: Two) -> None:
    comparison = two.compare({"a.bin": b"\0" * 2048}, {"a.bin": b"\0" * 3_000_000})
    assert texts(comparison)[1:3] == [
        "-size        2.0 kB (2,048 bytes)",
        "+size        3.0 MB (3,000,000 bytes)",
    ]


def test_a_picture_has_a_format_dimensions_and_a_hash(two: Two) -> None:
    shown = texts(two.compare(BEFORE, AFTER), "plot.png")
    assert shown[:3] == ["A picture.", "format      PNG", "dimensions  1 × 1"]  # noqa: RUF001  # as people see it
    assert [line[:12] for line in shown[3:]] == [
        "-size       ",
        "+size       ",
        *["-sha256     "],
        "+sha256     ",
        "-▀",
        "+▀",
    ]


def test_huge_text_is_facts(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LARGEST_TEXT", 1000)
    shown = texts(two.compare({"a": "a\n"}, {"a": "a\n" * 1000}))
    assert shown[0].startswith("Too large to be shown line by line (git diff ")


def test_what_is_beyond_the_bound_is_counted(two: Two) -> None:
    text = "".join(f"{n}\n" for n in range(LINES + 5000))
    comparison = two.compare({"b": "b\n"}, {"a": text})
    lines = page(comparison)
    assert len(lines) == LINES + 1
    command = comparison.command(only(comparison))
    assert lines[-1].text == f"… 5,001 more lines ({command} shows all)"


def test_a_monstrous_line_is_cut(two: Two) -> None:
    lines = page(two.compare({}, {"a": "ä" * 500_000 + "\nnext\n"}))
    assert lines[1].text == "ä" * 2000 + " … 996,000 more bytes"
    assert lines[2].text == "next"


def test_the_first_lines_come_at_once(two: Two) -> None:
    comparison = two.compare({}, {"a": "line\n" * 10_000})
    first = next(comparison.page(only(comparison)))
    assert len(first) == 500


def test_a_notebook_that_is_none_is_shown_as_text(two: Two) -> None:
    shown = texts(two.compare({"a.ipynb": "{"}, {"a.ipynb": "[]"}))
    assert shown[0] == "It can't be read as ipynb: this is its text."
    assert "+[]" in shown


def test_a_large_table_is_shown_as_text(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LARGEST_CONTENT", 10)
    shown = texts(two.compare({"a.csv": "a,b\n1,2\n"}, {"a.csv": "a,b\n1,2\n3,4\n"}))
    assert shown[0] == "Too large to be shown cell by cell: this is its text."
    assert shown[-1] == "+3,4"


def test_the_persons_own_settings_change_nothing(two: Two) -> None:
    comparison = two.compare({"a": "\n\n\n1\n\n\n\n"}, {"a": "\n\n\n2\n\n\n\n"})
    for key, value in {
        "diff.noprefix": "true",
        "diff.external": "false",
        "diff.suppressBlankEmpty": "true",
        "diff.context": "0",
        "diff.interHunkContext": "9",
        "color.ui": "always",
        "diff.submodule": "log",
        "diff.orderFile": "/nowhere",
        "core.pager": "false",
    }.items():
        two.world.git("config", key, value)
    assert texts(comparison) == ["@@ -1,7 +1,7 @@", "", "", "", "-1", "+2", "", "", ""]


def test_a_commit_that_is_not_there_is_named(two: Two) -> None:
    head = two.world.commit({"a": "a\n"})
    with pytest.raises(GitBatchError, match="git can't compare them: bad object 1111"):
        Comparison(two.clone, head, "1" * 40).files()


def test_options_are_never_read_where_commits_are_expected(two: Two, tmp_path: Path) -> None:
    head = two.world.commit({"a": "a\n"})
    with pytest.raises(GitBatchError):
        Comparison(two.clone, head, f"--output={tmp_path}/written").files()
    assert not (tmp_path / "written").exists()


def test_reading_can_be_stopped_from_another_thread(two: Two) -> None:
    comparison = two.compare({}, {"a": "line\n" * 1_000_000})
    reading = comparison.page(only(comparison))
    next(reading)
    stopper = threading.Thread(target=comparison.stop)
    stopper.start()
    stopper.join()
    with pytest.raises(Refused, match="stopped"):
        list(reading)


def test_a_submodule_is_shown_by_its_commit(two: Two) -> None:
    old = two.world.commit({"a": "a\n"})
    two.world.git("update-index", "--add", "--cacheinfo", f"160000,{old},sub")
    two.world.git("commit", "-q", "-m", "sub")
    comparison = Comparison(two.clone, old, two.world.git("rev-parse", "HEAD"))
    assert texts(comparison)[0] == "is a submodule"
    assert texts(comparison)[-1] == f"+Subproject commit {old}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_text_and_tables_of_other_encodings_are_shown_as_text(two: Two, encoding: str) -> None:
    pages = {}
    for name, old, new in (
        ("a.txt", "Größe\nMaß 1\n", "Größe\nMaß 2\n"),
        ("a.csv", "Größe,Maß\na,1\n", "Größe,Maß\na,2\n"),
    ):
        comparison = two.compare({name: old.encode(encoding)}, {name: new.encode(encoding)})
        pages[name] = "\n".join(line.text for line in page(comparison))
    assert "Größe" in pages["a.txt"]
    assert "Maß 1\nMaß 2" in pages["a.txt"]
    assert "1 → 2" in pages["a.csv"]
    assert "Größe" in pages["a.csv"]
