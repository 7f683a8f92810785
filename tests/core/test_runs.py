"""Lists runs: recorded, live, of several remotes, and while a server can't be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.runs import groups
from gitbatch_tui.core.runs.find import find, resolve
from gitbatch_tui.core.runs.listing import Listing, list_runs, merge
from gitbatch_tui.core.runs.record_format import runs_in
from gitbatch_tui.errors import NotABatchRemote, UnknownName, Unreachable
from gitbatch_tui.models import LiveRun, Results, Run, State
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry
    from gitbatch_tui.models import BatchRemote
    from tests.support.project import Project

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_run_is_listed_from_its_push_to_its_end(project: Project) -> None:
    number = project.begin("until test -e ../go; do sleep 0.1; done; echo 1 >out")
    wait_until(lambda: project.states() == {number: "running"})
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)
    (run,) = project.listing().runs
    assert (run.state, run.exit, run.branch) == (State.SUCCEEDED, 0, "master")
    assert (run.subject, run.origin) == ("a change", "push")
    assert run.name == f"batch#{number}"
    assert run.results is Results.WAITING
    assert run.as_of is None
    assert run.submitted
    assert run.started
    assert run.finished
    assert run.settled
    assert run.submitted <= run.started <= run.finished <= run.settled


def test_how_it_failed_and_with_which_parameters_is_known(project: Project) -> None:
    project.finish("exit 3")
    again = project.server.rerun(1, ["lr=0.1", "note=two words"])
    project.world.settled(again.run)
    run = project.run(again.run)
    assert (run.state, run.exit, run.reason) == (State.FAILED, 3, "exit status 3")
    assert (run.origin, run.options) == ("rerun 1", ("lr=0.1", "note=two words"))


def test_results_are_pulled_once_their_commit_is_in_a_branch(project: Project) -> None:
    number = project.finish("echo 1 >out")
    assert project.run(number).results is Results.WAITING
    project.world.git("fetch", "-q", "batch")
    assert project.run(number).results is Results.WAITING, "fetched is not in a branch"
    project.world.git("merge", "-q", "--ff-only", "batch/master")
    assert project.run(number).results is Results.PULLED
    project.world.git("reset", "-q", "--hard", "HEAD~1")
    project.world.git("branch", "other", "batch/master")
    assert project.run(number).results is Results.PULLED


def test_a_run_without_changes_has_no_results(project: Project) -> None:
    assert project.run(project.finish("true")).results is Results.NONE


def test_refreshing_when_nothing_changed_is_one_round_trip(project: Project) -> None:
    project.finish("true")
    project.listing()
    asked: list[JournalEntry] = []
    with Hosts(asked.append) as hosts:
        (listing,) = list_runs(project.clone, hosts, project.clone.batch_remotes())
    assert len(listing.runs) == 1
    assert len(asked) == 1


def test_the_history_is_fetched_without_touching_anything_else_of_the_clone(
    project: Project,
) -> None:
    project.finish("echo 1 >out")
    before = project.world.git("for-each-ref")
    project.listing()
    after = project.world.git("for-each-ref").replace(
        project.world.git("for-each-ref", "refs/gitbatch"), ""
    )
    assert after.strip() == before.strip()
    assert not project.world.clone.joinpath(".git/FETCH_HEAD").exists()


def test_unreachable_means_last_known_and_never_failed(project: Project) -> None:
    done = project.finish("true")
    project.again(done)
    running = project.begin("until test -e ../go; do sleep 0.1; done")
    wait_until(lambda: project.states()[running] == "running")
    before = {run.number: run.state for run in project.listing().runs}
    project.world.base.rename(project.world.root / "away")
    listing = project.listing()
    assert {run.number: run.state for run in listing.runs} == before
    assert isinstance(listing.trouble, NotABatchRemote)
    assert listing.as_of
    assert abs(listing.as_of - datetime.now(UTC)) < timedelta(minutes=1)
    assert all(run.as_of == listing.as_of for run in listing.runs)
    project.world.root.joinpath("away").rename(project.world.base)
    project.world.run(running).joinpath("go").touch()
    project.world.settled(running)


def test_one_unreachable_remote_leaves_the_others_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    project.world.git("remote", "add", "far", "ssh://nowhere.invalid/srv/far/repo.git")
    project.world.git("config", "remote.far.gitbatch", "/srv/far")
    project.finish("true")
    near, far = list_runs(project.clone, project.hosts, project.clone.batch_remotes())
    assert len(near.runs) == 1
    assert near.trouble is None
    assert far.runs == ()
    assert isinstance(far.trouble, Unreachable)


def test_a_run_is_found_offline(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    number = project.finish("exit 2")
    project.listing()
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    project.world.git("remote", "set-url", "batch", "ssh://nowhere.invalid/srv/far/repo.git")
    found = find(project.clone, project.hosts, f"{number}")
    assert (found.run.state, found.run.exit) == (State.FAILED, 2)
    assert found.run.as_of
    assert isinstance(found.trouble, Unreachable)
    with pytest.raises(UnknownName, match="as far as is known here"):
        find(project.clone, project.hosts, "99")


@pytest.mark.parametrize("name", ["batch#1", "1", "#1"])
def test_a_run_goes_by_its_number_where_there_is_one_remote(project: Project, name: str) -> None:
    remote, number = resolve(project.clone, name)
    assert (remote.name, number) == ("batch", 1)


@pytest.mark.parametrize("name", ["", "x", "batch#", "batch#0", "batch#-1", "٣", "1.5", "#"])
def test_what_is_no_run_is_refused(project: Project, name: str) -> None:
    with pytest.raises(UnknownName, match="the name of one run"):
        resolve(project.clone, name)


def test_an_unknown_run_or_remote_names_what_exists(project: Project) -> None:
    with pytest.raises(UnknownName, match="There is no run batch#7; there are none yet"):
        find(project.clone, project.hosts, "7")
    project.finish("true")
    project.listing()
    with pytest.raises(UnknownName, match="There is no run batch#7; the newest is batch#1"):
        find(project.clone, project.hosts, "7")
    with pytest.raises(UnknownName, match="no batch remote gpu here; known: batch"):
        find(project.clone, project.hosts, "gpu#7")
    project.world.git("remote", "add", "origin", "/nowhere")
    with pytest.raises(NotABatchRemote, match="origin is a remote, but no batch remote"):
        find(project.clone, project.hosts, "origin#1")


def test_a_number_alone_needs_one_remote(project: Project) -> None:
    project.world.git("remote", "add", "gpu", "/srv/x/repo.git")
    project.world.git("config", "remote.gpu.gitbatch", "/srv/x")
    with pytest.raises(UnknownName, match=r"several batch remotes: write batch#1 or gpu#1"):
        resolve(project.clone, "1")


def test_the_newest_runs_are_those_that_were_submitted_last_whatever_their_remote(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.world.git("remote", "add", "gpu", "/srv/x/repo.git")
    project.world.git("config", "remote.gpu.gitbatch", "/srv/x")
    hours = {"batch": (9, 3, 1), "gpu": (6, 2)}

    def told(_: object, __: object, remote: BatchRemote, ___: object) -> Listing:
        runs = [
            Run(remote.name, hour, State.LOST, "master", "", submitted=NOON.replace(hour=hour))
            for hour in hours[remote.name]
        ]
        return Listing(remote, tuple(runs), NOON, None)

    monkeypatch.setattr("gitbatch_tui.core.runs.listing.list_remote", told)
    newest = groups.newest_runs(project.clone, project.hosts, 4)
    assert [run.name for _, run in newest] == ["gpu#2", "batch#3", "gpu#6", "batch#9"]


def live(state: State, since: datetime, ended: str = "no", number: int = 1) -> LiveRun:
    return LiveRun(number, state, ended, "master", "c" * 40, since, None, None, "", "")


def recorded(state: State, settled: datetime | None) -> Run:
    return Run("batch", 1, state, "master", "c" * 40, submitted=NOON, settled=settled)


def test_a_record_that_is_newer_than_the_answer_wins() -> None:
    past = recorded(State.FAILED, NOON + timedelta(seconds=9))
    (run,) = merge("batch", [past], [live(State.RUNNING, NOON + timedelta(seconds=3))])
    assert run is past


def test_a_run_that_was_taken_up_again_is_live() -> None:
    past = recorded(State.LOST, NOON + timedelta(seconds=9))
    (run,) = merge("batch", [past], [live(State.RUNNING, NOON + timedelta(seconds=12))])
    assert run.state is State.RUNNING
    assert run.settled is None


def test_since_when_nothing_is_known_of_a_run_is_not_its_start() -> None:
    (run,) = merge("batch", [], [live(State.UNKNOWN, NOON + timedelta(seconds=12))])
    assert run.started is None


def test_the_order_is_that_of_the_numbers_whatever_the_clocks_say() -> None:
    past = recorded(State.SUCCEEDED, NOON + timedelta(days=1))
    runs = merge("batch", [past], [live(State.RUNNING, NOON - timedelta(days=1), number=2)])
    assert [run.number for run in runs] == [2, 1]


def test_records_of_later_versions_and_damaged_ones_do_no_harm() -> None:
    records = [
        {"Run": "2", "State": "frozen", "Time": "yesterday", "Exit": "?", "Result": "--upload"},
        {"Run": "two", "State": "failed"},
        {"nonsense": ""},
        {"Run": "2", "State": "submitted", "Subject": "a \x1b[31m\u202e", "Branch": "x"},
    ]
    (run,) = runs_in("batch", records)
    assert run.state is State.UNKNOWN
    assert "frozen" in run.reason
    assert (run.exit, run.result, run.settled) == (None, "", None)
    assert run.subject == "a <ESC>[31m<U+202E>"


def test_nothing_is_written_but_below_the_state_folder(
    project: Project, clean_environment: Path
) -> None:
    project.finish("true")
    before = {path for path in clean_environment.rglob("*") if path.is_file()}
    project.listing()
    written = {path for path in clean_environment.rglob("*") if path.is_file()} - before
    assert all(clean_environment / ".local/state/gitbatch-tui" in path.parents for path in written)


def test_a_run_that_is_not_there_names_the_newest_that_is_by_now(project: Project) -> None:
    project.finish("true")
    project.listing()
    project.again(1)
    with pytest.raises(UnknownName, match=r"no run batch#9; the newest is batch#2\."):
        project.run(9)


def test_of_a_long_history_the_newest_are_read_and_whatever_has_not_ended(project: Project) -> None:
    waiting = project.begin("until test -e ../go; do sleep 0.1; done")
    numbers = [project.finish("true") for _ in range(4)]
    with Hosts() as hosts:
        (listing,) = list_runs(project.clone, hosts, [project.remote], newest=2)
    # One more than was asked for says that there are older ones.
    assert [run.number for run in listing.runs] == [*reversed(numbers[-3:]), waiting]
    assert all(run.submitted and run.subject for run in listing.runs)
    assert listing.runs[-1].state is State.RUNNING
    project.world.run(waiting).joinpath("go").touch()
    project.world.settled(waiting)
    with Hosts() as hosts:
        (listing,) = list_runs(project.clone, hosts, [project.remote], newest=2)
    assert [run.number for run in listing.runs] == [*reversed(numbers[-3:])]
