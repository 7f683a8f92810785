"""What `new` finds in a project: a command for run.sh, what that needs, lines for .gitignore."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.setup.project import Project as Found
from gitbatch_tui.core.setup.project import look_at, to_ignore
from gitbatch_tui.core.setup.templates import ignore, write_templates
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

FOUND = {
    "a program": (["train.py", "requirements.txt"], "train.py", "python3 train.py"),
    "a program in a folder": (["src/main.py"], "src/main.py", "python3 src/main.py"),
    "a project of uv": (["uv.lock", "main.py"], "main.py", "uv run python main.py"),
    "Julia": (["Project.toml", "main.jl"], "main.jl", "julia --project=. main.jl"),
    "R": (["renv.lock", "analysis.R"], "analysis.R", "Rscript analysis.R"),
    "a workflow": (["Snakefile", "main.py"], "Snakefile", "snakemake --cores"),
    "a notebook": (["my walk.ipynb"], "my walk.ipynb", "'my walk.ipynb'"),
}
NEEDS = {
    "conda": ({"environment.yml": "name: torch\n"}, "conda activate torch"),
    "pip": ({"requirements.txt": "numpy\n"}, "/bin/pip install -r requirements.txt"),
    "a package": ({"pyproject.toml": ""}, "/bin/pip install ."),
    "renv": ({"renv.lock": "{}"}, "renv::restore(prompt = FALSE)"),
    "Julia": ({"Project.toml": ""}, "Pkg.instantiate()"),
}


def write(folder: Path, names: dict[str, str]) -> None:
    for name, text in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(("names", "runs", "command"), FOUND.values(), ids=FOUND.keys())
def test_a_command_is_proposed_that_sh_reads(
    tmp_path: Path, names: list[str], runs: str, command: str
) -> None:
    write(tmp_path, dict.fromkeys(names, ""))
    project = look_at(tmp_path)
    assert project.runs == runs
    assert command in project.command
    write_templates(tmp_path, "local", project=project)
    job = (tmp_path / "run.sh").read_text()
    assert command in job
    assert "put your command" not in job
    subprocess.run(["sh", "-n", tmp_path / "run.sh"], check=True)


@pytest.mark.parametrize(("files", "line"), NEEDS.values(), ids=NEEDS.keys())
def test_what_the_job_needs_stands_in_comments(
    tmp_path: Path, files: dict[str, str], line: str
) -> None:
    write(tmp_path, files)
    write_templates(tmp_path, "local", project=look_at(tmp_path))
    lines = (tmp_path / "run.sh").read_text().splitlines()
    assert [each[0] for each in lines if line in each] == ["#"]


def test_where_nothing_is_found_the_job_fails_and_says_what_to_do(tmp_path: Path) -> None:
    write_templates(tmp_path, "local", project=look_at(tmp_path))
    done = subprocess.run([tmp_path / "run.sh"], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "error: put your command here, in run.sh\n")


REQUEST = """run: 1
subject: option: no=1
option: lr=0.1
option: N=a  b=c
option: name=it's $HOME; "b"
option: not.a.name=1
"""
PAPERMILL = '#!/bin/sh\nprintf "<%s>\\n" "$@" >>"$SEEN"\n'


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_a_notebook_gets_each_parameter_of_its_run_once(tmp_path: Path, shell: str) -> None:
    write(tmp_path, {"walk.ipynb": "{}", "bin/papermill": PAPERMILL})
    (tmp_path / "bin/papermill").chmod(0o755)
    write(tmp_path, {"run/request": REQUEST})
    job = tmp_path / "job.sh"
    job.write_text(f"set -e\n{look_at(tmp_path).command}\n")
    env = {
        "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
        "SEEN": str(tmp_path / "seen"),
        "GITBATCH_RUN_DIR": str(tmp_path / "run"),
        "GITBATCH_OPTION_lr": "0.1",
        "GITBATCH_OPTION_LR": "0.1",
    }
    subprocess.run([*shell.split(), job], env=env, check=True, cwd=tmp_path)
    seen = (tmp_path / "seen").read_text().splitlines()
    assert seen[-2:] == ["<walk.ipynb>", "<walk.ipynb>"]
    assert [tuple(seen[at : at + 3]) for at in range(1, len(seen) - 2, 3)] == [
        ("<-p>", "<lr>", "<0.1>"),
        ("<-p>", "<N>", "<a  b=c>"),
        ("<-p>", "<name>", '<it\'s $HOME; "b">'),
    ]
    # By hand, there are none.
    del env["GITBATCH_RUN_DIR"]
    subprocess.run([*shell.split(), job], env=env, check=True, cwd=tmp_path)
    lines = (tmp_path / "seen").read_text().splitlines()
    assert lines[len(seen) :] == ["<--log-output>", "<walk.ipynb>", "<walk.ipynb>"]


@pytest.mark.parametrize(
    "name", [".gitignore", "src/deep/.gitignore", "schedule.sh", "run.sub", "run.sh"]
)
def test_what_nobody_can_read_to_its_end_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(Refused, match=f"{name} is no file but a pipe"):
        look_at(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("nowhere")
    assert look_at(tmp_path) == Found()


def test_data_and_checkpoints_in_no_commit_are_proposed_for_gitignore(project: Project) -> None:
    clone = project.world.clone
    project.world.commit({"kept/data/input.csv": "1\n", ".gitignore": "*.log"})
    write(
        clone,
        dict.fromkeys(("data/a.csv", "model/wandb/x", "kept/best.ckpt", "notes.txt", "a.log"), ""),
    )
    write(clone, {"model/code.py": ""})
    project.world.git("add", "model/code.py")
    with open_clone(clone) as opened:
        lines = to_ignore(opened)
        assert sorted(lines) == ["*.ckpt", "data/", "wandb/"]
        assert ignore(opened, lines) == clone / ".gitignore"
        assert (clone / ".gitignore").read_text().splitlines() == ["*.log", *lines]
        assert to_ignore(opened) == ()
        # Somebody is at work on it: what isn't committed is theirs.
        assert ignore(opened, ["more/"]) is None


def test_a_gitignore_that_is_a_folder_is_left_alone(project: Project) -> None:
    folder = project.world.clone / ".gitignore"
    folder.mkdir()
    with open_clone(project.world.clone) as opened:
        assert ignore(opened, ["data/"]) is None
    assert list(folder.iterdir()) == []
