"""Exporting runs as crates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call
from tests.support.crates import objections, read_crate
from tests.support.sharing import Colleague, hire, make_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.project import Project

VALIDATE = Path(__file__).parents[1] / "validator" / "validate.py"
# Read here: a test itself sees nothing of the caller's settings.
VALIDATOR = os.environ.get("GITBATCH_TEST_VALIDATOR", str(VALIDATE.parents[2] / ".venv-validator"))
CITATION = """\
cff-version: 1.2.0
title: "Waves: <b>deep</b>"
version: 2.1 # of the code
license: MIT
doi: 10.5281/zenodo.1
authors:
  - family-names: Doe
    given-names: 'Jane'
    orcid: https://orcid.org/0000-0002-1825-0097
  - name: The Wave Group
"""
JOB = "echo seen; mkdir out; echo 1 >'out/a ü.txt'; rm old; echo '{\"loss\": 0.5}' >metrics.json"


def entities(metadata: Mapping[str, object]) -> dict[str, dict[str, object]]:
    graph = metadata["@graph"]
    assert isinstance(graph, list)
    return {entity["@id"]: entity for entity in graph}


def validator() -> str:
    """A Python that has roc-validator, which can't share an environment with the screen."""
    python = shutil.which(f"{VALIDATOR}/bin/python")
    if python is None:
        pytest.skip(f"roc-validator isn't in {VALIDATOR}: `sh tests/venv` installs it")
    return python


