"""setup, new, remove and completion, from the outside."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from tests.support.command_line import PROGRAM, ROOT, Said, call, command, run
from tests.support.sharing import Colleague, hire, make_origin
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.project import Project

LASTING = "exec sleep 60"


def test_setup_says_every_step_with_its_command(project: Project, tmp_path: Path) -> None:
    base = tmp_path / "new base"
    said = call(project, "setup", "other", str(base))
    assert said.status == 0
    assert f"made the batch remote {base} " in said.out
    assert f"    git remote add other '{base}/repo.git'\n" in said.out
    assert "`gitbatch-tui remove other --server` undoes this" in said.out
    steps = call(project, "setup", "other", str(base), "--json").json
    assert [set(step) for step in steps] == [{"version", "words", "command", "said"}]


def test_setup_says_what_is_missing_before_the_first_submission(
    project: Project, tmp_path: Path
) -> None:
    words = ("setup", "other", str(tmp_path / "other"))
    said = call(project, *words).out
    assert "There are no commits here yet: `gitbatch-tui new` writes" in said
    assert "Then `gitbatch-tui submit other` runs" in said
    project.world.commit({"a": "1"})
    assert "There is no schedule.sh in this commit: `gitbatch-tui new`" in call(project, *words).out
    call(project, "new")
    assert "schedule.sh isn't committed yet" in call(project, *words).out
    project.world.git("add", "--chmod=+x", "schedule.sh")
    project.world.git("commit", "-qm", "x")
    assert "run.sh isn't committed yet" in call(project, *words).out
    project.world.git("add", "--chmod=+x", "run.sh")
    project.world.git("commit", "-qm", "x")
    assert "\nNow `gitbatch-tui submit other` runs" in call(project, *words).out


def test_setup_dry_run_does_nothing(project: Project, tmp_path: Path) -> None:
    said = call(project, "setup", "other", str(tmp_path / "base"), "--dry-run")
    assert "git remote add other" in said.out
    assert not (tmp_path / "base").exists()
    assert project.world.git("remote") == "batch"


def test_a_configured_site_needs_no_location(project: Project) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[site]]\nname = "here"\nbase = "~/runs"\nprofile = "# mine"\n')
    assert call(project, "setup", "here").status == 0
    name = project.world.clone.name
    assert (Path.home() / "runs" / name / "profile").read_text() == "# mine\n"
    said = call(project, "setup", "there")
    assert "Where is there to be?" in said.err
    assert "the configured sites are: here." in said.err


def test_a_configuration_with_a_mistake_is_named_and_kept(project: Project) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[[site]]\nname = 1\n")
    said = call(project, "setup", "here")
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
def test_a_hostile_location_executes_nothing(
    project: Project, tmp_path: Path, location: str
) -> None:
    said = call(project, "setup", "other", "--", location)
    assert said.status in {1, 2}
    assert said.err.startswith("gitbatch-tui: ")
    assert len(said.err.splitlines()) == 1
    assert not list(tmp_path.rglob("pwned")) + list(ROOT.glob("pwned"))
    assert project.world.git("remote") == "batch"


def test_odd_but_honest_paths_are_taken_literally(project: Project, tmp_path: Path) -> None:
    base = tmp_path / 'it\'s "a" $(touch pwned) `touch pwned` * base'
    assert call(project, "setup", "other", str(base)).status == 0
    assert (base / "repo.git").is_dir()
    assert not list(tmp_path.rglob("pwned"))


def test_no_repository_here_is_said_with_what_to_do(project: Project) -> None:
    shutil.rmtree(project.world.clone / ".git")
    for name in ("submit", "runs", "doctor", "new"):
        said = call(project, name)
        assert said.status == 1
        assert "is in no git repository: go to yours, or make one with `git init`." in said.err


def test_no_commits_and_no_schedule_sh_say_what_to_do(project: Project) -> None:
    assert "There are no commits yet: make one with" in call(project, "submit").err
    project.world.commit({"a": "1"})
    assert "`gitbatch-tui new` writes one" in call(project, "submit").err


def test_new_proposes_the_command_of_what_is_found(project: Project) -> None:
    clone = project.world.clone
    project.world.commit({"train.py": "open('out', 'w').write('1')\n", "other.ipynb": "{}"})
    (clone / "checkpoints").mkdir()
    (clone / "checkpoints/a").touch()
    said = call(project, "new", "--json").json
    assert (said["runs"], said["ignored"]) == ("train.py", ["checkpoints/"])
    assert Path(said["written"][0]).name == "schedule.sh"
    assert (clone / ".gitignore").read_text() == "checkpoints/\n"
    project.world.git("add", "--all")
    project.world.git("commit", "-qm", "x")
    assert call(project, "submit", "--wait").status == 0
    assert project.world.bare("show", "master:out") == "1"


def test_new_opens_commits_and_submits_where_a_person_agrees(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho edited >>$1.seen\nsed -i 's/^exit 1$/date >out/' $1\n")
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    project.world.commit({"README": "a project\n"})
    with Terminal(command(project, "new", "local")) as terminal:
        terminal.expect("Open run.sh in your editor?")
        terminal.type("\n")
        terminal.expect("Commit and submit it?")
        terminal.type("\n")
        terminal.expect("batch#1")
        assert terminal.end() == 0
    assert (project.world.clone / "run.sh.seen").read_text() == "edited\n"
    assert project.world.settled(1)["state"] == "succeeded"


def test_new_commits_what_run_sh_runs_and_names_the_set_up_where_there_is_none(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")
    clone = project.world.clone
    project.world.commit({"README": "a project\n"})
    project.world.git("remote", "remove", "batch")
    (clone / "main.py").write_text("print(5)\n")
    (clone / "scratch.py").write_text("print(6)\n")
    with Terminal(command(project, "new", "local")) as terminal:
        terminal.expect("Open run.sh in your editor?")
        terminal.type("\n")
        terminal.expect("To be committed: schedule.sh run.sh main.py")
        terminal.expect("Commit it?")
        terminal.type("\n")
        terminal.expect("gitbatch-tui setup batch ~/.batch/clone")
        assert terminal.end() == 0
    assert project.world.git("status", "--porcelain") == "?? scratch.py"


def test_new_says_how_to_commit_what_run_sh_runs(project: Project) -> None:
    project.world.commit({"README": "a project\n"})
    (project.world.clone / "main.R").write_text("cat(1)\n")
    line = call(project, "new").out.splitlines()[-1].strip()
    assert line.startswith("git add -- main.R && git add --chmod=+x schedule.sh run.sh && ")
    subprocess.run(["sh", "-c", line], cwd=project.world.clone, check=True, capture_output=True)
    assert project.world.git("status", "--porcelain") == ""


def test_an_unknown_scheduler_gets_the_names_once(project: Project) -> None:
    said = call(project, "new", "foo").err
    assert said.count("htcondor") == 1


def test_new_writes_what_submit_needs(project: Project) -> None:
    said = call(project, "new")
    line = said.out.splitlines()[-1].strip()
    assert line.startswith("git add --chmod=+x schedule.sh run.sh && ")
    subprocess.run(["sh", "-c", line], cwd=project.world.clone, check=True, capture_output=True)
    assert call(project, "submit", "--wait").status == 1
    assert "error: put your command here, in run.sh" in call(project, "show", "1").out
    said = call(project, "new", "slurm")
    assert (said.status, "--force" in said.err) == (1, True)
    assert call(project, "new", "slurm", "--force", "--json").json["scheduler"] == "slurm"
    kept, then, line = call(project, "new", "--force").out.splitlines()
    assert "Wrote schedule.sh for local. run.sh was here already and was kept." in kept
    assert then == "Look at them, then:"
    assert "git add --chmod=+x schedule.sh run.sh && " in line


# Undoing


def test_remove_forgets_the_remote_and_keeps_the_server(project: Project) -> None:
    said = call(project, "remove", "batch")
    assert said.out == f"Removed the remote batch; {project.world.base} stays as it is.\n"
    assert project.world.base.exists()
    assert project.world.git("remote") == ""


def test_remove_server_shows_what_is_in_it_and_needs_a_yes(project: Project) -> None:
    project.finish("echo hello")
    said = call(project, "remove", "batch", "--server")
    assert said.status == 1
    assert said.out.startswith(f"{project.world.base} on local: 1 run, ")
    assert "say --yes" in said.err
    assert project.world.base.exists()
    with Terminal(command(project, "remove", "batch", "--server")) as terminal:
        terminal.expect("for good? [y/N]")
        terminal.type("n\n")
        terminal.expect("Nothing was done.")
        assert terminal.end() == 1
    assert call(project, "remove", "batch", "--server", "--yes").status == 0
    assert not project.world.base.exists()


def test_remove_refuses_while_runs_are_active(project: Project) -> None:
    project.begin(LASTING)
    said = call(project, "remove", "batch", "--server", "--yes")
    assert "runs have not ended (1). Cancel them first." in said.err
    assert call(project, "remove", "batch", "--server", "--yes", "--force").status == 0
    assert not project.world.base.exists()


def test_a_remote_that_is_not_ours_is_never_removed(project: Project) -> None:
    project.world.git("remote", "add", "origin", "https://example.org/x.git")
    said = call(project, "remove", "origin")
    assert (said.status, "origin is a remote, but no batch remote" in said.err) == (1, True)
    assert "origin" in project.world.git("remote")


# Completion


def complete(person: Project | Colleague, *words: str) -> list[str]:
    """What bash would offer for the last of these words."""
    place = person.path if isinstance(person, Colleague) else person.world.clone
    asked = {
        "_GITBATCH_TUI_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["gitbatch-tui", "-C", str(place), *words]),
        "COMP_CWORD": str(len(words) + 2),
    }
    with patch.dict(os.environ, asked):
        said = run(PROGRAM)
    assert said.status == 0
    return [line.partition(",")[2] for line in said.out.splitlines() if line]


def test_names_are_completed_from_what_is_here(project: Project) -> None:
    project.finish("echo hello")
    project.again(1)
    project.listing()
    project.world.git("branch", "other")
    project.world.base.rename(project.world.root / "unreachable")
    assert complete(project, "submit", "b") == ["batch"]
    assert complete(project, "submit", "batch", "o") == ["other"]
    assert complete(project, "cancel", "batch#") == ["batch#2", "batch#1"]
    assert complete(project, "rerun", "2") == ["2"]
    assert complete(project, "new", "s") == ["slurm", "sge"]
    assert complete(project, "subm") == ["submit"]
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[site]]\nname = "sdil"\n')
    assert complete(project, "setup", "") == ["batch", "sdil"]


def test_what_others_have_published_is_completed_where_it_can_be_looked_at(
    project: Project,
) -> None:
    make_origin(project)
    project.finish("echo hello")
    call(project, "publish")
    colleague = hire(project)
    assert complete(colleague, "setup", "--from", "") == ["origin"]
    colleague.call("setup", "--from", "origin")
    assert complete(colleague, "runs", "o") == ["origin/batch"]
    looking = "show log diff files pull wait verify compare plot report export reproduce"
    for words in looking.split():
        assert complete(colleague, words, "origin/") == ["origin/batch#1"], words
        assert complete(colleague, words, "1") == ["1"], words
    for words in ("cancel", "rerun", "shell", "note", "get"):
        assert complete(colleague, words, "origin/") == [], words
    assert complete(colleague, "reproduce", "run.z") == ["run.z"]
    base = str(project.world.root / "mine")
    assert colleague.call("setup", "mine", base).status == 0
    assert complete(colleague, "reproduce", "--on", "") == ["mine"]
    assert complete(colleague, "show", "origin/") == ["origin/batch#1"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_a_shell(project: Project, shell: str) -> None:
    said: Said = call(project, "completion", shell)
    assert "gitbatch-tui" in said.out
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=said.out, text=True, check=True)


@pytest.mark.skipif(not shutil.which("bash"), reason="bash isn't installed")
def test_bash_gets_names_as_it_reads_them_and_goes_on_within_a_folder(
    project: Project, tmp_path: Path
) -> None:
    offers = tmp_path / "offers"
    offers.write_text(
        "#!/bin/sh\nprintf '%s\\n' 'plain,raw data/' 'plain,[ab].csv' plain,batch#7\n"
    )
    offers.chmod(0o755)
    (tmp_path / "a.csv").touch()
    script = call(project, "completion", "bash").out
    asks = (
        'compopt() { echo "compopt $1 $2"; }; COMP_WORDS=(gitbatch-tui get 7 ""); COMP_CWORD=3; '
        f"_gitbatch_tui_completion {offers}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    said = subprocess.run(
        ["bash", "-c", f"{script}\n{asks}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split("\n") == [
        *("compopt -o nospace", r"raw\ data/", r"\[ab\].csv", "batch#7", "")
    ]


def test_new_takes_a_scheduler_by_the_name_that_it_gives_itself(project: Project) -> None:
    said = call(project, "new", "Slurm", "--json").json
    assert said["scheduler"] == "slurm"
    assert "sbatch" in (project.world.clone / "schedule.sh").read_text()
