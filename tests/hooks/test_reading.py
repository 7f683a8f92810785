"""What the client asks for: logs by the byte, files, states, and a stream of them."""

from __future__ import annotations

import subprocess
from typing import IO, TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, shells_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.worlds import World

UNTIL_GO = "until test -e ../go; do sleep 0.1; done\n"
JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": f"#!/bin/sh\necho one\n{UNTIL_GO}echo two\n"}
BYTES = b"first\nzw\xc3\xb6lf\nbroken \xff\x00 byte\rprogress\nfirst again\nno end"


def finished(world: World) -> int:
    """A run that ended, whose log holds BYTES."""
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" run cat data\n', "data": ""})
    (world.run(run) / "log").write_bytes(BYTES)
    return run


def log(world: World, run: int, *options: str) -> bytes:
    done = subprocess.run(
        [world.repo / "gitbatch/gitbatch", "log", str(run), *options],
        env=world.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.stdout


class Reader:
    """A program of the helper that goes on until its standard input ends."""

    def __init__(self, world: World, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [world.repo / "gitbatch/gitbatch", *arguments],
            env=world.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin: IO[str] = self.process.stdin
        self.stdout: IO[str] = self.process.stdout

    def block(self) -> list[dict[str, str]]:
        """The next block of `watch`."""
        lines: Iterator[str] = iter(self.stdout.readline, "end\n")
        return [dict(part.partition("=")[::2] for part in line[:-1].split("\t")) for line in lines]

    def states(self) -> dict[str, str]:
        return {line["run"]: line["state"] for line in self.block()[1:]}

    def until(self, wanted: dict[str, str]) -> None:
        wait_until(lambda: self.states() == wanted, what=f"the states {wanted}")

    def end(self) -> None:
        """Hang up, as a dropped connection does; it has to notice."""
        self.stdin.close()
        self.process.wait(10)
        self.stdout.close()


def test_a_log_is_read_by_bytes(each_shell: World) -> None:
    world = each_shell
    run = finished(world)
    assert log(world, run) == BYTES
    for offset in (0, 1, 8, len(BYTES) - 1, len(BYTES), len(BYTES) + 5):
        assert log(world, run, "--offset", str(offset)) == BYTES[offset:]
        assert (
            log(world, run, "--offset", str(offset), "--bytes", "7") == (BYTES[offset : offset + 7])
        )
    status = (world.run(run) / "log").stat()
    assert log(world, run, "--stat").decode() == f"size={len(BYTES)}\tinode={status.st_ino}\n"
    assert log(world, run, "--file", "log.2", "--stat") == b"size=0\tinode=0\n"


def test_a_text_is_found_where_the_log_is(each_shell: World) -> None:
    world = each_shell
    run = finished(world)
    again = BYTES.index(b"first again")
    found = {
        ("first", "--after", 0): b"0\n",
        ("first", "--after", 1): b"%d\n" % again,
        ("first", "--after", again + 1): b"",
        ("first", "--before", len(BYTES)): b"%d\n" % again,
        ("first", "--before", again): b"0\n",
        ("zwölf", "--after", 0): b"6\n",
        ("no end", "--after", 0): b"%d\n" % BYTES.index(b"no end"),
        ("[f", "--after", 0): b"",
        ("$(id)", "--before", len(BYTES)): b"",
    }
    for (text, direction, offset), expected in found.items():
        assert log(world, run, "--find", text, direction, str(offset)) == expected, text


@pytest.mark.parametrize("name", ["schedule", "log", "tree:data", "request", "started"])
def test_every_log_has_a_name(world: World, name: str) -> None:
    run = finished(world)
    path = {"schedule": "schedule.log", "tree:data": "tree/data"}.get(name, name)
    assert log(world, run, "--file", name) == (world.run(run) / path).read_bytes()


def test_a_log_is_followed_to_the_end_of_its_run(each_shell: World) -> None:
    world = each_shell
    run = world.submit(JOB)
    reader = Reader(world, "log", str(run), "--follow")
    assert reader.stdout.readline() == "one\n"
    (world.run(run) / "go").touch()
    assert reader.stdout.read() == "two\n"
    assert reader.process.wait(10) == 0
    reader.end()
    resumed = Reader(world, "log", str(run), "--follow", "--offset", "4")
    assert resumed.stdout.read() == "two\n"
    resumed.end()


def test_each_line_of_a_job_that_takes_its_time_is_printed_once(each_shell: World) -> None:
    world = each_shell
    slow = "#!/bin/sh\nfor i in 1 2 3 4 5 6 7 8\ndo\n\techo $i\n\tsleep 0.4\ndone\n"
    run = world.submit({**JOB, "run.sh": slow})
    reader = Reader(world, "log", str(run), "--follow")
    assert reader.stdout.read().split() == list("12345678")
    assert reader.process.wait(10) == 0
    reader.end()


def test_a_follower_ends_when_its_reader_hangs_up(each_shell: World) -> None:
    world = each_shell
    run = world.submit(JOB)
    reader = Reader(world, "log", str(run), "--follow")
    assert reader.stdout.readline() == "one\n"
    reader.end()
    assert world.status(run)["state"] == "running"
    (world.run(run) / "go").touch()
    world.settled(run)


def test_watch_tells_every_change_once_and_ends_with_its_reader(each_shell: World) -> None:
    world = each_shell
    reader = Reader(world, "watch")
    first = reader.block()
    assert [line.get("version") for line in first] == [first[0]["version"]]
    assert int(first[0]["now"]) > 0
    run = str(world.submit(JOB))
    reader.until({run: "running"})
    (world.run(int(run)) / "go").touch()
    reader.until({run: "succeeded"})
    reader.end()


@pytest.mark.parametrize(
    ("seconds", "nap"), [("", "0.5"), ("1", "1"), ("9", "9"), ("10", "10"), ("3600", "10")]
)
def test_watch_looks_as_often_as_a_site_wants_and_at_least_every_ten_seconds(
    world: World, tmp_path_factory: pytest.TempPathFactory, seconds: str, nap: str
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    naps = tools / "naps"
    world.script(tools / "sleep", f'#!/bin/sh\necho "$1" >>{naps}\nexec /bin/sleep 1\n')
    world.env["PATH"] = f"{tools}:{world.env['PATH']}"
    if seconds:
        world.bare("config", "gitbatch.watchSeconds", seconds)
    reader = Reader(world, "watch")
    wait_until(lambda: naps.exists() and naps.read_text())
    reader.end()
    assert set(naps.read_text().split()) == {nap}


def test_status_names_the_newest_record_wherever_git_keeps_it(each_shell: World) -> None:
    world = each_shell
    world.settled(world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\n"}))
    newest = world.bare("rev-parse", "refs/gitbatch/log")
    assert f"\tlog={newest}\t" in world.gitbatch("status").lines[0]
    world.bare("pack-refs", "--all", "--prune")
    assert not (world.repo / "refs/gitbatch/log").exists()
    assert f"\tlog={newest}\t" in world.gitbatch("status").lines[0]


def test_files_of_a_run_tree_are_listed_with_their_sizes(each_shell: World) -> None:
    world = each_shell
    names = {"a b": "12345", "-x": "1", "dir/ü": "22", "dir/deep/*": "333", ".hidden": ""}
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" run true\n'} | names)
    listed = world.gitbatch("files", str(run)).output.splitlines()
    found = {line.partition("\t")[2]: int(line.partition("\t")[0]) for line in listed}
    assert {name: size for name, size in found.items() if name != "schedule.sh"} == {
        name: len(text.encode()) for name, text in names.items()
    }
    below = world.gitbatch("files", str(run), "dir").output.splitlines()
    assert sorted(line.partition("\t")[2] for line in below) == ["dir/deep/*", "dir/ü"]
    (world.run(run) / "tree/dir/two\nlines\n; touch pwned").write_text("1")
    odd = world.gitbatch("files", str(run), "dir").output.splitlines()
    assert sorted(odd) == sorted([*below, "-\tdir/two?lines?; touch pwned"])


MISTAKES = {
    "an unknown run": (["log", "99"], "there is no run 99 here"),
    "a run that is no number": (["status", "../1"], "there is no run ../1 here"),
    "a run that is an option": (["cancel", "--all"], "there is no run --all here"),
    "an unknown command": (["frobnicate"], "there is no command frobnicate"),
    "an unknown log": (["log", "1", "--file", "nonsense"], "there is no log nonsense"),
    "an unknown option": (["log", "1", "--nonsense"], "log does not know --nonsense"),
    "an option without value": (["log", "1", "--offset"], "--offset takes a number"),
    "no number": (["log", "1", "--offset", "x"], "--offset takes a number"),
    "no branch": (["start", "nowhere"], "there is no branch nowhere here"),
    "no run": (["run", "true"], "run is for jobs and schedule.sh"),
    "no command": (["run"], "run takes a command"),
    "half an option": (["rerun", "1", "-o"], "expected -o NAME=VALUE, not -o"),
}


def test_a_mistake_gets_its_sentence(each_shell: World) -> None:
    world = each_shell
    finished(world)
    for case, (arguments, sentence) in MISTAKES.items():
        answer = world.gitbatch(*arguments)
        assert answer.status == 1, case
        assert sentence in answer.output, case
    assert [path.name for path in (world.base / "runs").iterdir() if path.is_dir()] == ["1"]


def test_help_and_version_need_no_git(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    alone = {"PATH": str(shells_alone(tmp_path_factory.mktemp("shells")))}
    for arguments in (["help"], ["--help"], []):
        answer = world.gitbatch(*arguments, env=alone)
        assert answer.status == 0
        assert answer.lines[0] == "usage: gitbatch COMMAND"
    installed = (world.repo / "gitbatch/version").read_text()
    assert world.gitbatch("version", env=alone).output == installed
