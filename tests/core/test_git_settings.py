"""What a person, a site or a caller has set for git changes nothing of what is read and written."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.core.watch.overview import look
from tests.support.command_line import call
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.project import Project

SUBJECT = "Größe ändern: 5 €"
AUTHOR = "Ådä Lövelace"

SETTINGS = {
    "encodings": {"i18n.logOutputEncoding": "latin1", "i18n.commitEncoding": "latin1"},
    "signatures": {"log.showSignature": "true"},
    "colours": {"color.ui": "always", "color.diff": "always", "color.status": "always"},
    "forms of logs": {"format.pretty": "fuller", "log.date": "raw", "log.decorate": "full"},
    "forms of diffs": {
        "diff.external": "false",
        "diff.noprefix": "true",
        "diff.relative": "true",
        "diff.context": "0",
    },
    "forms of status": {"status.short": "true", "status.branch": "true", "column.ui": "always"},
    "names": {"core.quotePath": "true", "core.pager": "false", "core.abbrev": "40"},
}
VARIABLES = {
    "a repository": {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "/nowhere"},
    "a namespace": {"GIT_NAMESPACE": "elsewhere", "GIT_LITERAL_PATHSPECS": "1"},
    "traces": {"GIT_TRACE": "1", "GIT_TRACE_SETUP": "2", "GIT_TRACE2": "1"},
    "diffs": {"GIT_EXTERNAL_DIFF": "false", "GIT_DIFF_OPTS": "-u0", "GIT_PAGER": "false"},
    "protocols": {"GIT_PROTOCOL_FROM_USER": "0", "GIT_QUARANTINE_PATH": "/nowhere"},
    "settings": {"GIT_CONFIG_PARAMETERS": "'color.ui'='always' 'log.showSignature'='true'"},
}


def check_a_run(project: Project) -> None:
    """A run whose subject, author and file need UTF-8 comes home with all of them."""
    submitted = call(project, "submit", "--wait")
    assert submitted.status == 0, submitted.err
    (run,) = call(project, "runs", "--json").json["runs"]
    assert (run["subject"], run["state"], run["results"]) == (SUBJECT, "succeeded", "waiting")
    (first,) = look(project.world.clone).runs["batch"]
    assert first.subject == SUBJECT
    assert call(project, "pull", "1").status == 0
    written = (project.world.clone / "ü").read_text()
    head = subprocess.check_output(
        ["git", "cat-file", "commit", "HEAD"], cwd=project.world.clone, env=clean_environment()
    ).decode()
    assert (written, head.split("\n")[2].split(" <")[0]) == ("1\n2\n", f"author {AUTHOR}")
    patch = call(project, "diff", "1").out
    assert "\n2" in patch.replace("+", "")
    assert project.world.call("git", "apply", "-R", "--check", stdin=patch).output == ""


@pytest.fixture
def prepared(project: Project) -> Project:
    """A commit whose job changes a file."""
    world = project.world
    world.git("config", "user.name", AUTHOR)
    world.write({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho 2 >>ü\n", "ü": "1\n"})
    world.git("add", "--all")
    world.git("commit", "-q", "-m", SUBJECT)
    return project


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=list(SETTINGS))
def test_settings_of_both_accounts_change_nothing(
    prepared: Project, settings: Mapping[str, str]
) -> None:
    for key, value in settings.items():
        prepared.world.git("config", "--global", key, value)
    check_a_run(prepared)


@pytest.mark.parametrize("variables", VARIABLES.values(), ids=list(VARIABLES))
def test_variables_of_the_caller_change_nothing(
    prepared: Project, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    check_a_run(prepared)


def test_a_trace_that_goes_to_a_file_still_goes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_TRACE_SETUP", "1")
    assert "GIT_TRACE" in clean_environment()
    assert "GIT_TRACE_SETUP" not in clean_environment()


def test_a_batch_remote_is_made_amid_traces(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("GIT_TEMPLATE_DIR", "/nowhere")
    answer = project.world.call(
        "sh", project.world.hooks() / "install", project.world.root / "other", env=os.environ
    )
    assert (answer.status, answer.lines[0][:21]) == (0, "made the batch remote")
