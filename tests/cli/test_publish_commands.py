"""Publishing runs, and what a colleague sees of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call
from tests.support.sharing import Colleague, hire, make_origin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

JOB = 'echo "$GITBATCH_RUN is done"; echo result >out'
NO_OTHER_REFS = """\
#!/bin/sh
while read -r old new ref
do
	case "$ref" in refs/heads/*) ;; *) exit 1 ;; esac
done
"""


@pytest.fixture
def origin(project: Project) -> Path:
    return make_origin(project)


def refs(path: Path, project: Project) -> list[str]:
    return project.world.git("for-each-ref", "--format=%(refname)", at=path).split("\n")


@pytest.mark.usefixtures("origin")
def test_a_colleague_sees_the_runs_and_where_they_ran(project: Project) -> None:
    project.finish(JOB)
    said = call(project, "publish")
    assert said.status == 0, said.err
    assert "published on origin, as refs/gitbatch/batch/published" in said.out
    colleague = hire(project)
    assert colleague.call("runs").status == 1
    said = colleague.call("setup", "--from", "origin")
    assert f"origin/batch has the runs of {project.world.base}" in said.out
    assert "origin/batch#1  succeeded  master" in colleague.call("runs").out
    for name in ("1", "batch#1", "origin/batch#1"):
        shown = colleague.call("show", name)
        assert (shown.status, shown.err) == (0, "")
        assert f"  published  on origin; it ran at {project.world.base}\n" in shown.out
    (remote,) = colleague.call("runs", "--json").json["remotes"]
    assert (remote["name"], remote["trouble"], remote["published"]) == (
        "origin/batch",
        None,
        "origin",
    )


@pytest.mark.usefixtures("origin")
def test_what_was_not_published_is_told_and_never_asked_for(project: Project) -> None:
    project.finish(JOB)
    call(project, "publish")
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    how = "publishes them by `gitbatch-tui publish batch --results`."
    for words in ("log 1", "pull 1", "diff 1", "compare 1 1", "files 1", "plot 1"):
        said = colleague.call(*words.split())
        assert said.status == 1
        assert "of origin/batch#1 were not published on origin: " in said.err
        assert said.err.endswith(f"{how}\n")
    assert "`gitbatch-tui pull origin/batch#1 --files`" in colleague.call("get", "1", "out").err
    assert colleague.call("verify", "1").out.count("published") == 1
    for words in ("cancel 1", "rerun 1", "note 1 good"):
        said = colleague.call(*words.split())
        assert said.status == 1
        assert "so nothing can be asked or done there. To run something, name" in said.err
    assert "`--on REMOTE` says where" in colleague.call("reproduce", "1").err
    assert "There is no run origin/batch#7; the newest is origin/batch#1." in (
        colleague.call("show", "7").err
    )


@pytest.mark.usefixtures("origin")
def test_results_and_logs_are_published_where_that_is_asked_for(project: Project) -> None:
    project.finish(JOB)
    call(project, "publish")
    said = call(project, "publish", "--results", "--json")
    assert (said.json["new"], said.json["results"]) == (True, 1)
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    assert colleague.call("log", "1").out == "1 is done\n"
    assert "+result" in colleague.call("diff", "1").out
    said = colleague.call("verify", "1")
    assert "✔ results" in said.out


@pytest.mark.usefixtures("origin")
def test_published_results_are_pulled(project: Project) -> None:
    project.world.commit({"schedule.sh": "", "out": "before\n"})
    colleague = hire(project)
    project.finish(JOB)
    call(project, "publish", "--results")
    project.world.git("push", "-q", "origin", "HEAD^{commit}:refs/heads/master")
    colleague.git("pull", "-q")
    colleague.call("setup", "--from", "origin")
    # The colleague's own results aren't published where they would be after a pull of their own.
    colleague.git("config", "gitbatch.publish", "origin")
    said = colleague.call("pull", "1")
    assert (said.status, "published" in said.err) == (0, False), said
    assert (colleague.path / "out").read_text() == "result\n"


@pytest.mark.usefixtures("origin")
def test_what_was_published_is_forgotten_and_not_fetched_any_more(project: Project) -> None:
    project.finish(JOB)
    call(project, "publish")
    colleague = hire(project)
    colleague.git("remote", "rename", "origin", "a.b+c")
    before = colleague.git("config", "--list", "--local"), refs(colleague.path, project)
    colleague.call("setup", "--from", "a.b+c")
    assert "`gitbatch-tui remove --from a.b+c`" in colleague.call("remove", "a.b+c/batch").err
    assert colleague.call("remove", "--from", "a.b+c", "--server").status == 2
    said = colleague.call("remove", "--from", "a.b+c")
    assert said.status == 0, said.err
    assert said.out.startswith("a.b+c/batch is forgotten here.\n")
    colleague.git("fetch", "-q", "a.b+c")
    assert (colleague.git("config", "--list", "--local"), refs(colleague.path, project)) == before
    assert "Nothing that was published on a.b+c is here" in (
        colleague.call("remove", "--from", "a.b+c").err
    )
    assert call(project, "remove").status == 2


@pytest.mark.usefixtures("origin")
def test_forgetting_leaves_the_records_of_batch_remotes_alone(project: Project) -> None:
    project.finish(JOB)
    call(project, "publish")
    call(project, "setup", "--from", "origin")
    assert call(project, "remove", "--from", "origin").status == 0
    assert "batch#1" in call(project, "runs").out
    assert refs(project.world.clone, project)[:1] == ["refs/gitbatch/batch/log"]


def test_publishing_again_brings_only_what_is_new(project: Project, origin: Path) -> None:
    project.finish(JOB)
    call(project, "publish", "--results")
    tip = project.world.git("rev-parse", "refs/gitbatch/batch/published", at=origin)
    said = call(project, "publish", "--results")
    assert "origin has all of it already" in said.err
    assert project.world.git("rev-parse", "refs/gitbatch/batch/published", at=origin) == tip
    project.finish_on("more", JOB)
    call(project, "publish")
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    assert len(colleague.call("runs", "--json").json["runs"]) == 2
    # What was asked for once stays.
    assert colleague.call("log", "1").out == "1 is done\n"
    project.finish_on("most", JOB)
    call(project, "publish")
    colleague.git("fetch", "-q")
    assert len(colleague.call("runs", "--json").json["runs"]) == 3


def test_a_forge_that_takes_branches_only_gets_one(project: Project, origin: Path) -> None:
    project.world.script(origin / "hooks/pre-receive", NO_OTHER_REFS)
    project.finish(JOB)
    said = call(project, "publish")
    assert said.status == 0, said.err
    assert refs(origin, project) == ["refs/heads/gitbatch/batch"]
    project.finish_on("more", JOB)
    assert call(project, "publish").status == 0
    # A clone has all branches, and so nothing else is needed.
    assert "origin/batch#2" in hire(project).call("runs").out


def test_a_remote_that_takes_nothing_is_told_by_its_reason(project: Project, origin: Path) -> None:
    project.world.script(origin / "hooks/pre-receive", "#!/bin/sh\nexit 1\n")
    project.finish(JOB)
    said = call(project, "publish")
    assert said.status == 1
    assert "The runs could not be published on origin" in said.err
    assert "pre-receive hook declined" in said.err
    assert "no remote nowhere here" in call(project, "publish", "--to", "nowhere").err


@pytest.mark.usefixtures("origin")
def test_runs_of_another_batch_remote_are_not_mixed_in(project: Project) -> None:
    project.finish(JOB)
    tree = project.world.git("mktree")
    record = project.world.git("commit-tree", "-m", "run 1 submitted", tree)
    others = project.world.git("commit-tree", "-p", record, "-m", "Runs\n\nLocation: there", tree)
    project.world.git("push", "-q", "origin", f"{others}:refs/gitbatch/batch/published")
    said = call(project, "publish")
    assert said.status == 1
    assert "say another name by --as NAME" in said.err
    assert call(project, "publish", "--as", "second").status == 0
    assert call(project, "publish", "--as", "a/log").status == 1


@pytest.mark.usefixtures("origin")
def test_a_clone_does_not_see_its_own_runs_twice(project: Project) -> None:
    project.finish(JOB)
    call(project, "publish")
    said = call(project, "setup", "--from", "origin")
    assert "No runs of others are published on origin" in said.out
    assert len(call(project, "runs", "--json").json["runs"]) == 1


def test_pulling_publishes_where_the_clone_is_set_to(project: Project, origin: Path) -> None:
    project.world.git("config", "gitbatch.publish", "origin")
    project.world.git("config", "gitbatch.publishResults", "true")
    project.finish(JOB)
    said = call(project, "pull", "1")
    assert said.status == 0, said.err
    assert "The runs are published on origin." in said.err
    assert "logs/1" in project.world.git(
        "ls-tree", "-r", "--name-only", "refs/gitbatch/batch/published", at=origin
    )
    project.world.git("config", "gitbatch.publish", "nowhere")
    project.finish(JOB + "; echo more >>out")
    said = call(project, "pull", "2")
    assert said.status == 0
    assert "The runs were not published: There is no remote nowhere here" in said.err


@pytest.mark.usefixtures("origin")
def test_a_published_run_is_reproduced_on_a_batch_remote_of_ones_own(project: Project) -> None:
    project.finish(JOB)
    call(project, "publish", "--results")
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    base = project.world.root / "other"
    assert colleague.call("setup", "mine", str(base)).status == 0
    said = colleague.call("reproduce", "batch#1", "--on", "mine")
    assert "mine#1 reproduces origin/batch#1: the results are identical." in said.out, said
    assert said.status == 0


def forge(colleague: Colleague, message: str, *parents: str) -> None:
    """Publish by hand what `publish` would never write."""
    tree = colleague.git("mktree")
    words = [word for parent in parents for word in ("-p", parent)]
    commit = colleague.git("commit-tree", *words, "-m", message, tree)
    colleague.git("update-ref", "refs/gitbatch/origin/evil/published", commit)


@pytest.mark.usefixtures("origin")
def test_what_was_published_is_looked_at_as_hostile(project: Project) -> None:
    project.finish(JOB)
    colleague = hire(project)
    record = colleague.git(
        "commit-tree",
        *("-m", "run 1 submitted", "-m"),
        "Run: 1\nState: submitted\nBranch: --upload-pack=x\nCommit: HEAD\nSubject: \x1b[2J\u202e",
        colleague.git("mktree"),
    )
    forge(colleague, "Runs\n\nLocation: -oProxyCommand=touch${IFS}/tmp/x \x1b]0;y\x07", record)
    said = colleague.call("show", "1")
    assert said.status == 0
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    assert "Location" not in said.out
    assert colleague.call("cancel", "1").status == 1
    for message, parents in {"Runs": (record,), "Runs\n\nLocation: x": ()}.items():
        forge(colleague, message, *parents)
        assert "origin/evil" not in colleague.call("runs").out
