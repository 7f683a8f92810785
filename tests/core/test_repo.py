"""The clone, and git behind it."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.git.remotes import batch_remotes_in, parse_settings
from gitbatch_tui.errors import (
    CommandFailed,
    NotABatchRemote,
    NotARepository,
    Refused,
    UnknownName,
)
from gitbatch_tui.models import BatchRemote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry
    from gitbatch_tui.core.git.repo import Clone


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pro ject"
    git(tmp_path, "init", "-q", str(folder))
    return folder


@pytest.fixture
def clone(folder: Path) -> Iterator[Clone]:
    with open_clone(folder) as clone:
        yield clone


def commit(folder: Path, name: str = "file") -> str:
    (folder / name).write_text(name)
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "a change")
    return git(folder, "rev-parse", "HEAD")


def test_a_clone_is_found_from_any_folder_in_it(folder: Path) -> None:
    (folder / "deep/er").mkdir(parents=True)
    with open_clone(folder / "deep/er") as clone:
        assert clone.path == folder


def test_every_command_of_git_comes_into_the_journal(folder: Path) -> None:
    entries: list[JournalEntry] = []
    with open_clone(folder, entries.append) as clone:
        clone.git("rev-parse", "--show-prefix")
        clone.ask("cat-file", "-e", "nothing")
        with clone.stream("var", "-l") as stream:
            list(stream)
        with clone.process("fetch", "--dry-run", "nowhere") as running:
            list(running)
    asked, failed, streamed, lasted = entries
    assert (asked.host, asked.command) == ("local", ("git", "rev-parse", "--show-prefix"))
    assert (asked.status, asked.output, streamed.status) == (0, b"\n", 0)
    assert failed.status == lasted.status == 128
    assert b"Not a valid object name nothing" in failed.output
    assert b"'nowhere' does not appear to be a git repository" in lasted.output


def test_without_a_repository_it_is_said_what_to_do(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotARepository, match=r"is in no git repository.*git init"):
            open_clone(place)
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(NotARepository, match="is a bare repository"):
        open_clone(tmp_path / "bare.git")


@pytest.mark.parametrize("place", ["", "deep"])
def test_a_line_end_in_the_path_is_told_in_a_sentence(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "two\nlines"
    (folder / "deep").mkdir(parents=True)
    git(folder, "init", "-q")
    with pytest.raises(Refused, match=r"There is a line end in the path of .*: rename"):
        open_clone(folder / place)


def test_without_git_it_is_said_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refused, match="no git on PATH"):
        open_clone(folder)


def test_the_repository_of_whoever_called_is_not_ours(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere"))
    with open_clone(folder) as clone:
        assert clone.git("rev-parse", "--show-toplevel") == str(folder)
        with clone.stream("rev-parse", "--show-toplevel") as stream:
            assert b"".join(stream).decode().strip() == str(folder)


def test_before_the_first_commit_and_on_no_branch_there_is_a_sentence(
    folder: Path, clone: Clone
) -> None:
    assert (clone.head().commit, clone.head().branch) == ("", "master")
    with pytest.raises(Refused, match="no commits yet"):
        clone.current_branch()
    head = commit(folder)
    assert clone.current_branch().commit == head
    git(folder, "checkout", "-q", "--detach")
    assert (clone.head().commit, clone.head().branch) == (head, "")
    (clone.git_dir / "rebase-merge").mkdir()
    with pytest.raises(Refused, match=r"A rebase is under way here.*git rebase --abort"):
        clone.current_branch()
    (clone.git_dir / "rebase-merge").rmdir()
    with pytest.raises(Refused, match=r"HEAD is detached.*git checkout"):
        clone.current_branch()


def test_an_unknown_branch_names_those_that_exist(folder: Path, clone: Clone) -> None:
    with pytest.raises(UnknownName, match="no branch x here; known: none"):
        clone.branch("x")
    commit(folder)
    git(folder, "branch", "exp/lr")
    with pytest.raises(UnknownName, match="known: exp/lr, master"):
        clone.branch("x")


@pytest.mark.parametrize("name", ["-x", "$(touch${IFS}pwn)", "a;id", "refs/heads/x", "ü", "HEAD2"])
def test_branches_of_any_name_are_what_they_are(folder: Path, clone: Clone, name: str) -> None:
    head = commit(folder)
    git(folder, "update-ref", f"refs/heads/{name}", head)
    branch = clone.branch(name)
    assert (branch.commit, branch.tree) == (head, git(folder, "rev-parse", "HEAD^{tree}"))


def test_what_is_not_committed_is_listed_by_its_very_name(folder: Path, clone: Clone) -> None:
    names = ["a b", "tab\there", "new\nline", "ü", "-x", "moved"]
    for name in names:
        (folder / name).write_text("1")
    commit(folder)
    assert clone.changes() == ()
    for name in names[:-1]:
        (folder / name).write_text("2")
    git(folder, "mv", "moved", "elsewhere")
    (folder / "unknown\nfile").write_text("1")
    assert set(clone.changes()) == {*names, "elsewhere"}
    assert clone.untracked() == ("unknown\nfile",)


def test_branches_in_other_work_trees_are_known(folder: Path, clone: Clone) -> None:
    commit(folder)
    git(folder, "worktree", "add", "-q", "-b", "other", str(folder.parent / "second"))
    assert clone.checked_out() == {"master": folder, "other": folder.parent / "second"}


def test_settings_survive_any_value(clone: Clone) -> None:
    value = "~/a b\n'\"$x -- \\"
    clone.set_config("remote.b.x.gitbatch", value)
    assert clone.config("remote.b.x.gitbatch") == value
    assert clone.config("remote.b.y.gitbatch") is None


def test_what_git_complains_of_is_one_harmless_sentence(clone: Clone) -> None:
    with pytest.raises(CommandFailed, match=r"^git rev-parse failed: ") as caught:
        clone.git("rev-parse", "--verify", "\x1b[31mnope")
    assert caught.value.status == 128
    assert "\x1b" not in str(caught.value) + caught.value.detail


def test_helpers_that_run_programs_are_not_followed(clone: Clone, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    clone.ask("ls-remote", f"ext::touch {mark}")
    assert not mark.exists()


def test_input_and_output_are_bytes(clone: Clone) -> None:
    data = b"\xff\x00\n"
    blob = clone.git("hash-object", "-w", "--stdin", stdin=data)
    assert clone.ask("cat-file", "blob", blob).stdout == data


def test_a_command_that_takes_its_time_is_told_line_by_line(clone: Clone) -> None:
    script = "!printf 'one\\rtwo\\nthree' >&2; echo out; exit 3 #"
    with clone.process("-c", f"alias.slow={script}", "slow") as running:
        assert list(running) == ["one", "two", "three"]
    assert (running.said, running.stdout, running.status) == (["two", "three"], "out\n", 3)
    with pytest.raises(CommandFailed, match="It failed"):
        running.check("It failed.")


def test_a_command_can_be_stopped_from_another_thread(clone: Clone) -> None:
    script = "!echo begun >&2; sleep 60 #"
    with clone.process("-c", f"alias.slow={script}", "slow") as running:
        for _ in running:
            threading.Thread(target=running.terminate).start()
    assert running.status is None


REMOTE = BatchRemote("b", "/srv/b", "/srv/b", "/srv/b/repo.git")


def settings(*pairs: str) -> dict[str, list[str]]:
    return parse_settings("".join(f"{pair.replace('=', chr(10), 1)}\0" for pair in pairs))


@pytest.mark.parametrize(
    ("url", "base", "location"),
    [
        ("/srv/b/repo.git", "/srv/b", "/srv/b"),
        ("../b/repo.git", "/srv/b", "/srv/b"),
        ("hpc:b/repo.git", "~/b", "hpc:~/b"),
        ("ada@hpc:/srv/b/repo.git", "/srv/b", "ada@hpc:/srv/b"),
        ("ssh://hpc:2222/~/b/repo.git", "~/b", "ssh://hpc:2222/~/b"),
        ("git://hpc/b", "/srv/b", "git://hpc/b"),
    ],
)
def test_where_a_batch_remote_is(url: str, base: str, location: str) -> None:
    (remote,) = batch_remotes_in(settings(f"remote.x.y.url={url}", f"remote.x.y.gitbatch={base}"))
    assert remote == BatchRemote("x.y", location, base, url)


def test_short_addresses_are_written_out_as_git_does() -> None:
    (remote,) = batch_remotes_in(
        settings(
            "url.ssh://hpc/srv/.insteadof=h:",
            "url.ssh://other/.insteadof=h",
            "remote.b.url=h:b/repo.git",
            "remote.b.gitbatch=/srv/b",
        )
    )
    assert (remote.repo_url, remote.location) == ("ssh://hpc/srv/b/repo.git", "hpc:/srv/b")


def test_batch_remotes_are_chosen_by_name(folder: Path, clone: Clone) -> None:
    with pytest.raises(UnknownName, match="no batch remote here yet: `gitbatch-tui setup"):
        clone.batch_remote()
    git(folder, "remote", "add", "origin", "/srv/origin")
    with pytest.raises(NotABatchRemote, match="origin is a remote, but no batch remote"):
        clone.batch_remote("origin")
    git(folder, "remote", "add", "b", "/srv/b/repo.git")
    git(folder, "config", "remote.b.gitbatch", "/srv/b")
    assert clone.batch_remotes() == (REMOTE,)
    assert clone.batch_remote() == clone.batch_remote("b") == REMOTE
    with pytest.raises(UnknownName, match="no batch remote c here; known: b"):
        clone.batch_remote("c")
