"""The first steps of README.md and docs/plain-git.md, command by command, and the demo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitbatch_tui.core.setup import demo
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[1]


def commands(document: str, heading: str) -> list[str]:
    """The indented lines below a heading of a document, without their remarks."""
    text = (ROOT / document).read_text().partition(f"# {heading}\n")[2]
    section = re.split(r"^#+ ", text, maxsplit=1, flags=re.MULTILINE)[0]
    lines = re.findall(r"^    (.*)$", section, re.MULTILINE)
    return [re.sub(r"\s+# .*", "", line) for line in lines]


class Person:
    """Types commands in a shell, with the program on the PATH."""

    def __init__(self, home: Path) -> None:
        self.project = home / "my_project"
        self.project.mkdir()
        programs = home / "programs"
        programs.mkdir()
        program = programs / "gitbatch-tui"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gitbatch_tui "$@"\n')
        program.chmod(0o755)
        path = f"{programs}:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}

    def types(self, command: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=at or self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}"
        return done.stdout


@pytest.fixture
def person(clean_environment: Path) -> Person:
    person = Person(clean_environment)
    person.types("git init -q && git commit -q --allow-empty -m 'A project'")
    return person


def test_the_quickstart_by_our_commands(person: Person) -> None:
    first, *rest = commands("README.md", "The first day")
    assert first == "cd my_project"
    pushed = [line for line in rest if line.startswith(("gitbatch-tui", "git add"))]
    assert len(pushed) == 7
    # Between two of the lines, a person puts a command into run.sh.
    job = "sed -i 's/^exit 1$/date >results.txt/' run.sh"
    said = {
        line: person.types(f"{line} && {job}" if line == "gitbatch-tui new" else line)
        for line in pushed
    }
    assert "run 1 of master" in said["gitbatch-tui log batch#1 -f"]
    assert (person.project / "results.txt").exists()
    assert "succeeded" in person.types("gitbatch-tui runs")
    person.types("gitbatch-tui diff batch#1")
    person.types("gitbatch-tui doctor")
    person.types("gitbatch-tui remove batch --server --yes")
    assert not (Path.home() / ".batch/my_project").exists()


def test_the_quickstart_by_plain_git(person: Person) -> None:
    install, add, push, with_options, again, pull = commands(
        "docs/plain-git.md", "By plain git alone"
    )
    merge, force, *_ = commands("docs/plain-git.md", "When git refuses the push")
    person.types(install, at=ROOT)
    templates = ROOT / "examples/new"
    shutil.copy(templates / "schedule.local.sh", person.project / "schedule.sh")
    job = (templates / "run.sh").read_text().replace("\nexit 1\n", "\ndate >results.txt\n")
    (person.project / "run.sh").write_text(job)
    (person.project / "run.sh").chmod(0o755)
    person.types("git add . && git commit -q -m 'Run as a batch job'")
    person.types(add.replace("user@cluster:", f"{Path.home()}/"))
    assert "gitbatch: run=1 " in person.types(with_options)
    runs = Path.home() / ".batch/my_project/runs"
    wait_until((runs / "1/settled").exists)
    assert "option: lr=0.1" in (runs / "1/request").read_text()
    assert "branch=lr-0.1" in person.types(again)
    person.types("git commit -q --allow-empty -m 'Meanwhile'")
    with pytest.raises(AssertionError, match="rejected"):
        person.types("git push batch master")
    person.types(merge)
    assert (person.project / "results.txt").exists()
    (person.project / "run.sh").write_text("#!/bin/sh\nsleep 2\necho slow >slow.txt\n")
    assert "gitbatch: run=3 " in person.types(f"git commit -q -a -m slow && {push}")
    person.types("git commit -q --amend -m other")
    assert "gitbatch: run=4 " in person.types(force)
    wait_until((runs / "3/settled").exists)
    person.types("git fetch batch master-run3 && git merge-base --is-ancestor HEAD^ FETCH_HEAD")
    wait_until((runs / "4/settled").exists)
    person.types(pull)
    assert (person.project / "slow.txt").exists()
    (person.project / "run.sh").write_text("#!/bin/sh\necho more >more.txt\n")
    assert "gitbatch: run=5 " in person.types(f"git commit -q -a -m more && {push}")
    wait_until((runs / "5/delivered").exists)
    wait_until((runs / "5/settled").exists)
    person.types("git commit -q --allow-empty -m 'Meanwhile, too'")
    assert "gitbatch: run=6 " in person.types(force)
    assert not (person.project / "more.txt").exists()


def test_the_demo_shows_every_command_and_leaves_nothing(person: Person, tmp_path: Path) -> None:
    person.environment["TMPDIR"] = str(tmp_path)
    said = person.types("gitbatch-tui demo --headless")
    for command in ("setup batch", "submit -o", "log batch#1 -f", "pull batch#1", "diff batch#1"):
        assert f"$ gitbatch-tui {command}" in said
    assert "step 20 of 20" in said
    assert not list(tmp_path.glob("gitbatch-*"))
    assert not (Path.home() / ".local").exists()


def test_the_demo_needs_no_modes_that_an_installer_may_lose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(ROOT / "examples/local_hello", examples / "local_hello")
    for script in examples.rglob("*.sh"):
        script.chmod(0o644)
    monkeypatch.setattr(demo, "examples_dir", lambda: examples)
    project = demo.make_project(tmp_path)
    assert os.access(project / "schedule.sh", os.X_OK)
    assert os.access(project / "run.sh", os.X_OK)


def test_the_demo_can_be_kept(person: Person, tmp_path: Path) -> None:
    person.environment["TMPDIR"] = str(tmp_path)
    said = person.types("gitbatch-tui demo --keep")
    (folder,) = tmp_path.glob("gitbatch-demo-*")
    assert f"Kept in {folder}." in said
    assert (folder / "hello/results.csv").read_text().startswith("time,angle,speed\n")
    assert (folder / "hello/plot.txt").exists()


def test_a_demo_without_results_is_no_success(person: Person) -> None:
    person.environment["PATH"] = f"{person.project}:{person.environment['PATH']}"
    (person.project / "awk").write_text("#!/bin/sh\nexit 1\n")
    (person.project / "awk").chmod(0o755)
    with pytest.raises(AssertionError, match="the results of the demo didn't come home"):
        person.types("gitbatch-tui demo --headless")