def test_a_crate_holds_all_of_a_run_and_is_valid(project: Project) -> None:
    number = project.finish(JOB, old="gone soon\n", CITATION__cff=CITATION)
    assert call(project, "note", "1", "the <b>best</b>").status == 0
    assert call(project, "tag", "1", "good").status == 0
    said = call(
        project, "export", str(number), "--to", str(project.world.root / "run.zip"), "--json"
    )
    assert said.status == 0, said.err
    metadata, files = read_crate(project.world.root / "run.zip")
    assert objections(metadata, set(files)) == []
    run = project.run(number)
    code = f"code/{run.commit[:12]}"
    assert files[f"{code}/CITATION.cff"].decode() == CITATION
    assert files["runs/batch-1/results/out/a ü.txt"] == b"1\n"
    assert files["runs/batch-1/log.txt"] == b"seen\n"
    assert b"kernel: Linux" in files["runs/batch-1/environment.txt"]
    facts = json.loads(files["gitbatch.json"])
    assert facts["version"] == 1
    assert facts["runs"][0]["removed"] == ["old"]
    found = entities(metadata)
    root, action = found["./"], found["#run-batch%231"]
    assert root["name"] == "Waves: <b>deep</b>: batch#1"
    assert root["version"] == "2.1"
    assert root["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert root["identifier"] == "https://doi.org/10.5281/zenodo.1"
    people = [found[each["@id"]]["name"] for each in root["author"]]  # type: ignore[attr-defined]  # it is JSON
    assert people == ["Jane Doe", "The Wave Group"]
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert {"@id": "#note-batch%231"} in action["subjectOf"]  # type: ignore[operator]  # it is JSON
    note = found["#note-batch%231"]
    assert (note["text"], note["keywords"]) == ("the <b>best</b>", "good")
    assert b"the &lt;b&gt;best&lt;/b&gt;" in files["ro-crate-preview.html"]
    assert action["instrument"] == {"@id": f"{code}/schedule.sh"}
    assert b"Waves: &lt;b&gt;deep&lt;/b&gt;" in files["ro-crate-preview.html"]


def test_the_fields_own_validator_finds_nothing_to_object_to(project: Project) -> None:
    python = validator()
    project.finish(f"{JOB}; exit 3", old="gone soon\n", CITATION__cff=CITATION)
    assert call(project, "tag", "1", "bad").status == 0
    target = project.world.root / "run.zip"
    assert call(project, "export", "1", "--to", str(target)).status == 0
    done = subprocess.run(
        [python, VALIDATE, target], capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_several_runs_are_one_crate_and_share_their_code(project: Project) -> None:
    project.finish("echo $GITBATCH_RUN >out; exit $((GITBATCH_RUN - 1))")
    project.again(1)
    folder = project.world.root / "runs"
    said = call(project, "export", "1", "2", "--to", str(folder))
    assert said.status == 0, said.err
    assert [path.name for path in (folder / "code").iterdir()] == [project.run(1).commit[:12]]
    assert [(folder / f"runs/batch-{n}/results/out").read_text() for n in (1, 2)] == ["1\n", "2\n"]
    metadata = json.loads((folder / "ro-crate-metadata.json").read_text())
    names = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert objections(metadata, names) == []
    found = entities(metadata)
    assert found["#run-batch%232"]["error"] == "exit status 1"
    said = call(project, "export", "1-2", "2", "--to", str(project.world.root / "again"))
    assert "batch#1, batch#2, " in said.out
    said = call(project, "export", "1", "--to", str(folder))
    assert said.status == 1
    assert "is there already: say another place by --to." in said.err


def test_what_cannot_be_had_is_named_in_the_crate(project: Project) -> None:
    data = project.world.root / "data"
    data.mkdir()
    project.world.call("ln", "-s", str(data), str(project.world.clone / "data"))
    project.finish("echo 1 >out")
    make_origin(project)
    assert call(project, "publish").status == 0
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    target = project.world.root / "run.zip"
    said = colleague.call("export", "1", "--to", str(target))
    assert said.status == 0, said.err
    metadata, files = read_crate(target)
    assert objections(metadata, set(files)) == []
    assert not any(name.endswith("out") for name in files)
    for words in ("the log of origin/batch#1", "the results of origin/batch#1", "the data data"):
        assert f"  not in it: {words}" in said.err
        assert words in str(entities(metadata)["./"]["description"])
        assert words in files["ro-crate-preview.html"].decode()


def test_a_server_that_cannot_be_reached_is_not_asked_for_one_run_after_the_other(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.finish("echo $GITBATCH_RUN >out")
    for _ in range(2):
        project.again(1)
    assert call(project, "compare", "1-3").status == 0
    asked = project.world.root / "asked"
    ssh = project.world.root / "ssh"
    project.world.script(ssh, f"#!/bin/sh\necho >>'{asked}'\necho 'timed out' >&2\nexit 255\n")
    monkeypatch.setenv("GITBATCH_SSH", str(ssh))
    project.move_behind("cluster")
    target = str(project.world.root / "x.zip")
    for words in (("export", "1", "2", "3", "--to", target), ("compare", "1", "2", "3")):
        asked.write_text("")
        said = call(project, *words)
        assert said.status == 0, said.err
        assert 0 < len(asked.read_text().splitlines()) <= 2, words
    _, files = read_crate(Path(target))
    assert files["runs/batch-3/results/out"] == b"3\n"
    assert "the log of batch#3: cluster " in files["ro-crate-preview.html"].decode()


def test_whoever_lacks_the_library_is_told_how_to_get_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.finish("echo 1 >out")
    hidden = project.world.root / "hidden/rocrate.py"
    project.world.script(hidden, "raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(hidden.parent))
    said = call(project, "export", "1")
    assert said.status == 1
    assert f"`{sys.executable} -m pip install rocrate` adds it" in said.err
    assert list(project.world.clone.glob("*.zip")) == []


def test_a_run_that_goes_on_is_not_exported(project: Project) -> None:
    number = project.begin("while test ! -e ../go; do sleep 0.1; done")
    said = call(project, "export", str(number))
    (project.world.run(number) / "go").touch()
    project.world.settled(number)
    assert said.status == 1
    assert "it can be exported when it has ended" in said.err
    assert list(project.world.clone.glob("*.zip")) == []


def test_an_exported_run_is_reproduced_in_another_project(project: Project) -> None:
    project.finish("echo $GITBATCH_OPTION_lr >out; rm old; ln -s out link", old="gone soon\n")
    target = project.world.root / "run (1).zip"
    assert call(project, "export", "1", "--to", str(target)).status == 0
    place = project.world.root / "elsewhere"
    project.world.git("init", "-q", str(place), at=project.world.root)
    stranger = Colleague(project, place)
    assert "There is no batch remote here yet" in stranger.call("reproduce", str(target)).err
    assert stranger.call("setup", "mine", str(project.world.root / "mine")).status == 0
    said = stranger.call("reproduce", str(target), "--on", "mine")
    assert "mine#1 reproduces run (1).zip/batch#1: the results are identical." in said.out, said
    assert said.status == 0
    assert [path.name for path in place.iterdir()] == [".git"]


def test_what_a_report_lacks_is_told_where_it_was_asked_for(
    project: Project, tmp_path: Path
) -> None:
    project.finish("echo seen; exit 3")
    assert call(project, "runs").status == 0
    project.world.base.rename(project.world.root / "elsewhere")
    target = tmp_path / "report.html"
    said = call(project, "report", "batch#1", "-o", str(target))
    assert (said.status, said.out.split(":")[0]) == (0, str(target))
    assert "Not on the page: The log of batch#1: " in said.err
    (missing,) = call(project, "report", "batch#1", "-o", str(target), "--json").json["missing"]
    assert missing.startswith("The log of batch#1: ")
