"""Verifying runs: what is green, what turns red, and what can't be told."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.freezing import Keeper
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.server import environment
from gitbatch_tui.core.server.verification_report import read_testimony
from gitbatch_tui.core.verify.checks import Colour
from gitbatch_tui.core.verify.verify import verify
from gitbatch_tui.errors import Refused, UnknownName, Unreachable
from gitbatch_tui.models import Badge
from tests.lab import Lab, lab

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.base.journal import Entry
    from gitbatch_tui.core.verify.checks import Check

__all__ = ["lab"]

PYTHON = "#!/bin/sh\necho python version: 1.0\n"
ALL = ("results", "record", "run tree", "environment", "data")


@pytest.fixture(autouse=True)
def python(lab: Lab) -> Path:
    """The Python of every job: one that answers at once, however busy the machine is."""
    path = lab.world.root / "bin/python3"
    lab.world.script(path, PYTHON)
    lab.world.env["PATH"] = f"{path.parent}:{lab.world.env['PATH']}"
    return path


def checks(lab: Lab, number: int = 1) -> dict[str, Check]:
    return {check.name: check for check in verify(lab.batch, number).checks}


def colours(lab: Lab, number: int = 1) -> dict[str, str]:
    return {name: str(check.colour) for name, check in checks(lab, number).items()}


def badges(lab: Lab, number: int = 1) -> list[Badge]:
    return [finding.badge for finding in lab.run(number).findings]


def test_a_run_that_nobody_touched_is_green_and_recorded_once(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    assert colours(lab) == dict.fromkeys(ALL, "green")
    assert verify(lab.batch, 1).holds
    assert badges(lab) == [Badge.VERIFIED]
    assert lab.world.gitbatch("check").output == "ok\n"
    assert lab.states() == {1: "succeeded"}


def test_the_server_is_asked_once_where_nothing_is_new(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    assert verify(lab.batch, 1).holds
    lab.run(1)  # brings the record of that
    asked: list[Entry] = []
    with Hosts(asked.append) as hosts:
        assert verify(replace(lab.batch, hosts=hosts), 1).holds
    assert len(asked) == 1


def test_a_file_that_was_changed_in_the_run_tree_is_named_and_the_badge_withdrawn(lab: Lab) -> None:
    number = lab.finish("echo 1 >out", data="1\n")
    assert colours(lab)["run tree"] == "green"
    data = lab.world.run(number) / "tree/data"
    times = data.stat()
    data.write_text("2\n")
    # Of the same size and age: only who reads it sees the difference.
    os.utime(data, ns=(times.st_atime_ns, times.st_mtime_ns))
    tree = checks(lab)["run tree"]
    assert (tree.colour, tree.words) == ("red", "Files of it were changed since: data.")
    assert badges(lab) == [Badge.UNVERIFIED, Badge.VERIFIED]
    assert lab.run(1).badge is Badge.UNVERIFIED


def test_of_a_pruned_run_the_rest_is_verified(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    assert lab.server.prune(dry_run=False).removed
    assert colours(lab) == {**dict.fromkeys(ALL, "green"), "run tree": "unknown"}
    assert not verify(lab.batch, 1).holds
    assert badges(lab) == []


def test_what_the_job_did_to_its_own_input_is_told(lab: Lab) -> None:
    lab.finish("echo 2 >data", data="1\n")
    assert checks(lab)["results"].words.endswith(", and changed what it began with: data.")


def test_a_run_without_results_is_verified_by_its_commit(lab: Lab) -> None:
    lab.finish("true")
    check = checks(lab)["results"]
    assert check.colour == "green"
    assert "There are none" in check.words


def test_another_python_is_red_and_named(lab: Lab, python: Path) -> None:
    lab.finish("true")
    assert colours(lab)["environment"] == "green"
    lab.world.script(python, PYTHON.replace("1.0", "2.0"))
    check = checks(lab)["environment"]
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
    lab: Lab, monkeypatch: pytest.MonkeyPatch, then: str, colour: str, words: str
) -> None:
    lab.finish("true")
    known = environment.of_run(lab.clone, lab.run(1))
    assert known
    changed = dict(known.facts) | dict(environment.parse(then).facts)
    monkeypatch.setattr(environment, "of_run", lambda *_: environment.Environment(changed))
    check = checks(lab)["environment"]
    assert check.colour == colour
    assert words in check.words


def test_an_interpreter_that_does_not_answer_is_unknown_and_one_that_is_gone_is_red(
    lab: Lab, python: Path
) -> None:
    other = lab.world.root / "bin/R"
    lab.world.script(other, "#!/bin/sh\necho R version 4.4\n")
    lab.finish("true")
    assert colours(lab)["environment"] == "green"
    lab.world.script(other, "#!/bin/sh\nexit 124\n")
    check = checks(lab)["environment"]
    assert (check.colour, check.words) == ("unknown", "Not everything said in time what it is: R.")
    lab.world.script(python, PYTHON.replace("1.0", "2.0"))
    assert colours(lab)["environment"] == "red", "what is known to differ does"
    lab.world.script(python, PYTHON)
    other.unlink()
    assert colours(lab)["environment"] == "red"


def test_an_interpreter_that_was_too_slow_when_the_job_ran_proves_nothing(
    lab: Lab, python: Path
) -> None:
    other = lab.world.root / "bin/R"
    lab.world.script(other, "#!/bin/sh\nexit 124\n")
    lab.finish("true")
    assert python.exists()
    lab.world.script(other, "#!/bin/sh\necho R version 4.4\n")
    assert colours(lab)["environment"] == "unknown"


def test_a_python_that_does_not_answer_proves_nothing(lab: Lab, python: Path) -> None:
    lab.finish("true")
    lab.world.script(python, "#!/bin/sh\nexit 1\n")
    assert colours(lab)["environment"] == "unknown"


def test_a_history_that_was_rewritten_is_red(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    assert colours(lab)["record"] == "green"
    log = lab.world.bare("rev-parse", "refs/gitbatch/log")
    begun = lab.world.bare("rev-parse", f"{log}~2")
    record = lab.world.bare("log", "-1", "--format=%B", f"{log}~1")
    tree = lab.world.bare("rev-parse", f"{log}^{{tree}}")
    other = lab.world.bare("commit-tree", "-p", begun, "-m", record.replace("Exit: 0", ""), tree)
    lab.world.bare("update-ref", "refs/gitbatch/log", other)
    check = checks(lab)["record"]
    assert check.colour == "red"
    assert "rewritten" in check.words


def test_a_record_that_names_another_tree_is_red(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    log = lab.world.bare("rev-parse", "refs/gitbatch/log")
    tree = lab.world.bare("rev-parse", f"{log}^{{tree}}")
    text = lab.world.bare("log", "-1", "--format=%B", f"{log}~1")
    right = next(line for line in text.split("\n") if line.startswith("Tree: "))
    first = lab.world.bare("rev-parse", f"{log}~2")
    forged = text.replace(right, f"Tree: {'1' * 40}")
    forged = lab.world.bare("commit-tree", "-p", first, "-m", forged, tree)
    end = lab.world.bare("log", "-1", "--format=%B", log)
    lab.world.bare(
        "update-ref",
        "refs/gitbatch/log",
        lab.world.bare("commit-tree", "-p", forged, "-m", end, tree),
    )
    check = checks(lab)["record"]
    assert check.colour == "red"
    assert "names the tree 1111111" in check.words


def test_without_the_server_the_clone_tells_what_it_can(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    assert verify(lab.batch, 1).holds
    shutil.rmtree(lab.world.base)
    assert colours(lab) == {**dict.fromkeys(ALL, "unknown"), "results": "green", "data": "green"}


def test_results_that_are_gone_over_there_are_red(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    result = lab.world.facts(number)["result"]
    lab.world.bare("update-ref", "refs/heads/master", f"{result}^")
    keep = lab.world.bare("rev-list", "--max-parents=0", "refs/gitbatch/keep").split()[0]
    lab.world.bare("update-ref", "refs/gitbatch/keep", keep)
    check = checks(lab)["results"]
    assert (check.colour, "not kept" in check.words) == ("red", True)


@pytest.fixture
def frozen(lab: Lab) -> Path:
    """Data that a run reads through the link `data`, in its archive."""
    data = lab.world.root / "data"
    data.mkdir()
    (data / "iris.csv").write_text("x\n1\n")
    Keeper(LocalHost()).freeze(str(data))
    (lab.world.clone / "data").symlink_to(data)
    return data.resolve()


@pytest.mark.usefixtures("frozen")
def test_frozen_data_still_has_its_hash(lab: Lab) -> None:
    lab.finish("cp data/iris.csv out")
    assert checks(lab)["data"].words == "The hash of what it read is as it was."
    assert verify(lab.batch, 1).holds
    assert not verify(lab.batch, 1, with_data=False).holds
    assert badges(lab) == [Badge.VERIFIED]


def test_frozen_data_that_was_altered_is_named_by_file(lab: Lab, frozen: Path) -> None:
    lab.finish("cp data/iris.csv out")
    file = frozen / "iris.csv"
    frozen.chmod(0o755)
    file.chmod(0o644)
    file.write_text("x\n2\n")
    check = checks(lab)["data"]
    assert check.colour == "red"
    assert "was altered: iris.csv" in check.words


def test_data_that_is_not_frozen_can_not_be_told(lab: Lab) -> None:
    data = lab.world.root / "data"
    data.write_text("1\n")
    (lab.world.clone / "data").symlink_to(data)
    lab.finish("cp data out")
    check = checks(lab)["data"]
    assert (check.colour, "Not frozen" in check.words) == ("unknown", True)


def test_a_run_that_goes_on_is_refused(lab: Lab) -> None:
    number = lab.begin("until test -e ../go; do sleep 0.05; done")
    with pytest.raises(Refused, match="can be verified when it has ended"):
        verify(lab.batch, number)
    lab.world.run(number).joinpath("go").touch()
    lab.world.settled(number)


def test_a_run_that_does_not_exist_is_named(lab: Lab) -> None:
    lab.finish("true")
    with pytest.raises(UnknownName, match="no run 7"):
        verify(lab.batch, 7)


def test_an_older_server_has_to_be_upgraded(lab: Lab) -> None:
    lab.finish("true")
    helper = lab.world.repo / "gitbatch/gitbatch"
    helper.write_text(helper.read_text().replace("\nverify)", "\nnoverify)"))
    with pytest.raises(Refused, match="older version"):
        verify(lab.batch, 1)


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
    told = read_testimony("x", ANSWER)
    assert (told.live.number, told.result, told.kept, str(told.tree)) == (1, ID, True, "there")
    assert told.altered == (("M", "a b"),)
    assert told.environment
    assert told.environment.first("host") == "x"


@pytest.mark.parametrize("line", range(6))
def test_an_answer_that_was_cut_proves_nothing(line: int) -> None:
    lines = ANSWER.split("\n")
    with pytest.raises(Unreachable):
        read_testimony("x", "\n".join(lines[:line]))


def test_what_is_no_id_never_reaches_git() -> None:
    hostile = "+refs/heads/x:refs/heads/master"
    told = read_testimony("x", ANSWER.replace(ID, hostile).replace("tree=there", "tree=gone"))
    assert (told.result, told.live.commit, told.live.result, told.log_tip) == ("", "", "", "")
    assert str(told.tree) == "unreadable"


def test_what_can_not_be_recorded_is_found_out_all_the_same(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    helper = lab.world.repo / "gitbatch/gitbatch"
    helper.write_text(helper.read_text().replace("\nattest)", "\nnobody)"))
    verification = verify(lab.batch, 1)
    assert verification.holds
    assert "older version" in verification.unrecorded


def test_a_link_to_a_commit_among_the_results_can_not_be_vouched_for(lab: Lab) -> None:
    link = "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),part"
    lab.finish(f"mkdir part; {link}; git commit -q -m linked")
    (results, *_) = verify(lab.batch, 1).checks
    assert results.colour is Colour.UNKNOWN
    assert results.words.endswith("only the id of a commit is in the result: part.")
