"""Comparing the files that two runs left, by what they mean."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gitbatch_tui.core.compare.files import Compared, Likeness, compare
from gitbatch_tui.core.compare.json import compare_json
from gitbatch_tui.core.compare.notebook import compare_notebooks
from gitbatch_tui.core.compare.numbers import EXACT, Tolerance
from gitbatch_tui.core.compare.picture import compare_pictures
from gitbatch_tui.core.compare.table import compare_tables
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.errors import CommandFailed
from tests.support.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry

SIDE = 4


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "found"),
    [
        ('{"a": 1, "b": [1.0]}', '{"b": [1],  "a": 1}', 0, []),
        ('{"a": 1}', '{"a": 2}', 0, ["a: 1 → 2"]),
        ('{"a": {"b": [0, 1.0]}}', '{"a": {"b": [0, 1.01]}}', 0, ["a.b[1]: 1.0 → 1.01"]),
        ('{"a": {"b": [0, 1.0]}}', '{"a": {"b": [0, 1.01]}}', 0.1, []),
        ('{"a": 1}', "{}", 0, ["a is missing"]),
        ("{}", '{"a": 1}', 0, ["a is new"]),
        ("[1, 2]", "[1]", 0, ["it has 2 → 1 values"]),
        ("[true]", "[1]", 1, ["[0]: True → 1"]),
        ("[NaN, 1e-15]", "[NaN, 0]", 1e-9, ["[1]: 1e-15 → 0"]),
        ("[1e-15]", "[0]", 0, ["[0]: 1e-15 → 0"]),
        ('["a"]', '["b"]', 1, ["[0]: a → b"]),
        (
            "[9007199254740993]",
            "[9007199254740992]",
            0,
            ["[0]: 9007199254740993 → 9007199254740992"],
        ),
        ('["01"]', '["1"]', 0, ["[0]: 01 → 1"]),
        ("[1]", '["1"]', 0, ["[0]: 1 → '1'"]),
        ("[1e999]", "[2e999]", 1, ["[0]: 1e999 → 2e999"]),
        ("[" + "9" * 400 + "]", "[1.5]", 1, ["[0]: " + "9" * 60 + "… → 1.5"]),
    ],
)
def test_json_is_compared_by_value(old: str, new: str, tolerance: float, found: list[str]) -> None:
    assert list(compare_json(old.encode(), new.encode(), Tolerance(tolerance))) == found


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "found"),
    [
        ("x,y\n1,1.0\n", "x,y\r\n1,1.00\r\n", 0, []),
        ("x,y\n1,2\n", "x,y\n1,3\n", 0, ["y in line 2: 2 → 3"]),
        ("x,y\n1,2\n", "x,y\n1,2.001\n", 1e-2, []),
        ("x,y\n1,2\n", "x,y\n1,2.001\n", 1e-4, ["y in line 2: 2 → 2.001"]),
        ("x,y\n1,2\n", "x,z\n1,2\n", 0, ["its columns: x, y → x, z"]),
        ("x\n1\n", "x\n1\n2\n", 0, ["it has 2 → 3 lines"]),
        ("x\n1_0\n", "x\n10\n", 0, ["x in line 2: 1_0 → 10"]),
    ],
)
def test_tables_are_compared_cell_by_cell(
    old: str, new: str, tolerance: float, found: list[str]
) -> None:
    assert list(compare_tables(".csv")(old.encode(), new.encode(), Tolerance(tolerance))) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a,b\n1,\n", "a,b\n1\n"),
        ("a\n1\n\n2\n", "a\n1\n2\n"),
        ("a,b\n1,\n", "a,b\n,1\n"),
        ('a\n"x\ty"\n', 'a\n"x y"\n'),
    ],
)
def test_blank_cells_count_in_a_table(old: str, new: str) -> None:
    assert list(compare_tables(".csv")(old.encode(), new.encode(), EXACT))


def png(pixels: list[bytes], filters: bytes = bytes(SIDE), text: bytes = b"") -> bytes:
    """A picture of SIDE by SIDE pixels of four bytes, each row filtered as it says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    rows, above = [], bytes(SIDE * 4)
    for kind, row in zip(filters, pixels, strict=True):
        rows.append(bytes([kind]) + filtered(kind, row, above))
        above = row
    about = chunk(b"tEXt", text) if text else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"\x89PNG\r\n\x1a\n" + about.join((head, body)) + chunk(b"IEND", b"")


