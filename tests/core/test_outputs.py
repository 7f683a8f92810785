"""Files of schedulers among the results may differ, and no others for their likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.compare.files import Likeness, compare, is_event_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.project import Project

EVENTS = "000 (0{0}.000.000) 2026-11-25 20:00:00 Job submitted from host: <127.0.0.1:9618>\n...\n"


def likenesses(
    project: Project, old: Mapping[str, str], new: Mapping[str, str]
) -> dict[str, Likeness]:
    """What becomes of the files of two commits that begin with the same one."""
    source = project.world.commit({"in": "x"})
    one, other = (_commit_on(project, source, files) for files in (old, new))
    return {file.path: file.likeness for file in compare(project.clone, one, other, source)}


def _commit_on(project: Project, source: str, files: Mapping[str, str]) -> str:
    project.world.git("checkout", "-q", "--detach", source)
    return project.world.commit(files)


def test_what_a_scheduler_writes_may_differ(project: Project) -> None:
    names = [
        *("slurm-{0}.out", "out/slurm-{0}_2.out", "run.sh.o{0}", "run.sh.e{0}.3"),
        *("train.o{0}-7", "OAR.{0}.stdout", "run.sh.po{0}"),
    ]
    old, new = ({name.format(n): f"{n}\n" for name in names} for n in (41, 42))
    old["job.log"], new["job.log"] = EVENTS.format(41), EVENTS.format(42)
    found = likenesses(project, old, new)
    assert set(found) == old.keys() | new.keys()
    assert set(found.values()) == {Likeness.VOLATILE}


@pytest.mark.parametrize("name", ["slurm.out", "slurm-x.out", "model.o", "loss.e", "train.log"])
def test_what_only_looks_like_it_may_not(project: Project, name: str) -> None:
    assert likenesses(project, {name: "1\n"}, {name: "2\n"}) == {name: Likeness.DIFFERS}


@pytest.mark.parametrize(
    ("head", "is_log"),
    [
        (b"000 (4711.000.000) 2026-11-25 20:00:00 Job submitted", True),
        (b"005 (4711.001.000) 11/25 20:00:00 Job terminated.", True),
        (b"000 loss 0.5", False),
        (b"", False),
    ],
    ids=["a new one", "an old one", "a log of a job", "an empty file"],
)
def test_event_logs_are_known_by_how_they_begin(head: bytes, *, is_log: bool) -> None:
    assert is_event_log(head) is is_log
