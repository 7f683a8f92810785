"""Metrics of a run while they grow, are cut, replaced or deleted: each byte is read once."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.files import BlobFile, Unpacking
from gitbatch_tui.core.curves.following import Following
from gitbatch_tui.core.curves.opening import open_metrics
from gitbatch_tui.core.curves.reading import RunMetrics
from gitbatch_tui.core.git.blobs import contents_in_turn
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.logs.source import LogFile, TreeFile
from gitbatch_tui.errors import CommandFailed, Refused
from gitbatch_tui.models import Run, State
from tests.support.changed import Changed
from tests.support.servers.sshd import HOST
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from tests.support.project import Project
    from tests.support.servers.sshd import Sshd

RUN = Run("batch", 7, State.RUNNING, "master", "0" * 40)
UNTIL_GO = "until test -e ../go; do sleep 0.1; done"


class CountingFile(LogFile):
    """Remembers what was read of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        data = super().read(offset, length)
        self.asked.append((offset, len(data)))
        return data


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.csv"
    path.write_text("step,loss\n1,5\n2,4\n")
    return path


def metrics_at(path: Path, inherited: Mapping[str, BlobFile] | None = None) -> RunMetrics:
    return RunMetrics(RUN, {path.name: LogFile(path)}, inherited=inherited)


def losses(metrics: RunMetrics) -> list[float]:
    for _ in metrics.update():
        pass
    return list(metrics.columns.curve("loss").ys)


def test_a_long_file_in_utf_16_is_read_as_a_whole(path: Path) -> None:
    rows = "".join(f"{step},{step}\r\n" for step in range(1, 50_001))
    path.write_text(f"step,loss\r\n{rows}", "utf-16", newline="")
    metrics = metrics_at(path)
    assert not metrics.sample()
    assert losses(metrics) == list(range(1, 50_001))
    assert metrics.notes() == []
    path.write_text(f"step,loss\n{rows}", newline="")
    assert metrics_at(path).sample()


def test_what_is_appended_is_read_and_nothing_else(path: Path) -> None:
    file = CountingFile(path)
    metrics = RunMetrics(RUN, {"metrics.csv": file})
    assert losses(metrics) == [5, 4]
    size = path.stat().st_size
    with path.open("a") as more:
        more.write("3,3\n")
    file.asked.clear()
    assert losses(metrics) == [5, 4, 3]
    # What is looked at again is how the file ended before: whether it is still the same one.
    assert [read for read in file.asked if read[0] >= size] == [(size, 4)]
    assert sum(length for _, length in file.asked) <= 4 + 64


@pytest.mark.parametrize("text", ["step,loss\n1,9\n", "step,loss\n1,9\n2,8\n3,7\n4,6\n"])
def test_a_file_that_is_written_anew_is_read_anew(path: Path, text: str) -> None:
    metrics = metrics_at(path)
    assert losses(metrics) == [5, 4]
    path.write_text(text)
    assert losses(metrics)[0] == 9
    new = path.with_name("new")
    new.write_text("step,loss\n1,1\n")
    new.replace(path)
    assert losses(metrics) == [1]