def filtered(kind: int, row: bytes, above: bytes) -> bytes:
    """The five filters of PNG, written as its specification has them."""
    out = bytearray()
    for at, value in enumerate(row):
        left, up = row[at - 4] if at >= 4 else 0, above[at]
        corner = above[at - 4] if at >= 4 else 0
        near = left + up - corner
        distances = abs(near - left), abs(near - up), abs(near - corner)
        if distances[0] <= min(distances[1:]):
            paeth = left
        else:
            paeth = up if distances[1] <= distances[2] else corner
        guess = (0, left, up, (left + up) // 2, paeth)[kind]
        out.append((value - guess) % 256)
    return bytes(out)


PIXELS = [bytes((row * 61 + at * at * 7) % 256 for at in range(SIDE * 4)) for row in range(SIDE)]


@pytest.mark.parametrize("kind", range(5))
def test_pictures_with_the_same_pixels_are_the_same(kind: int) -> None:
    other = png(PIXELS, bytes([kind] * SIDE), text=b"Date\0today")
    assert list(compare_pictures(png(PIXELS), other, EXACT)) == []


@pytest.mark.parametrize("kind", range(5))
def test_pixels_that_differ_are_counted(kind: int) -> None:
    changed = [*PIXELS[:2], bytes(8) + PIXELS[2][8:], PIXELS[3]]
    found = list(compare_pictures(png(PIXELS), png(changed, bytes([kind] * SIDE)), EXACT))
    assert found == [f"2 of {SIDE * SIDE} pixels differ"]


def test_the_pictures_of_another_program_are_read() -> None:
    files = []
    for options in ({"compress_level": 0}, {"optimize": True}):
        file = io.BytesIO()
        Image.radial_gradient("L").convert("RGB").save(file, "PNG", **options)
        files.append(file.getvalue())
    assert files[0] != files[1]
    assert list(compare_pictures(files[0], files[1], EXACT)) == []


@pytest.mark.parametrize("broken", [b"", b"GIF89a", png(PIXELS)[:50], png(PIXELS)[:-30]])
def test_a_broken_picture_is_none(broken: bytes) -> None:
    with pytest.raises(ValueError, match="it is "):
        list(compare_pictures(png(PIXELS), broken, EXACT))


def notebook(*outputs: dict[str, object], count: int = 1) -> bytes:
    cell = {
        "cell_type": "code",
        "source": ["plot()"],
        "execution_count": count,
        "outputs": list(outputs),
        "metadata": {"execution": {"iopub.execute_input": str(count)}},
    }
    return json.dumps({"cells": [cell], "metadata": {"count": count}, "nbformat": 4}).encode()


def stream(*pieces: str) -> list[dict[str, object]]:
    return [{"output_type": "stream", "name": "stdout", "text": piece} for piece in pieces]


def shown(**data: object) -> dict[str, object]:
    named = {key.replace("_", "/"): value for key, value in data.items()}
    return {"output_type": "display_data", "data": named}


WIDGET = "application/vnd.jupyter.widget-view+json"


def widget(model: str, version: int) -> dict[str, object]:
    view = {"model_id": model, "version_major": version}
    return {"output_type": "display_data", "data": {WIDGET: view}}


STYLED = '<b id="id_row0">{}</b><style>#id_row0 {{}}</style>'


def styled(name: str, value: str) -> dict[str, object]:
    return shown(text_html=f'<b id="{name}_row0">{value}</b><style>#{name}_row0 {{}}</style>')


def picture(pixels: list[bytes], text: bytes) -> dict[str, object]:
    return shown(image_png=base64.b64encode(png(pixels, text=text)).decode())


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "found"),
    [
        (stream("a\nb\n"), stream("a\n", "b\n"), 0, []),
        (stream("loss 1\n"), stream("loss 2\n"), 0, ["cell 1, stdout: line 1: loss 1 → loss 2"]),
        (stream("loss 1\n"), stream("loss 1.01\n"), 0.1, []),
        (stream("a"), [], 0, ["cell 1 gave stdout → nothing"]),
        ([shown(text_plain="<A at 0x7f00aa11>")], [shown(text_plain="<A at 0x7f00bb22>")], 0, []),
        ([picture(PIXELS, b"Date\0a")], [picture(PIXELS, b"Date\0b")], 0, []),
        (
            [picture(PIXELS, b"")],
            [picture([bytes(SIDE * 4), *PIXELS[1:]], b"")],
            0,
            ["cell 1, image/png: 4 of 16 pixels differ"],
        ),
        ([shown(application_json={"a": 1})], [shown(application_json={"a": 1.0})], 0, []),
        ([widget("a1", 1)], [widget("b2", 1)], 0, []),
        (
            [widget("a1", 1)],
            [widget("a1", 2)],
            0,
            [f"cell 1, {WIDGET}: version_major: 1 → 2"],
        ),
        ([styled("T_5d2a3", "1")], [styled("T_77fe0", "1")], 0, []),
        (
            [styled("T_5d2a3", "1")],
            [styled("T_77fe0", "2")],
            0,
            [f"cell 1, text/html: line 1: {STYLED.format(1)} → {STYLED.format(2)}"],
        ),
        (
            [shown(text_html="<p>T_5d2a3")],
            [shown(text_html="<p>T_77fe0")],
            0,
            ["cell 1, text/html: line 1: <p>T_5d2a3 → <p>T_77fe0"],
        ),
    ],
    ids="pieces text number nothing address date pixels json widget version id value word".split(),
)
def test_notebooks_are_compared_by_what_their_cells_gave(
    old: list[dict[str, object]], new: list[dict[str, object]], tolerance: float, found: list[str]
) -> None:
    files = notebook(*old), notebook(*new, count=2)
    assert list(compare_notebooks(*files, Tolerance(tolerance))) == found


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.new_clone(world.clone)
    return world


