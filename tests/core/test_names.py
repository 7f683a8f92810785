"""Names from a server: judged as git itself judges them."""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.names import branch_of, is_safe, within_branch

if TYPE_CHECKING:
    from pathlib import Path

SIGNS = "ab/./-@{~^:?*[\\ \x7f\x01.lock..ü{"


def check_ref_format(name: str) -> bool:
    return (
        subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False).returncode
        == 0
    )


def test_branches_are_what_git_takes_for_them() -> None:
    chance = random.Random(1)
    names = {"".join(chance.choices(SIGNS, k=chance.randint(1, 7))) for _ in range(400)}
    names |= {"a.lock", "a/b.lock/c", "x..y", "a.", "/a", "a/", ".a", "a/.b", "HEAD", "-x", "@"}
    judged = {name: bool(branch_of(name)) for name in names}
    assert judged == {name: check_ref_format(name) for name in judged}
    assert True in judged.values()


def test_any_text_can_stand_inside_of_a_branch() -> None:
    chance = random.Random(2)
    names = {"".join(chance.choices(SIGNS, k=chance.randint(1, 7))) for _ in range(100)}
    for name in {*names, "", "a.lock", "my run (1).zip/batch", "x" * 300, "@{1}"}:
        assert branch_of(f"of-{within_branch(name)}-1"), name
    assert within_branch("origin/batch") == "origin-batch"
    assert within_branch("my run (1).zip") == "my-run-1-.zip"


@pytest.mark.parametrize("name", ["x:refs/replace/1", "+x", "*", "", "a b", "x:y"])
def test_what_is_no_branch_is_none(name: str) -> None:
    assert branch_of(name) == ("+x" if name == "+x" else "")


@pytest.mark.parametrize(
    "path",
    [
        *("a", "a/b.txt", ".gitignore", ".github/x", "git~2", "x.git", "a.git/b", ".gitmodules"),
        *("a\\b", "-x", "ü/\udcff", "...", "a/..b", ".git-x", "~/x"),
    ],
)
def test_ordinary_paths_are_safe(path: str) -> None:
    assert is_safe(path)


def test_paths_that_git_s_index_refuses_are_refused(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    safe = ("-c", "core.protectHFS=true", "-c", "core.protectNTFS=true")
    blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    chance = random.Random(2)
    parts = [*(".git", ".GiT", "git~1", ".g\u200dit", ".git.", ".git:x", "..", ".", "a", "b.git")]
    for _ in range(120):
        path = "/".join(chance.choices(parts, k=chance.randint(1, 3)))
        line = f"100644 {blob}\t{path}\0"
        taken = subprocess.run(
            ["git", "-C", tmp_path, *safe, "update-index", "-z", "--index-info"],
            input=line.encode(),
            capture_output=True,
            check=False,
        )
        subprocess.run(["git", "-C", tmp_path, "read-tree", "--empty"], check=True)
        refused = taken.returncode != 0 or b"Ignoring path" in taken.stderr
        assert is_safe(path) == (not refused), path
