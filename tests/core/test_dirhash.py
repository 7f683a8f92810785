from __future__ import annotations

import ast
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core import dirhash
from gitbatch_tui.core.dirhash import (
    ALGORITHMS,
    HashError,
    Progress,
    Scheme,
    Tree,
    hash_tree,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IRIS = Path(__file__).parents[1] / "data/iris"
PUBLISHED = "aa669dcefba57e01bd7ff0526a0001d2118f06adc8106d265b5743b0ee90084f"
PROGRAM = Path(dirhash.__file__)
NOBODY = 65534
SMALL = Scheme(block="16")


def value(folder: Path, scheme: Scheme = SMALL, *, follow: bool = False, threads: int = 2) -> str:
    return hash_tree(Tree(str(folder), follow=follow), scheme, threads=threads)


def by_definition(folder: Path, algorithm: str, block: int) -> str:
    """The digits, as slowly and as plainly as the format is written down."""
    entries: list[bytes] = []
    digests: list[tuple[bytes, int, bytes]] = []
    for path in folder.rglob("*"):
        name = os.fsencode(path.relative_to(folder))
        if path.is_symlink():
            entries.append(name + b"//")
            whole = name + b"//\0" + b"0\0" + os.fsencode(path.readlink())
            digests.append((name + b"//", 0, hashlib.new(algorithm, whole).digest()))
            continue
        entries.append(name + b"/" if path.is_dir() else name)
        content = b"" if path.is_dir() else path.read_bytes()
        for number, start in enumerate(range(0, len(content), block)):
            part = content[start : start + block]
            whole = name + b"\0" + str(number).encode() + b"\0" + part
            digests.append((name, number, hashlib.new(algorithm, whole).digest()))
    entries.sort()
    digests.sort()
    joined = str(len(entries)).encode() + b"\0" + b"\0".join(entries) + b"\0"
    return hashlib.new(algorithm, joined + b"".join(d for _, _, d in digests)).hexdigest()


class Garden:
    """Grows folders at random, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        # Seeded: the same trees each time, and no secret.
        self.random = random.Random(seed)

    def name(self) -> str:
        # Signs around `/`, which decide the order, and bytes that are no UTF-8.
        signs = ("a", "b", "-", ".", "0", " ", "\n", "é", "\udcff", "ab", "~")
        return "x" + "".join(self.random.choices(signs, k=self.random.randint(0, 3)))

    def content(self) -> bytes:
        size = self.random.choice((0, 1, 15, 16, 17, 32, 100))
        return self.random.randbytes(size)

    def grow(self, folder: Path, depth: int = 3) -> Path:
        folder.mkdir()
        for name in sorted({self.name() for _ in range(self.random.randint(0, 5))}):
            if depth and self.random.random() < 0.4:
                self.grow(folder / name, depth - 1)
            else:
                (folder / name).write_bytes(self.content())
        return folder


def test_iris_has_the_value_that_was_published() -> None:
    assert value(IRIS, Scheme()) == f"v1-sha256-128M-{PUBLISHED}"


@pytest.mark.parametrize("seed", range(40))
def test_random_trees_have_the_value_of_the_definition(seed: int, tmp_path: Path) -> None:
    garden = Garden(seed)
    folder = garden.grow(tmp_path / "tree")
    algorithm = garden.random.choice(ALGORITHMS)
    block = garden.random.choice((1, 16, 1023))
    scheme = Scheme(algorithm, str(block))
    expected = scheme.value(by_definition(folder, algorithm, block))
    assert value(folder, scheme, threads=garden.random.randint(1, 4)) == expected


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_reads_its_own_value(algorithm: str) -> None:
    made = value(IRIS, Scheme(algorithm))
    scheme, digits = parse(made)
    assert scheme.value(digits) == made
    assert digits == by_definition(IRIS, algorithm, 128 << 20)


def changes(folder: Path, garden: Garden) -> list[str]:
    """Change one thing in a folder in every way; each is undone before the next."""
    seen = [value(folder)]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    folders = [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]
    for path in files:
        content = path.read_bytes()
        for place in range(len(content)):
            flipped = bytearray(content)
            flipped[place] ^= 1 << garden.random.randint(0, 7)
            path.write_bytes(flipped)
            seen.append(value(folder))
        for other in (content + b"\0", content[:-1] if content else b"\1"):
            path.write_bytes(other)
            seen.append(value(folder))
        path.write_bytes(content)
        path.rename(moved := path.with_name(f"{path.name}_"))
        seen.append(value(folder))
        moved.rename(path)
    for path in folders:
        (path / "new").mkdir()
        seen.append(value(folder))
        (path / "new").rmdir()
        (path / "new").touch()
        seen.append(value(folder))
        (path / "new").unlink()
    assert value(folder) == seen[0], "everything was undone"
    return seen


@pytest.mark.parametrize("seed", range(6))
def test_any_change_of_a_byte_a_name_or_a_folder_changes_the_value(
    seed: int, tmp_path: Path
) -> None:
    garden = Garden(seed)
    folder = garden.grow(tmp_path / "tree", 2)
    (folder / "some").mkdir(exist_ok=True)
    (folder / "some/file").write_bytes(garden.random.randbytes(40))
    seen = changes(folder, garden)
    assert len(seen) > 40
    assert len(set(seen)) == len(seen)


def test_the_order_in_which_files_were_made_makes_no_difference(tmp_path: Path) -> None:
    names = ["b", "a/b", "a-b", "a.b", "a0", "a/a"]
    for folder, order in (("one", names), ("two", names[::-1])):
        for name in order:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
    assert value(tmp_path / "one") == value(tmp_path / "two")


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 31, 32, 33, (1 << 18) + 1])
def test_block_boundaries_are_where_the_definition_has_them(size: int, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/file").write_bytes(bytes(n % 251 for n in range(size)))
    for block in (1, 16, 17) if size < 100 else (1023,):
        digits = by_definition(tmp_path / "tree", "sha256", block)
        assert value(tmp_path / "tree", Scheme(block=str(block))).endswith(digits)


def test_modes_and_times_make_no_difference(tmp_path: Path) -> None:
    folder = tmp_path / "iris"
    shutil.copytree(IRIS, folder)
    (folder / "iris.csv").chmod(0o400)
    os.utime(folder / "iris.csv", (1, 1))
    assert value(folder, Scheme()).endswith(PUBLISHED)


def test_an_empty_folder_has_a_value(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    expected = hashlib.sha256(b"0\0\0").hexdigest()
    assert value(tmp_path / "empty", Scheme()).endswith(expected)


GOOD = {
    "dashes": f"v1-sha256-128M-{PUBLISHED}",
    "colons": f"v1:sha256:128M:{PUBLISHED}",
    "capitals": f"v1-SHA256-128M-{PUBLISHED.upper()}",
}
BAD = {
    "version": (f"v2-sha256-128M-{PUBLISHED}", "The version v2 is unknown; known is v1."),
    "algorithm": (f"v1-md5-128M-{PUBLISHED}", "The algorithm md5 is unknown"),
    "block size 0": (f"v1-sha256-0M-{PUBLISHED}", "The block size 0M is unknown"),
    "block size 1024": (f"v1-sha256-1024-{PUBLISHED}", "The block size 1024 is unknown"),
    "unit": (f"v1-sha256-1T-{PUBLISHED}", "The block size 1T is unknown"),
    "digits": ("v1-sha256-128M-aa66", "sha256 makes 64 hexadecimal digits."),
    "not hexadecimal": (f"v1-sha256-128M-{'x' * 64}", "sha256 makes 64 hexadecimal digits."),
    "no hash": ("data", "data isn't a hash like v1-sha256-128M-<digits>."),
    "hostile": ("\x1b]0;x-sha256-1-1", r"The version \x1b]0;x is unknown"),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_a_value_is_read_in_both_forms_and_written_in_the_first(text: str) -> None:
    scheme, digits = parse(text)
    assert scheme.value(digits) == GOOD["dashes"]


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_what_is_unknown_in_a_value_is_named(text: str, sentence: str) -> None:
    with pytest.raises(HashError) as caught:
        parse(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("block", "size"), [("1", 1), ("1023", 1023), ("1k", 1024), ("3K", 3072), ("1G", 1 << 30)]
)
def test_units_are_powers_of_1024(block: str, size: int) -> None:
    assert Scheme(block=block).block_size == size


def refusal(folder: Path, *, follow: bool = False) -> str:
    with pytest.raises(HashError) as caught:
        value(folder, follow=follow)
    return str(caught.value)


def test_links_pipes_and_sockets_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to("../elsewhere")
    assert "link is a link to ../elsewhere, which is not in it" in refusal(tmp_path)
    (tmp_path / "link").unlink()
    os.mkfifo(tmp_path / "pipe")
    assert "pipe is neither a file nor a directory" in refusal(tmp_path)
    (tmp_path / "pipe").unlink()
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert "socket is neither a file nor a directory" in refusal(tmp_path)


def test_a_link_inside_is_an_entry_that_no_file_can_be(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/file").write_bytes(b"x" * 40)
    without = value(folder)
    values = {without}
    for target in ("file", "../sub/file", "../sub", "nowhere"):
        (folder / "sub/link").symlink_to(target)
        values.add(value(folder))
        digits = by_definition(folder, "sha256", 16)
        assert value(folder) == SMALL.value(digits)
        (folder / "sub/link").unlink()
    (folder / "sub/link").write_text("file")
    values.add(value(folder))
    assert len(values) == 6
    (folder / "sub/link").unlink()
    assert value(folder) == without


def test_a_link_that_leads_out_by_way_of_another_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sub/deep").mkdir(parents=True)
    (folder / "short").symlink_to("sub/deep")
    (folder / "fine").symlink_to("short/../../sub")
    assert value(folder)
    (folder / "sub/out").symlink_to("../short/../../../elsewhere")
    assert "sub/out is a link to ../short/../../../elsewhere, which is not in it" in refusal(folder)


def test_links_are_followed_on_request(tmp_path: Path) -> None:
    shutil.copytree(IRIS, tmp_path / "real/sub")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/sub").symlink_to(tmp_path / "real/sub")
    assert value(tmp_path / "linked", follow=True) == value(tmp_path / "real")
    (tmp_path / "file").mkdir()
    (tmp_path / "file/iris.csv").symlink_to(IRIS / "iris.csv")
    assert value(tmp_path / "file", Scheme(), follow=True).endswith(PUBLISHED)


def test_links_that_lead_nowhere_or_in_a_circle_are_named(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to("missing")
    assert "nowhere can't be read: No such file" in refusal(tmp_path, follow=True)
    (tmp_path / "nowhere").unlink()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/round").symlink_to("..")
    assert "sub/round is a link to a directory that it is in" in refusal(tmp_path, follow=True)


@contextmanager
def somebody() -> Iterator[None]:
    """Not root, who may read everything."""
    me = os.geteuid()
    os.seteuid(me or NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("name", ["file", "folder"])
def test_what_cant_be_read_is_named(name: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        secret = Path(place) / name
        if name == "folder":
            secret.mkdir()
        else:
            secret.write_text("secret")
        secret.chmod(0)
        with somebody():
            said = refusal(Path(place))
        assert f"{name} can't be read: Permission denied." in said


def test_what_is_missing_and_what_is_no_directory_are_named(tmp_path: Path) -> None:
    assert "missing can't be read: No such file" in refusal(tmp_path / "missing")
    assert "iris.csv isn't a directory" in refusal(IRIS / "iris.csv")


def growing(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file that grows": growing,
    "a file that shrinks": lambda path: os.truncate(path, 5),
    "a file that is written over": lambda path: path.write_bytes(b"x" * 1000),
    "a file that is replaced": lambda path: (
        path.with_name("new").write_bytes(path.read_bytes()),
        path.with_name("new").rename(path),
    ),
    "a file that goes": lambda path: path.unlink(),
    "a file that comes": lambda path: path.with_name("new").touch(),
    "a pipe in its place": piped,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_between_looking_and_reading_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 1000)
    tree = Tree(str(tmp_path))
    CHANGES[name](path)
    with pytest.raises(HashError, match=r"file|changed"):
        hash_tree(tree, SMALL)


class Stopped(Exception):
    pass


def test_a_change_while_a_large_file_is_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(64 << 20))

    def write(progress: Progress) -> None:
        if progress.done < progress.size:
            growing(path)

    with pytest.raises(HashError, match="file changed while it was read"):
        # Blocks of a kilobyte last long enough to be disturbed.
        hash_tree(Tree(str(tmp_path)), Scheme(block="1k"), write, 1)


def test_hashing_can_be_stopped_and_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(64 << 20))
    before = threading.active_count()
    told: list[int] = []

    def stop(progress: Progress) -> None:
        told.append(progress.done)
        raise Stopped

    with pytest.raises(Stopped):
        hash_tree(Tree(str(tmp_path)), Scheme(block="1k"), stop, 2)
    assert threading.active_count() == before
    assert told[0] < 64 << 20


def test_progress_ends_at_all_bytes_and_says_rate_and_time_left(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/file").write_bytes(bytes(3 << 20))
    seen: list[Progress] = []
    hash_tree(Tree(str(tmp_path / "tree")), Scheme(block="1M"), seen.append)
    assert seen[-1].done == seen[-1].size == 3 << 20
    assert seen[-1].left == 0
    assert seen[-1].rate > 0
    assert "100 % of 0.00 GB" in str(seen[-1])


def test_a_tolerant_tree_collects_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "good").write_text("good")
    (tmp_path / "link").symlink_to("/good")
    (tmp_path / "gone").write_text("gone")
    tree = Tree(str(tmp_path), tolerant=True)
    (tmp_path / "gone").unlink()
    hash_tree(tree, SMALL)
    assert sorted(tree.troubles) == [b"gone", b"link"]


def program(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, *words]
    return subprocess.run(argv, input=stdin, capture_output=True, check=False)


def test_the_file_is_a_program_of_its_own(tmp_path: Path) -> None:
    alone = shutil.copy(PROGRAM, tmp_path / "dirhash.py")
    said = program(str(alone), str(IRIS))
    assert (said.returncode, said.stdout) == (0, f"v1-sha256-128M-{PUBLISHED}\n".encode())
    other = program(str(alone), "-a", "blake2b", "-b", "1k", str(IRIS))
    assert other.stdout.startswith(b"v1-blake2b-1k-")


def test_the_program_can_be_piped_to_a_python() -> None:
    said = program("-", str(IRIS), stdin=PROGRAM.read_bytes())
    assert said.stdout == f"v1-sha256-128M-{PUBLISHED}\n".encode()


def test_the_program_verifies(tmp_path: Path) -> None:
    verify = ("--verify", f"v1:sha256:128M:{PUBLISHED}")
    assert program(str(PROGRAM), str(IRIS), *verify).returncode == 0
    (tmp_path / "iris.csv").write_text("altered")
    assert program(str(PROGRAM), str(tmp_path), *verify).returncode == 1


def test_the_program_says_what_it_cant_hash(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m").symlink_to("/x")
    said = program(str(PROGRAM), str(tmp_path))
    assert said.returncode == 2
    assert said.stdout == b""
    assert rb"a\x1b[31m is a link to /x, an absolute path" in said.stderr
    assert b"\x1b" not in said.stderr


def test_the_program_is_written_in_the_python_of_old_servers() -> None:
    source = PROGRAM.read_text()
    ast.parse(source, feature_version=(3, 6))
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    assert {node.module for node in imports} <= {"typing", "collections.abc"}