def compared(
    world: World,
    old: dict[str, str],
    new: dict[str, str],
    attributes: str = "",
    tolerance: float = 0,
) -> list[Compared]:
    source = world.commit({".gitattributes": attributes})
    before = world.commit(old)
    world.git("reset", "-q", "--hard", source)
    after = world.commit(new)
    with open_clone(world.clone) as clone:
        return compare(clone, before, after, source, Tolerance(tolerance))


def test_files_are_told_apart_by_what_became_of_them(world: World) -> None:
    old = {"a.json": "[1]", "b.csv": "x\n1\n", "gone": "1", "same": "1", "time": "1", "b.json": "["}
    new = {
        "a.json": "[1.0]",
        "b.csv": "x\n2\n",
        "new": "1",
        "same": "1",
        "time": "2",
        "b.json": "{",
    }
    found = compared(world, old, new, "time gitbatch-volatile\n")
    assert found == [
        Compared("a.json", Likeness.ALIKE, "other bytes, the same values"),
        Compared("b.csv", Likeness.DIFFERS, "x in line 2: 1 → 2"),
        Compared("b.json", Likeness.DIFFERS, "line 1: [ → {"),
        Compared("gone", Likeness.DIFFERS, "the new run doesn't have it"),
        Compared("new", Likeness.DIFFERS, "only the new run has it"),
        Compared("time", Likeness.VOLATILE, "may differ"),
    ]