def test_a_file_that_vanishes_is_said_and_what_was_read_stays(path: Path) -> None:
    metrics = metrics_at(path)
    assert losses(metrics) == [5, 4]
    path.unlink()
    assert losses(metrics) == [5, 4]
    assert metrics.notes() == ["metrics.csv has vanished"]


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    files = {name: LogFile(tmp_path / name) for name in ("metrics.csv", "metrics.jsonl")}
    metrics = RunMetrics(RUN, files)
    assert losses(metrics) == []
    assert metrics.notes() == ["no metrics.csv or metrics.jsonl yet"]
    (tmp_path / "metrics.jsonl").write_text('{"loss": 3}\n')
    assert losses(metrics) == [3]
    assert metrics.notes() == []


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_said_and_the_next_one_is_read(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    make(tree / "metrics.csv")
    files = {name: TreeFile(tmp_path, name) for name in ("metrics.csv", "metrics.jsonl")}
    metrics = RunMetrics(RUN, files)
    assert losses(metrics) == []
    assert metrics.notes() == ["metrics.csv: is no regular file"]
    assert metrics.is_whole
    (tree / "metrics.jsonl").write_text('{"loss": 3}\n')
    assert losses(metrics) == [3]


def test_a_file_that_came_with_the_commit_is_not_the_runs(path: Path) -> None:
    world = Changed(path.parent / "clone")
    world.commit({"metrics.csv": path.read_text()})
    blob = world.git("rev-parse", "HEAD:metrics.csv")
    with open_clone(world.path) as clone:
        own = BlobFile(Unpacking(clone), blob, path.stat().st_size)
    metrics = metrics_at(path, {"metrics.csv": own})
    assert losses(metrics) == []
    (note,) = metrics.notes()
    assert note == "metrics.csv came with the commit, this run hasn't changed it"
    path.write_text("step,loss\n1,9\n2,9\n")
    assert losses(metrics) == [9, 9]
    assert metrics.notes() == []


def long_file(path: Path, rows: int) -> None:
    lines = "".join(f"{step},{rows - step}\n" for step in range(rows))
    path.write_text(f"step,loss\n{lines}")


@pytest.mark.parametrize("header", ["step,loss\n", "time_s,loss\n"])
def test_a_first_picture_of_a_long_file_reaches_from_its_start_to_its_end(
    path: Path, header: str
) -> None:
    long_file(path, 100_000)
    path.write_text(header + path.read_text().partition("\n")[2])
    metrics = metrics_at(path)
    assert metrics.sample()
    sample = metrics.columns.curve("loss")
    whole = losses(metrics)
    exact = metrics.columns.curve("loss")
    assert len(sample.ys) < len(whole) / 20
    assert sample.notes == ()
    assert sample.ys[0] == exact.ys[0]
    assert sample.ys[-1] == exact.ys[-1]
    assert sample.xs[-1] == pytest.approx(exact.xs[-1], rel=0.05)


def test_of_a_short_file_no_sample_is_taken(path: Path) -> None:
    assert not metrics_at(path).sample()


@pytest.fixture
def followed(path: Path) -> Iterator[tuple[RunMetrics, Following]]:
    metrics = metrics_at(path)
    following = Following([metrics], lambda: None)
    yield metrics, following
    following.close()


def test_what_is_written_is_known_within_a_fifth_of_a_second(path: Path) -> None:
    heard = threading.Event()
    metrics = metrics_at(path)
    following = Following([metrics], heard.set)
    following.start()
    wait_until(lambda: metrics.is_whole)
    waits = []
    for step in range(3, 10):
        heard.clear()
        with path.open("a") as more:
            more.write(f"{step},{step}\n")
        begin = time.monotonic()
        assert heard.wait(10)
        waits.append(time.monotonic() - begin)
    following.close()
    assert sorted(waits)[len(waits) // 2] < 0.2


def test_the_last_line_of_a_run_that_is_over_needs_no_end(
    path: Path, followed: tuple[RunMetrics, Following]
) -> None:
    metrics, following = followed
    path.write_text("step,loss\n1,5\n2,4")
    following.start()
    wait_until(lambda: metrics.is_whole)
    assert metrics.columns.last("loss") == 5
    following.end(metrics.run.key)
    wait_until(lambda: metrics.columns.last("loss") == 4)


def test_a_bug_while_reading_is_raised_where_curves_are_shown(path: Path) -> None:
    class Buggy(LogFile):
        def read(self, offset: int, length: int) -> bytes:
            raise ZeroDivisionError(f"{length} at {offset}")

    heard = threading.Event()
    following = Following([RunMetrics(RUN, {path.name: Buggy(path)})], heard.set)
    following.check()
    following.start()
    assert heard.wait(10)
    with pytest.raises(ZeroDivisionError):
        following.check()


def test_a_run_is_read_from_its_tree_while_it_runs_and_from_its_results_later(
    project: Project,
) -> None:
    job = f"printf 'step,loss\\n1,5\\n' >metrics.csv; {UNTIL_GO}; echo 2,4 >>metrics.csv"
    number = project.begin(job)
    tree = project.world.base / "runs" / str(number) / "tree"
    wait_until((tree / "metrics.csv").exists)
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    wait_until(lambda: losses(metrics) == [5])
    (tree / "../go").touch()
    project.world.settled(number)
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert losses(metrics) == [5, 4]
    project.world.git("fetch", "-q", "batch")
    (tree / "metrics.csv").write_text("step,loss\n1,100\n")
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert losses(metrics) == [5, 4]


def test_results_elsewhere_are_fetched(project: Project, sshd: Sshd) -> None:
    del sshd  # it listens
    number = project.finish("printf 'step,loss\\n1,5\\n' >metrics.csv")
    project.move_behind(HOST)
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert metrics.is_near
    assert losses(metrics) == [5]


def test_metrics_that_git_ignores_are_read_from_the_tree_also_later(project: Project) -> None:
    job = "printf 'step,loss\\n1,5\\n' >metrics.csv; echo x >result"
    number = project.finish(job, __gitignore="metrics.csv\n")
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert losses(metrics) == [5]


def test_metrics_of_an_earlier_run_are_not_those_of_a_later_one(project: Project) -> None:
    number = project.finish("echo x >result", metrics__csv="step,loss\n1,5\n")
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert losses(metrics) == []
    assert "came with the commit" in metrics.notes()[0]


def test_the_name_of_the_file_is_configured(project: Project) -> None:
    number = project.finish("mkdir out; echo '{\"loss\": 3}' >out/m.jsonl")
    project.world.git("config", "gitbatch.metrics", "out/m.jsonl")
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert losses(metrics) == [3]
    project.world.git("config", "gitbatch.metrics", "../../secret")
    with pytest.raises(Refused, match="no path among results"):
        open_metrics([(project.batch, project.run(number))])


def test_a_run_elsewhere_is_read_by_offset_while_it_runs(project: Project, sshd: Sshd) -> None:
    del sshd  # it listens
    number = project.begin(f"printf 'step,loss\\n1,5\\n' >metrics.csv; {UNTIL_GO}")
    tree = project.world.base / "runs" / str(number) / "tree"
    wait_until((tree / "metrics.csv").exists)
    project.move_behind(HOST)
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert not metrics.is_near
    wait_until(lambda: losses(metrics) == [5])
    with (tree / "metrics.csv").open("a") as more:
        more.write("2,4\n")
    assert losses(metrics) == [5, 4]
    (tree / "metrics.csv").unlink()
    (tree / "metrics.csv").write_text("step,loss\n1,9\n")
    assert losses(metrics) == [9]
    (tree / "../go").touch()
    project.world.settled(number)


def test_results_of_many_runs_are_unpacked_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Changed(tmp_path / "clone")
    texts = {f"run{number}.csv": f"step,loss\n1,{number}\n" for number in (1, 2, 3)}
    world.commit({**texts, "twin.csv": texts["run1.csv"]})
    asked: list[tuple[str, ...]] = []

    def counted(clone: Clone, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        asked.append(tuple(blobs))
        return contents_in_turn(clone, blobs)

    monkeypatch.setattr("gitbatch_tui.core.curves.files.contents_in_turn", counted)
    names = [*texts, "twin.csv"]
    with open_clone(world.path) as clone:
        unpacking = Unpacking(clone)
        blobs = [world.git("rev-parse", f"HEAD:{name}") for name in names]
        for blob, text in zip(blobs, [*texts.values(), texts["run1.csv"]], strict=True):
            unpacking.want(blob, len(text))
    files = [BlobFile(unpacking, blob, 16) for blob in blobs]
    read = [file.read(0, 100).decode() for file in files]
    assert read == [*texts.values(), texts["run1.csv"]]
    assert asked == [tuple(blobs[:3])]
    files[1].close()
    assert files[1].read(10, 3) == b"1,2"


def test_contents_are_cut_where_they_end_whatever_they_hold_and_however_they_come(
    tmp_path: Path,
) -> None:
    world = Changed(tmp_path / "clone")
    texts = ["", "\n", "\n\n" * 40_000, "no end", "x" * 2_000_000, "0" * 40 + " blob 3\nabc"]
    world.commit({f"file{number}": text for number, text in enumerate(texts)})
    with open_clone(world.path) as clone:
        blobs = [world.git("rev-parse", f"HEAD:file{number}") for number in range(len(texts))]
        found = [(blob, data.decode()) for blob, data in contents_in_turn(clone, blobs)]
        assert found == list(zip(blobs, texts, strict=True))
        with pytest.raises(CommandFailed, match="git can't read"):
            list(contents_in_turn(clone, [blobs[0], "0" * 40, blobs[1]]))


def test_what_can_not_be_unpacked_holds_nothing_else_back(tmp_path: Path) -> None:
    world = Changed(tmp_path / "clone")
    world.commit({"metrics.csv": "step,loss\n1,2\n"})
    blob = world.git("rev-parse", "HEAD:metrics.csv")
    with open_clone(world.path) as clone:
        unpacking = Unpacking(clone)
        for each in ("0" * 40, blob):
            unpacking.want(each, 14)
    assert unpacking.take(blob) == b"step,loss\n1,2\n"
    with pytest.raises(CommandFailed, match="missing"):
        unpacking.take("0" * 40)
