"""Verifying runs: what is green, what turns red, and what can't be told."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.freezing import FreezeClient
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.runs import record_files
from gitbatch_tui.core.server import environment
from gitbatch_tui.core.server.verification_report import read_verification_report
from gitbatch_tui.core.verify.check import Colour
from gitbatch_tui.core.verify.verify import verify
from gitbatch_tui.errors import Refused, UnknownName, Unreachable
from gitbatch_tui.models import Badge

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry
    from gitbatch_tui.core.verify.check import Check
    from tests.support.project import Project

PYTHON = "#!/bin/sh\necho python version: 1.0\n"
ALL = ("results", "record", "run tree", "environment", "data")


@pytest.fixture(autouse=True)
def python(project: Project) -> Path:
    """The Python of every job: one that answers at once, however busy the machine is."""
    path = project.world.root / "bin/python3"
    project.world.script(path, PYTHON)
    project.world.env["PATH"] = f"{path.parent}:{project.world.env['PATH']}"
    return path


def checks(project: Project, number: int = 1) -> dict[str, Check]:
    return {check.name: check for check in verify(project.batch, number).checks}


def colours(project: Project, number: int = 1) -> dict[str, str]:
    return {name: str(check.colour) for name, check in checks(project, number).items()}


def badges(project: Project, number: int = 1) -> list[Badge]:
    return [finding.badge for finding in project.run(number).findings]


def test_a_run_that_nobody_touched_is_green_and_recorded_once(project: Project) -> None:
    project.finish("echo 1 >out")
    assert colours(project) == dict.fromkeys(ALL, "green")
    assert verify(project.batch, 1).holds
    assert badges(project) == [Badge.VERIFIED]
    assert project.world.gitbatch("check").output == "ok\n"
    assert project.states() == {1: "succeeded"}


def test_the_server_is_asked_once_where_nothing_is_new(project: Project) -> None:
    project.finish("echo 1 >out")
    assert verify(project.batch, 1).holds
    project.run(1)  # brings the record of that
    asked: list[JournalEntry] = []
    with Hosts(asked.append) as hosts:
        assert verify(replace(project.batch, hosts=hosts), 1).holds
    assert len(asked) == 1


def test_a_file_that_was_changed_in_the_run_tree_is_named_and_the_badge_withdrawn(
    project: Project,
) -> None:
    number = project.finish("echo 1 >out", data="1\n")
    assert colours(project)["run tree"] == "green"
    data = project.world.run(number) / "tree/data"
    times = data.stat()
    data.write_text("2\n")
    # Of the same size and age: only who reads it sees the difference.
    os.utime(data, ns=(times.st_atime_ns, times.st_mtime_ns))
    tree = checks(project)["run tree"]
    assert (tree.colour, tree.words) == ("red", "Files of it were changed since: data.")
    assert badges(project) == [Badge.UNVERIFIED, Badge.VERIFIED]
    assert project.run(1).badge is Badge.UNVERIFIED


def test_of_a_pruned_run_the_rest_is_verified(project: Project) -> None:
    project.finish("echo 1 >out")
    assert project.server.prune(dry_run=False).removed
    assert colours(project) == {**dict.fromkeys(ALL, "green"), "run tree": "unknown"}
    assert not verify(project.batch, 1).holds
    assert badges(project) == []


def test_what_the_job_did_to_its_own_input_is_told(project: Project) -> None:
    project.finish("echo 2 >data", data="1\n")
    assert checks(project)["results"].words.endswith(", and changed what it began with: data.")


def test_a_run_without_results_is_verified_by_its_commit(project: Project) -> None:
    project.finish("true")
    check = checks(project)["results"]
    assert check.colour == "green"
    assert "There are none" in check.words


def test_another_python_is_red_and_named(project: Project, python: Path) -> None:
    project.finish("true")
    assert colours(project)["environment"] == "green"
    project.world.script(python, PYTHON.replace("1.0", "2.0"))
    check = checks(project)["environment"]
    assert check.colour == "red"
    assert "python version 1.0 → 2.0" in check.words


@pytest.mark.parametrize(
    ("then", "colour", "words"),
    [
        ("kernel: old", "green", "But for the machine: kernel old → "),
        ("host: node7\nkernel: old\nsystem: old", "green", "It ran on node7; "),
        ("host: node7\nR: R 4.4", "red", "It is another one now: R R 4.4 → nothing."),
        ("variable TZ: CET\nmodule: gcc/12", "green", "The same software is there."),
    ],
    ids=["kernel", "node", "software", "job"],
)
def test_of_another_machine_it_is_only_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, then: str, colour: str, words: str
) -> None:
    project.finish("true")
    known = record_files.environment_of(project.clone, project.run(1))
    assert known
    changed = dict(known.facts) | dict(environment.parse(then).facts)
    computed = environment.Environment(changed)
    monkeypatch.setattr(record_files, "environment_of", lambda *_: computed)
    check = checks(project)["environment"]
    assert check.colour == colour
    assert words in check.words


def test_an_interpreter_that_does_not_answer_is_unknown_and_one_that_is_gone_is_red(
    project: Project, python: Path
) -> None:
    other = project.world.root / "bin/R"
    project.world.script(other, "#!/bin/sh\necho R version 4.4\n")
    project.finish("true")
    assert colours(project)["environment"] == "green"
    project.world.script(other, "#!/bin/sh\nexit 124\n")
    check = checks(project)["environment"]
    assert (check.colour, check.words) == ("unknown", "Not everything said in time what it is: R.")
    project.world.script(python, PYTHON.replace("1.0", "2.0"))
    assert colours(project)["environment"] == "red", "what is known to differ does"
    project.world.script(python, PYTHON)
    other.unlink()
    assert colours(project)["environment"] == "red"


def test_an_interpreter_that_was_too_slow_when_the_job_ran_proves_nothing(
    project: Project, python: Path
) -> None:
    other = project.world.root / "bin/R"
    project.world.script(other, "#!/bin/sh\nexit 124\n")
    project.finish("true")
    assert python.exists()
    project.world.script(other, "#!/bin/sh\necho R version 4.4\n")
    assert colours(project)["environment"] == "unknown"


def test_a_python_that_does_not_answer_proves_nothing(project: Project, python: Path) -> None:
    project.finish("true")
    project.world.script(python, "#!/bin/sh\nexit 1\n")
    assert colours(project)["environment"] == "unknown"


def test_a_history_that_was_rewritten_is_red(project: Project) -> None:
    project.finish("echo 1 >out")
    assert colours(project)["record"] == "green"
    log = project.world.bare("rev-parse", "refs/gitbatch/log")
    begun = project.world.bare("rev-parse", f"{log}~2")
    record = project.world.bare("log", "-1", "--format=%B", f"{log}~1")
    tree = project.world.bare("rev-parse", f"{log}^{{tree}}")
    other = project.world.bare(
        "commit-tree", "-p", begun, "-m", record.replace("Exit: 0", ""), tree
    )
    project.world.bare("update-ref", "refs/gitbatch/log", other)
    check = checks(project)["record"]
    assert check.colour == "red"
    assert "rewritten" in check.words


def test_a_record_that_names_another_tree_is_red(project: Project) -> None:
    project.finish("echo 1 >out")
    log = project.world.bare("rev-parse", "refs/gitbatch/log")
    tree = project.world.bare("rev-parse", f"{log}^{{tree}}")
    text = project.world.bare("log", "-1", "--format=%B", f"{log}~1")
    right = next(line for line in text.split("\n") if line.startswith("Tree: "))
    first = project.world.bare("rev-parse", f"{log}~2")
    forged = text.replace(right, f"Tree: {'1' * 40}")
    forged = project.world.bare("commit-tree", "-p", first, "-m", forged, tree)
    end = project.world.bare("log", "-1", "--format=%B", log)
    project.world.bare(
        "update-ref",
        "refs/gitbatch/log",
        project.world.bare("commit-tree", "-p", forged, "-m", end, tree),
    )
    check = checks(project)["record"]
    assert check.colour == "red"
    assert "names the tree 1111111" in check.words


def test_without_the_server_the_clone_tells_what_it_can(project: Project) -> None:
    project.finish("echo 1 >out")
    assert verify(project.batch, 1).holds
    shutil.rmtree(project.world.base)
    assert colours(project) == {
        **dict.fromkeys(ALL, "unknown"),
        "results": "green",
        "data": "green",
    }


def test_results_that_are_gone_over_there_are_red(project: Project) -> None:
    number = project.finish("echo 1 >out")
    result = project.world.facts(number)["result"]
    project.world.bare("update-ref", "refs/heads/master", f"{result}^")
    keep = project.world.bare("rev-list", "--max-parents=0", "refs/gitbatch/keep").split()[0]
    project.world.bare("update-ref", "refs/gitbatch/keep", keep)
    check = checks(project)["results"]
    assert (check.colour, "not kept" in check.words) == ("red", True)


@pytest.fixture
def frozen(project: Project) -> Path:
    """Data that a run reads through the link `data`, in its archive."""
    data = project.world.root / "data"
    data.mkdir()
    (data / "iris.csv").write_text("x\n1\n")
    FreezeClient(LocalHost()).freeze(str(data))
    (project.world.clone / "data").symlink_to(data)
    return data.resolve()


@pytest.mark.usefixtures("frozen")
def test_frozen_data_still_has_its_hash(project: Project) -> None:
    project.finish("cp data/iris.csv out")
    assert checks(project)["data"].words == "The hash of what it read is as it was."
    assert verify(project.batch, 1).holds
    assert not verify(project.batch, 1, with_data=False).holds
    assert badges(project) == [Badge.VERIFIED]


def test_frozen_data_that_was_altered_is_named_by_file(project: Project, frozen: Path) -> None:
    project.finish("cp data/iris.csv out")
    file = frozen / "iris.csv"
    frozen.chmod(0o755)
    file.chmod(0o644)
    file.write_text("x\n2\n")
    check = checks(project)["data"]
    assert check.colour == "red"
    assert "was altered: iris.csv" in check.words


def test_data_that_is_not_frozen_can_not_be_told(project: Project) -> None:
    data = project.world.root / "data"
    data.write_text("1\n")
    (project.world.clone / "data").symlink_to(data)
    project.finish("cp data out")
    check = checks(project)["data"]
    assert (check.colour, "Not frozen" in check.words) == ("unknown", True)


def test_a_run_that_goes_on_is_refused(project: Project) -> None:
    number = project.begin("until test -e ../go; do sleep 0.1; done")
    with pytest.raises(Refused, match="can be verified when it has ended"):
        verify(project.batch, number)
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)


def test_a_run_that_does_not_exist_is_named(project: Project) -> None:
    project.finish("true")
    with pytest.raises(UnknownName, match="no run 7"):
        verify(project.batch, 7)


def test_an_older_server_has_to_be_upgraded(project: Project) -> None:
    project.finish("true")
    helper = project.world.repo / "gitbatch/gitbatch"
    helper.write_text(helper.read_text().replace("\nverify)", "\nnoverify)"))
    with pytest.raises(Refused, match="older version"):
        verify(project.batch, 1)


ID = "a" * 40
ANSWER = f"""\
gitbatch\tnow=1\tversion=0\tlog={ID}
run=1\tstate=succeeded\tended=settled\tbranch=b\tcommit={ID}\tresult={ID}
proof\tresult={ID}\tkept=yes\ttree=there
file\tM\ta b
environment\thost: x
end
"""


def test_an_answer_is_read_as_it_was_written() -> None:
    told = read_verification_report("x", ANSWER)
    assert (told.live.number, told.result, told.kept, str(told.tree)) == (1, ID, True, "there")
    assert told.altered == (("M", "a b"),)
    assert told.environment
    assert told.environment.first("host") == "x"


@pytest.mark.parametrize("line", range(6))
def test_an_answer_that_was_cut_proves_nothing(line: int) -> None:
    lines = ANSWER.split("\n")
    with pytest.raises(Unreachable):
        read_verification_report("x", "\n".join(lines[:line]))


def test_what_is_no_id_never_reaches_git() -> None:
    hostile = "+refs/heads/x:refs/heads/master"
    told = read_verification_report(
        "x", ANSWER.replace(ID, hostile).replace("tree=there", "tree=gone")
    )
    assert (told.result, told.live.commit, told.live.result, told.log_tip) == ("", "", "", "")
    assert str(told.tree) == "unreadable"


def test_what_can_not_be_recorded_is_found_out_all_the_same(project: Project) -> None:
    project.finish("echo 1 >out")
    helper = project.world.repo / "gitbatch/gitbatch"
    helper.write_text(helper.read_text().replace("\nattest)", "\nnobody)"))
    verification = verify(project.batch, 1)
    assert verification.holds
    assert "older version" in verification.unrecorded


def test_a_link_to_a_commit_among_the_results_can_not_be_vouched_for(project: Project) -> None:
    link = "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),part"
    project.finish(f"mkdir part; {link}; git commit -q -m linked")
    (results, *_) = verify(project.batch, 1).checks
    assert results.colour is Colour.UNKNOWN
    assert results.words.endswith("only the id of a commit is in the result: part.")
