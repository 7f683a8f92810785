"""setup, new, remove and completion, from the outside."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import ROOT, Said, call, command
from tests.lab import lab
from tests.servers.sshd import sshd
from tests.terminal import Terminal

if TYPE_CHECKING:
    from tests.lab import Lab

__all__ = ["lab", "sshd"]

LASTING = "exec sleep 60"


def test_setup_says_every_step_with_its_command(lab: Lab, tmp_path: Path) -> None:
    base = tmp_path / "new base"
    said = call(lab, "setup", "other", str(base))
    assert said.status == 0
    assert f"made the batch remote {base} " in said.out
    assert f"    git remote add other '{base}/repo.git'\n" in said.out
    assert "`gitbatch-tui remove other --server` undoes this" in said.out
    steps = call(lab, "setup", "other", str(base), "--json").json
    assert [set(step) for step in steps] == [{"words", "command", "said"}]


def test_setup_says_what_is_missing_before_the_first_submission(lab: Lab, tmp_path: Path) -> None:
    words = ("setup", "other", str(tmp_path / "other"))
    said = call(lab, *words).out
    assert "There are no commits here yet: `gitbatch-tui new` writes" in said
    assert "Then `gitbatch-tui submit other` runs" in said
    lab.world.commit({"a": "1"})
    assert "There is no schedule.sh in this commit: `gitbatch-tui new`" in call(lab, *words).out
    call(lab, "new")
    assert "schedule.sh isn't committed yet" in call(lab, *words).out
    lab.world.git("add", "--chmod=+x", "schedule.sh")
    lab.world.git("commit", "-qm", "x")
    assert "run.sh isn't committed yet" in call(lab, *words).out
    lab.world.git("add", "--chmod=+x", "run.sh")
    lab.world.git("commit", "-qm", "x")
    assert "\nNow `gitbatch-tui submit other` runs" in call(lab, *words).out


def test_setup_dry_run_does_nothing(lab: Lab, tmp_path: Path) -> None:
    said = call(lab, "setup", "other", str(tmp_path / "base"), "--dry-run")
    assert "git remote add other" in said.out
    assert not (tmp_path / "base").exists()
    assert lab.world.git("remote") == "batch"


def test_a_configured_site_needs_no_location(lab: Lab) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[site]]\nname = "here"\nbase = "~/runs"\nprofile = "# mine"\n')
    assert call(lab, "setup", "here").status == 0
    project = lab.world.clone.name
    assert (Path.home() / "runs" / project / "profile").read_text() == "# mine\n"
    said = call(lab, "setup", "there")
    assert "Where is there to be?" in said.err
    assert "the configured sites are: here." in said.err


def test_a_configuration_with_a_mistake_is_named_and_kept(lab: Lab) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[[site]]\nname = 1\n")
    said = call(lab, "setup", "here")
    assert (said.status, said.err.startswith(f"gitbatch-tui: {config}, line 2: ")) == (1, True)
    assert config.read_text() == "[[site]]\nname = 1\n"


HOSTILE = {
    "an option as a host": "-oProxyCommand=touch pwned:x",
    "an option in a URL": "ssh://-oProxyCommand=touch%20pwned/x",
    "an option as a user": "-ltouch@host:x",
    "a command in the host": "$(touch pwned):x",
    "a newline": "/tmp/a\nb",
    "an option as a path": "host:-x",
}


@pytest.mark.parametrize("location", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_location_executes_nothing(lab: Lab, tmp_path: Path, location: str) -> None:
    said = call(lab, "setup", "other", "--", location)
    assert said.status in {1, 2}
    assert said.err.startswith("gitbatch-tui: ")
    assert len(said.err.splitlines()) == 1
    assert not list(tmp_path.rglob("pwned")) + list(ROOT.glob("pwned"))
    assert lab.world.git("remote") == "batch"


def test_odd_but_honest_paths_are_taken_literally(lab: Lab, tmp_path: Path) -> None:
    base = tmp_path / 'it\'s "a" $(touch pwned) `touch pwned` * base'
    assert call(lab, "setup", "other", str(base)).status == 0
    assert (base / "repo.git").is_dir()
    assert not list(tmp_path.rglob("pwned"))


def test_no_repository_here_is_said_with_what_to_do(lab: Lab) -> None:
    shutil.rmtree(lab.world.clone / ".git")
    for name in ("submit", "runs", "doctor", "new"):
        said = call(lab, name)
        assert said.status == 1
        assert "is in no git repository: go to yours, or make one with `git init`." in said.err


def test_no_commits_and_no_schedule_sh_say_what_to_do(lab: Lab) -> None:
    assert "There are no commits yet: make one with" in call(lab, "submit").err
    lab.world.commit({"a": "1"})
    assert "`gitbatch-tui new` writes one" in call(lab, "submit").err


def test_new_writes_what_submit_needs(lab: Lab) -> None:
    said = call(lab, "new")
    line = said.out.splitlines()[1].strip()
    assert line.startswith("git add --chmod=+x schedule.sh run.sh && ")
    subprocess.run(["sh", "-c", line], cwd=lab.world.clone, check=True, capture_output=True)
    assert call(lab, "submit", "--wait").status == 0
    said = call(lab, "new", "slurm")
    assert (said.status, "--force" in said.err) == (1, True)
    assert call(lab, "new", "slurm", "--force", "--json").json["scheduler"] == "slurm"
    kept, line = call(lab, "new", "--force").out.splitlines()
    assert "Wrote schedule.sh for local. run.sh was here already and was kept." in kept
    assert "git add --chmod=+x schedule.sh run.sh && " in line


# Undoing


def test_remove_forgets_the_remote_and_keeps_the_server(lab: Lab) -> None:
    said = call(lab, "remove", "batch")
    assert said.out == f"Removed the remote batch; {lab.world.base} stays as it is.\n"
    assert lab.world.base.exists()
    assert lab.world.git("remote") == ""


def test_remove_server_shows_what_is_in_it_and_needs_a_yes(lab: Lab) -> None:
    lab.finish("echo hello")
    said = call(lab, "remove", "batch", "--server")
    assert said.status == 1
    assert said.out.startswith(f"{lab.world.base} on local: 1 run, ")
    assert "say --yes" in said.err
    assert lab.world.base.exists()
    with Terminal(command(lab, "remove", "batch", "--server")) as terminal:
        terminal.expect("for good? [y/N]")
        terminal.type("n\n")
        terminal.expect("Nothing was done.")
        assert terminal.end() == 1
    assert call(lab, "remove", "batch", "--server", "--yes").status == 0
    assert not lab.world.base.exists()


def test_remove_refuses_while_runs_are_active(lab: Lab) -> None:
    lab.begin(LASTING)
    said = call(lab, "remove", "batch", "--server", "--yes")
    assert "runs have not ended (1). Cancel them first." in said.err
    assert call(lab, "remove", "batch", "--server", "--yes", "--force").status == 0
    assert not lab.world.base.exists()


def test_a_remote_that_is_not_ours_is_never_removed(lab: Lab) -> None:
    lab.world.git("remote", "add", "origin", "https://example.org/x.git")
    said = call(lab, "remove", "origin")
    assert (said.status, "origin is a remote, but no batch remote" in said.err) == (1, True)
    assert "origin" in lab.world.git("remote")


# Completion


def complete(lab: Lab, *words: str) -> list[str]:
    """What bash would offer for the last of these words."""
    environment = {
        **os.environ,
        "_GITBATCH_TUI_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["gitbatch-tui", "-C", str(lab.world.clone), *words]),
        "COMP_CWORD": str(len(words) + 2),
    }
    done = subprocess.run(
        command(lab)[:3], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_names_are_completed_from_what_is_here(lab: Lab) -> None:
    lab.finish("echo hello")
    lab.again(1)
    lab.listing()
    lab.world.git("branch", "other")
    lab.world.base.rename(lab.world.root / "unreachable")
    assert complete(lab, "submit", "b") == ["batch"]
    assert complete(lab, "submit", "batch", "o") == ["other"]
    assert complete(lab, "cancel", "batch#") == ["batch#2", "batch#1"]
    assert complete(lab, "rerun", "2") == ["2"]
    assert complete(lab, "new", "s") == ["slurm", "sge"]
    assert complete(lab, "subm") == ["submit"]
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[site]]\nname = "sdil"\n')
    assert complete(lab, "setup", "") == ["batch", "sdil"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_a_shell(lab: Lab, shell: str) -> None:
    said: Said = call(lab, "completion", shell)
    assert "gitbatch-tui" in said.out
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=said.out, text=True, check=True)
