"""Publishing runs, and what a colleague sees of them."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import at_once, call, command
from tests.support.sharing import Colleague, hire, make_origin
from tests.support.waiting import wait_until

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
    said = colleague.call("report", "1")
    assert said.status == 0
    assert "Not on the page: The log of origin/batch#1: not published on origin." in said.err
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
def test_a_log_that_is_empty_is_published_as_such(project: Project) -> None:
    project.finish("echo 1 >result")
    call(project, "publish", "--results")
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    said = colleague.call("log", "1")
    assert (said.status, said.out) == (0, "")
    assert said.err == "There is nothing in log of origin/batch#1.\n"
    assert "The log of" not in colleague.call("report", "1").err


@pytest.mark.usefixtures("origin")
def test_a_name_that_git_takes_for_none_is_refused_before_anything_is_asked(
    project: Project,
) -> None:
    project.finish(JOB)
    for name in ("a b", "x..y", "x.lock", "a//b", "log"):
        said = call(project, "publish", f"--as={name}")
        assert said.status == 1
        assert f"Runs can't be published as {name}: say another name by --as." in said.err


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
    # One of a name that is never shown goes, too.
    colleague.git("update-ref", "refs/gitbatch/a.b+c/x;y/published", "HEAD")
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


FASTER = """\
#!/bin/sh
unset GIT_QUARANTINE_PATH
test -e once || {{ >once && git update-ref {ref} {commit}; }}
"""


@pytest.mark.parametrize("first", [True, False], ids=["the first one", "one more"])
def test_whoever_is_a_moment_later_publishes_on_top_of_the_other(
    project: Project, origin: Path, *, first: bool
) -> None:
    world, ref = project.world, "refs/gitbatch/batch/published"
    project.finish(JOB)
    if not first:
        assert call(project, "publish").status == 0
        project.finish_on("more", JOB)
    # What another clone of the same batch remote publishes while this push is under way.
    theirs = world.root / "theirs"
    world.git("clone", "-q", "--origin", "batch", str(world.repo), str(theirs))
    world.git("config", "remote.batch.gitbatch", str(world.base), at=theirs)
    world.git("remote", "add", "origin", str(origin), at=theirs)
    them = Colleague(project, theirs)
    assert them.call("publish", "--results", "--as", "draft").status == 0
    draft = world.git("rev-parse", "refs/gitbatch/draft/published", at=origin)
    world.script(origin / "hooks/pre-receive", FASTER.format(ref=ref, commit=draft))
    said = call(project, "publish", "--results")
    assert said.status == 0, said.err
    assert "refs/heads/gitbatch/batch" not in refs(origin, project)
    tip = world.git("rev-parse", ref, at=origin)
    assert draft in world.git("rev-list", tip, at=origin) or tip == draft


def test_many_publish_at_once_and_nothing_is_lost(project: Project, origin: Path) -> None:
    world = project.world
    project.finish(JOB)
    lines = []
    for number in range(4):
        path = world.root / f"clone{number}"
        world.git("clone", "-q", "--origin", "batch", str(world.repo), str(path))
        world.git("config", "remote.batch.gitbatch", str(world.base), at=path)
        world.git("remote", "add", "origin", str(origin), at=path)
        words = ["publish", *(["--results"] if number % 2 else [])]
        lines.append([sys.executable, "-m", "gitbatch_tui", "-C", str(path), *words])
    answers = at_once(lines)
    assert {said.status for said in answers} <= {0, 1}, answers
    assert any(said.status == 0 for said in answers)
    assert all("try it again" in said.err for said in answers if said.status)
    assert refs(origin, project) == ["refs/gitbatch/batch/published"]
    assert call(project, "publish", "--results").status == 0
    assert "logs/1" in world.git(
        "ls-tree", "-r", "--name-only", refs(origin, project)[0], at=origin
    )


def test_what_was_deleted_on_the_remote_is_published_anew(project: Project, origin: Path) -> None:
    ref = "refs/gitbatch/batch/published"
    project.finish(JOB)
    call(project, "publish", "--results")
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    project.world.git("update-ref", "-d", ref, at=origin)
    # What a colleague has stays, and fetching is no trouble.
    colleague.git("fetch", "-q")
    assert "origin/batch#1" in colleague.call("runs").out
    said = call(project, "publish", "--json")
    assert (said.json["new"], said.json["results"]) == (True, 0)
    colleague.git("fetch", "-q")
    assert "were not published" in colleague.call("log", "1").err
    colleague.git("update-ref", "-d", "refs/gitbatch/origin/batch/published")
    assert colleague.call("runs").status == 1
    assert colleague.call("setup", "--from", "origin").status == 0
    assert "origin/batch#1" in colleague.call("runs").out


SLOW = """\
#!/bin/sh
>begun
until test -e goes-on
do
	sleep 0.05
done
"""


def test_a_publication_that_is_interrupted_is_there_whole_or_not_at_all(
    project: Project, origin: Path
) -> None:
    project.finish(JOB)
    project.world.script(origin / "hooks/pre-receive", SLOW)
    line = command(project, "publish", "--results")
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as publishing:
        wait_until((origin / "begun").exists, 20, "the push")
        publishing.send_signal(signal.SIGINT)
        _, err = publishing.communicate(timeout=20)
    assert publishing.returncode != 0, err
    assert b"Traceback" not in err
    (origin / "goes-on").touch()
    (origin / "hooks/pre-receive").unlink()
    said = call(project, "publish", "--results")
    assert said.status == 0, said.err
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    assert colleague.call("log", "1").out == "1 is done\n"


def test_a_remote_that_takes_nothing_is_told_by_its_reason(project: Project, origin: Path) -> None:
    hook = "#!/bin/sh\nprintf 'No space left on device,\\nask \\033[1mAnna\\n' >&2\nexit 1\n"
    project.world.script(origin / "hooks/pre-receive", hook)
    project.finish(JOB)
    said = call(project, "publish")
    assert said.status == 1
    assert "The runs could not be published on origin" in said.err
    assert "(pre-receive hook declined). It says: No space left on device, ask " in said.err
    assert "\x1b" not in said.err
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
    for name in ("a/log", "a;b", "$(b)", "a b"):
        said = call(project, "publish", "--as", name)
        assert said.status == 1
        assert "say another name by --as" in said.err


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


@pytest.mark.usefixtures("origin")
def test_of_two_histories_somebody_has_to_say_which(project: Project) -> None:
    project.finish(JOB)
    for name in ("first", "second"):
        assert call(project, "publish", "--as", name).status == 0
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    for words in (("show", "1"), ("runs", "third")):
        said = colleague.call(*words)
        assert said.status == 1
        assert "several histories of runs: name one of origin/first, origin/second." in said.err
    assert colleague.call("show", "second#1").out.startswith("origin/second#1 ")


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
    command = colleague.git("rev-parse", "refs/gitbatch/origin/evil/published")
    colleague.git("update-ref", "refs/gitbatch/origin/x;reboot/published", command)
    colleague.git("update-ref", "refs/remotes/origin/gitbatch/$(reboot)", command)
    assert "reboot" not in colleague.call("runs").out
    for message, parents in {"Runs": (record,), "Runs\n\nLocation: x": ()}.items():
        forge(colleague, message, *parents)
        assert "origin/evil" not in colleague.call("runs").out