def test_what_may_differ_is_declared_by_the_input_and_by_nobody_else(world: World) -> None:
    (world.clone / ".git/info").mkdir(exist_ok=True)
    world.write({"attributes": "* gitbatch-volatile\n"})
    world.git("config", "core.attributesFile", str(world.clone / "attributes"))
    attributes = "logs/** gitbatch-volatile\nlogs/kept -gitbatch-volatile\n"
    old = {"logs/a": "1", "logs/kept": "1", "top": "1"}
    found = compared(world, old, dict.fromkeys(old, "2"), attributes)
    assert [file.likeness for file in found] == ["volatile", "differs", "differs"]


def test_names_are_not_taken_for_anything_else(world: World) -> None:
    names = ["-n", "a b", "ü\n", "x*"]
    found = compared(
        world, dict.fromkeys(names, "1"), dict.fromkeys(names, "2"), "x* gitbatch-volatile"
    )
    assert {file.path: str(file.likeness) for file in found} == {
        "-n": "differs",
        "a b": "differs",
        "ü\n": "differs",
        "x*": "volatile",
    }


def test_long_lists_of_differences_are_counted(world: World) -> None:
    (found,) = compared(world, {"a.json": "[1, 2, 3, 4, 5]"}, {"a.json": "[0, 0, 0, 0, 0]"})
    assert found.words == "[0]: 1 → 0; [1]: 2 → 0; [2]: 3 → 0; and 2 more"


def test_of_pictures_that_are_not_decoded_it_is_said_so(world: World) -> None:
    (found,) = compared(world, {"a.jpg": "\0a"}, {"a.jpg": "\0bc"})
    assert found.words == "other bytes (2 → 3); it can't be read as jpg"


def test_json_that_names_a_key_twice_is_compared_as_text(world: World) -> None:
    (found,) = compared(world, {"a.json": '{"a": 1, "a": 2}'}, {"a.json": '{"a": 3, "a": 2}'})
    assert found.likeness is Likeness.DIFFERS


def test_a_link_that_leads_elsewhere_differs_whatever_the_tolerance(world: World) -> None:
    commits = []
    for target in ("data-1.0", "data-1.00"):
        world.write({"other": target})
        (world.clone / "link").unlink(missing_ok=True)
        (world.clone / "link").symlink_to(target)
        commits.append(world.commit({}))
    with open_clone(world.clone) as clone:
        found = compare(clone, commits[0], commits[1], commits[0], Tolerance(1))
    assert Compared("link", Likeness.DIFFERS, "it leads from data-1.0 to data-1.00") in found


def test_repositories_at_other_commits_differ_also_where_git_is_told_to_ignore_them(
    world: World,
) -> None:
    commits = []
    for digit in "12":
        entry = f"160000,{digit * 40},models"
        world.git("update-index", "--add", "--cacheinfo", entry)
        world.git("commit", "-q", "-m", digit)
        commits.append(world.git("rev-parse", "HEAD").strip())
    world.git("config", "diff.ignoreSubmodules", "all")
    with open_clone(world.clone) as clone:
        (found,) = compare(clone, commits[0], commits[1], commits[0])
    assert found.likeness is Likeness.DIFFERS
    assert found.words == f"a repository at another commit: {'1' * 12} → {'2' * 12}"


def test_what_git_can_not_read_is_an_error_and_never_the_same(world: World) -> None:
    old, new = world.commit({"a": "1\n"}), world.commit({"a": "2\n"})
    blob = world.git("rev-parse", f"{new}:a").strip()
    (world.clone / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with open_clone(world.clone) as clone, pytest.raises(CommandFailed, match="git can't"):
        compare(clone, old, new, old)


def test_many_files_are_read_with_few_processes(world: World) -> None:
    names = [f"{n}.txt" for n in range(300)]
    old, new = (world.commit(dict.fromkeys(names, text)) for text in "ab")
    entries: list[JournalEntry] = []
    with open_clone(world.clone, entries.append) as clone:
        assert len(compare(clone, old, new, old)) == len(names)
    assert len(entries) < 10
