"""What a job computes with is captured for its record."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.scripts import schedule
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.worlds import World

RUN = '"$GITBATCH" run true'


def environment(world: World, *commands: str) -> dict[str, list[str]]:
    """As the record of a run with these commands has it."""
    number = world.submit(schedule(*commands))
    world.settled(number)
    text = world.bare("cat-file", "blob", "refs/gitbatch/log:environment")
    facts: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.partition(": ")
        facts.setdefault(key, []).append(value)
    return facts


def test_the_record_says_what_the_job_computed_with(each_shell: World) -> None:
    facts = environment(
        each_shell,
        "LOADEDMODULES=gcc/12:openmpi/4 OMP_NUM_THREADS=3",
        "export LOADEDMODULES OMP_NUM_THREADS",
        RUN,
    )
    assert facts["host"] == [each_shell.facts(1, "started")["host"]]
    assert facts["kernel"][0].startswith("Linux ")
    assert int(facts["processors"][0]) >= 1
    assert facts["module"] == ["gcc/12", "openmpi/4"]
    assert facts["variable OMP_NUM_THREADS"] == ["3"]


def test_path_is_told_without_what_every_batch_remote_has_of_its_own(each_shell: World) -> None:
    job = """'printf %s "$PATH" >path'"""
    facts = environment(each_shell, f'"$GITBATCH" spawn sh -c {job}')
    path = each_shell.bare("show", "master:path")
    ours = f"{each_shell.repo}/gitbatch/bin/"
    assert ours in path
    others = [folder for folder in path.split(":") if not folder.startswith(ours)]
    assert facts["variable PATH"] == [":".join(others)]


def test_packages_of_the_active_environment_are_listed_with_their_versions(world: World) -> None:
    site = world.base / "site"
    (site / "Some_Thing-1.2.dist-info").mkdir(parents=True)
    (site / "mine-0.1.dist-info").mkdir()
    source = {"url": "https://me:pass@example.org/mine.git"}
    (site / "mine-0.1.dist-info/direct_url.json").write_text(json.dumps(source))
    facts = environment(world, f"PYTHONPATH={site} {RUN}")
    assert facts["python version"] == [sys.version.split()[0]]
    assert "some-thing==1.2" in facts["package pip"]
    assert "mine @ https://example.org/mine.git" in facts["package pip"]


def conda(folder: Path, packages: Mapping[str, str]) -> str:
    (folder / "conda-meta").mkdir(parents=True)
    for name, url in packages.items():
        text = json.dumps({"name": name, "url": url}, indent=2)
        (folder / "conda-meta" / f"{name}.json").write_text(text)
    return f"CONDA_PREFIX={folder}"


def test_conda_is_read_as_its_explicit_list_without_logins(world: World) -> None:
    packages = {
        "numpy": "https://conda.example.org/main/linux-64/numpy-2.3-py311_0.conda",
        "own": "https://conda.example.org/t/to-12345/mine/noarch/own-1-0.conda",
    }
    facts = environment(world, f"{conda(world.base / 'conda', packages)} {RUN}")
    assert facts["package conda"] == [
        "https://conda.example.org/main/linux-64/numpy-2.3-py311_0.conda",
        "https://conda.example.org/mine/noarch/own-1-0.conda",
    ]


@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "MY_TOKEN", "DB_PASSWORD", "a;id"])
def test_a_variable_that_may_be_a_secret_is_never_captured(world: World, name: str) -> None:
    world.bare("config", "gitbatch.captureVariables", f"{name} SEED")
    facts = environment(world, f"env {name}=hidden SEED=7 {RUN}".replace("a;id", "a"))
    assert facts["variable SEED"] == ["7"]
    assert not any("hidden" in value for values in facts.values() for value in values)


def test_a_job_may_keep_the_environment_that_it_has_activated(world: World) -> None:
    activated = 'OMP_NUM_THREADS=5; export OMP_NUM_THREADS; "$GITBATCH" environment --keep'
    number = world.submit(
        {**schedule('"$GITBATCH" run ./run.sh'), "run.sh": f"#!/bin/sh\n{activated}\n"}
    )
    world.settled(number)
    kept = (world.run(number) / "environment").read_text()
    assert "variable OMP_NUM_THREADS: 5\n" in kept


def test_who_settles_a_short_run_waits_for_what_its_wrapper_still_asks(world: World) -> None:
    # It never answers, so that the wrapper gives it up after two seconds.
    python = world.base / "bin/python3"
    world.script(python, "#!/bin/sh\nexec sleep 60\n")
    world.env["PATH"] = f"{python.parent}:{world.env['PATH']}"
    number = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\n"})
    wait_until(lambda: world.facts(number, "finished"), what="the job's end")
    world.gitbatch("status")
    world.settled(number)
    record = world.bare("cat-file", "blob", "refs/gitbatch/log:environment")
    assert f"python: {python}" in record
