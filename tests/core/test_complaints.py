"""What git and ssh say when they fail becomes the sentence that helps."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.complaints import reason_in, sentence_for
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.submit.push import PushCut, Update, push_once
from gitbatch_tui.core.watch.overview import StartupQuery
from gitbatch_tui.errors import CommandFailed, PushRefused
from tests.support.project import Project
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from pathlib import Path

NO_REPOSITORY = """fatal: '/nowhere' does not appear to be a git repository
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists."""
NO_HOST = """ssh: Could not resolve hostname nowhere: Name or service not known
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists."""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (NO_REPOSITORY, "'/nowhere' does not appear to be a git repository"),
        (NO_HOST, "ssh: Could not resolve hostname nowhere: Name or service not known"),
        ("hint: do this\nerror: bad thing\nhint: or that", "bad thing"),
        ("error: Your local changes\n\ta.txt\nAborting", "Your local changes"),
        ("something else.", "something else"),
        ("", "it gave no reason"),
    ],
    ids=["no repository", "no host", "advice around it", "aborting", "bare words", "silence"],
)
def test_the_line_that_matters_is_told(said: str, reason: str) -> None:
    assert reason_in(said.splitlines()) == reason


def test_of_a_push_that_was_cut_the_words_of_ssh_are_told_and_not_the_last_advice_of_git() -> None:
    cut = PushCut(NO_HOST.splitlines(), 128)
    assert str(cut) == "ssh: Could not resolve hostname nowhere: Name or service not known"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "error: ... would lose untracked files in them:\n\tout/model\n\nAborting",
            "A folder of yours is where a file would come, out/model: move it away",
        ),
        ("fatal: transport 'ssh' not allowed", "`git config protocol.ssh.allow always`"),
        ("fatal: invalid date format: soon", "git can't read the date soon, which the variable"),
        (
            "fatal: Commit 2d93b61 does not have a GPG signature.",
            "`git config merge.verifySignatures false` here",
        ),
    ],
    ids=[
        "a folder in the way",
        "a transport that is forbidden",
        "a date that is none",
        "results that nobody signs",
    ],
)
def test_what_git_says_becomes_a_sentence_that_says_what_to_do(said: str, words: str) -> None:
    assert words in sentence_for(said)


def test_the_placeholder_of_a_mac_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "xcrun: error: invalid active developer path (/Library/Developer/CommandLineTools)"
    (tmp_path / "git").write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(CommandFailed, match="Apple's placeholder here: `xcode-select --install`"):
        open_clone(tmp_path)
    with (
        StartupQuery(tmp_path) as query,
        pytest.raises(CommandFailed, match="Apple's placeholder here: `xcode-select --install`"),
    ):
        query.read()


def test_a_lock_is_named_with_its_age_and_what_to_do(project: Project) -> None:
    project.world.commit({"a": "1"})
    lock = project.clone.git_dir / "index.lock"
    lock.touch()
    os.utime(lock, (0, time.time() - 300))
    with pytest.raises(CommandFailed, match=r"index\.lock is there since 5m.*`rm .*index\.lock`"):
        project.clone.git("add", "--all")
    lock.unlink()


def test_a_repository_of_somebody_else_is_explained() -> None:
    said = "fatal: detected dubious ownership in repository at '/srv/x y'\nTo add an exception ..."
    assert "git config --global --add safe.directory '/srv/x y'" in sentence_for(said)


def test_a_shallow_clone_is_told_how_to_submit(project: Project, tmp_path: Path) -> None:
    for number in range(3):
        project.world.commit({"schedule.sh": JOB_OF_ITS_OWN, "a": str(number)})
    shallow = tmp_path / "shallow"
    source = f"file://{project.world.clone}"
    subprocess.run(["git", "clone", "-q", "--depth=1", source, shallow], check=True)
    with open_clone(shallow) as clone:
        clone.git("remote", "add", "batch", str(project.world.repo))
        clone.set_config("remote.batch.gitbatch", str(project.world.base))
        batch = Project(project.world, clone, project.hosts).batch
        update = Update("master", clone.head().commit)
        with pytest.raises(PushRefused, match="`git fetch --unshallow`"):
            push_once(batch, update)


def test_a_hook_of_the_clone_that_refuses_is_named_with_its_words(project: Project) -> None:
    commit = project.world.commit({"schedule.sh": JOB_OF_ITS_OWN})
    hook = project.clone.git_dir / "hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'lint: 3 problems' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PushRefused, match=r"own pre-push hook \(.*\) refused: lint: 3 problems\."):
        push_once(project.batch, Update("master", commit))
    assert project.batch.tip("master") == ""


def test_a_tag_of_the_branch_s_name_is_never_meant(project: Project) -> None:
    project.world.commit({"schedule.sh": JOB_OF_ITS_OWN})
    project.world.git("tag", "master")
    project.world.commit({"a": "1"})
    assert project.clone.head().branch == "master"
    assert project.clone.current_branch().commit == project.clone.head().commit


def test_a_clone_that_checks_what_it_fetches_says_what_it_refuses(project: Project) -> None:
    evil = "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = --upload-pack=evil\\n' >.gitmodules"
    project.finish(evil)
    project.world.git("config", "transfer.fsckObjects", "true")
    words = r"refuses this: gitmodulesUrl: .*evil\. To have it .* fetch\.fsckObjects false"
    with pytest.raises(CommandFailed, match=words):
        project.batch.fetch("refs/heads/master")
    project.world.git("config", "fetch.fsckObjects", "false")
    project.batch.fetch("refs/heads/master")
