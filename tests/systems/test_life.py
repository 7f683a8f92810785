"""The life of runs in each system: pushed, run, cancelled, read, pruned, checked."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until
from tests.support.worlds import JOB_AT_ONCE, JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.worlds import World

JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho 'new | file' >'a result'\n"}
WAITS = "#!/bin/sh\necho begun\nuntil test -e ../go; do sleep 0.1; done\n"
JOB_IN_THE_BACKGROUND = '#!/bin/sh\n"$GITBATCH" run ./run.sh </dev/null >/dev/null 2>&1 &\n'
HAVE_ANOTHER_WAY = {
    "readlink -f": "the link's own target is told",
    "-mmin": "days are counted",
    "-lstart": "the number of a process has to do",
}
"""What is tried first where it is there."""


def test_a_run_is_pushed_run_delivered_read_pruned_and_checked(system: World) -> None:
    run = system.submit(JOB)
    facts = system.settled(run)
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
    assert system.bare("show", f"{facts['result']}:a result") == "new | file"
    assert system.gitbatch("files", str(run)).output.splitlines() != []
    assert system.gitbatch("log", str(run), "--file", "schedule").output.startswith("job local 1")
    assert "\tstate=succeeded\t" in system.gitbatch("status", str(run)).output
    again = system.gitbatch("rerun", str(run), "-o", "x=1")
    assert system.settled(again.run)["state"] == "succeeded"
    assert "bytes=" in system.gitbatch("prune").output
    assert system.gitbatch("check").output == "ok\n"
    assert system.install().status == 0, "an upgrade"


def test_a_job_that_fails_tells_its_exit_status_and_one_that_is_cancelled_ends(
    system: World,
) -> None:
    for end, status in (("exit 7", "7"), ("kill -9 $$", "137")):
        failed = system.submit(
            {"schedule.sh": JOB_AT_ONCE, "run.sh": f"#!/bin/sh\n{end}\n"}, branch=f"fails-{status}"
        )
        assert system.settled(failed)["exit"] == status
    run = system.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": WAITS}, branch="waits")
    log = system.run(run) / "log"
    wait_until(lambda: log.exists() and "begun" in log.read_text(), what="the job to begin")
    assert system.status(run)["state"] == "running"
    system.env["COLUMNS"] = "40"
    answer = system.gitbatch("cancel", str(run))
    assert answer.output == f"run {run}: cancelled\n"
    assert system.settled(run)["state"] == "cancelled"


def of_long_ago(note: str, pid: int) -> str:
    """A wrapper's note from when the process of this number was another one."""

    def named(start: re.Match[str]) -> str:
        of_ps = "-" if start[1] == "-" else "Mon_Jan_1_00:00:00_2024"
        return f"process: {pid} {'1' if start[1].isdigit() else of_ps} "

    note = re.sub(r"process: \d+ (\S+) ", named, note)
    return re.sub(r"(?m)^time: .*$", "time: 2024-01-01T00:00:00Z", note)


@pytest.mark.parametrize("way", [JOB_OF_ITS_OWN, JOB_IN_THE_BACKGROUND], ids=["spawn", "run"])
def test_a_number_that_another_run_has_by_now_gets_no_signal_and_its_own_run_still_can(
    system: World, way: str
) -> None:
    system.killed = True
    runs = []
    for branch in ("first", "second"):
        run = system.submit({"schedule.sh": way, "run.sh": WAITS}, branch=branch)
        wait_until((system.run(run) / "started").exists)
        runs.append(run)
    first, second = runs
    pids = [int(system.facts(run, "started")["process"].split()[0]) for run in runs]
    os.kill(pids[0], signal.SIGKILL)
    (system.run(first) / "go").touch()
    noted = system.run(first) / "started"
    noted.write_text(of_long_ago(noted.read_text(), pids[1]))
    system.gitbatch("cancel", str(first))
    assert system.status(second)["state"] == "running"
    answer = system.gitbatch("cancel", str(second))
    assert answer.output == f"run {second}: cancelled\n"


@pytest.mark.parametrize("system", ["posix", "bsd"], indirect=True)
def test_who_died_and_is_not_buried_settles_no_run(system: World) -> None:
    run = system.submit(JOB)
    system.settled(run)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as settling:
        (system.run(run) / "settling").write_text(f"{system.process_name(settling.pid)}\n")
        (system.run(run) / "settled").rename(system.run(run) / "away")
        assert system.gitbatch("check").output == "ok\n"
        settling.kill()
        os.waitid(os.P_PID, settling.pid, os.WEXITED | os.WNOWAIT)
        assert "is not settled: succeeded" in system.gitbatch("check").output
    assert system.gitbatch("check", "--repair").lines[-1] == "ok"


def test_no_tool_gets_an_option_that_it_need_not_have(system: World) -> None:
    assert system.shell
    system.settled(system.submit(JOB))
    system.gitbatch("check", "--repair")
    noted = system.shell.sh.parent / "refused"
    said = {
        f"{path.name} {line}"
        for path in noted.glob("*")
        for line in path.read_text().splitlines()
        if not any(re.search(re.escape(way), f"{path.name} {line}") for way in HAVE_ANOTHER_WAY)
    }
    assert said == set()


@pytest.mark.parametrize("system", ["posix"], indirect=True)
def test_an_interpreter_that_hangs_is_given_up_without_timeout(system: World) -> None:
    python = system.base / "bin/python3"
    system.script(python, "#!/bin/sh\nsleep 600; :\n")
    system.env["PATH"] = f"{python.parent}:{system.env['PATH']}"
    run = system.submit(JOB)
    assert system.settled(run)["state"] == "succeeded"
    assert "unanswered: python\n" in (system.run(run) / "environment").read_text()


@pytest.mark.parametrize("system", ["posix"], indirect=True)
def test_a_log_behind_links_is_told_apart_without_stat_and_readlink_f(system: World) -> None:
    links = 'ln -s log.1 one; ln -s one two; echo 1 >log.1; "$GITBATCH" log-file linked two\n'
    run = system.submit({"schedule.sh": f"#!/bin/sh\n{links}"})
    file = system.run(run) / "tree/log.1"
    (page,) = [line for line in system.gitbatch("pages", str(run)).lines if "linked" in line]
    assert page.endswith(f"\t{file}")
    told = system.gitbatch("log", str(run), "--file", "page:linked", "--stat").output
    assert told == f"size=2\tinode={file.stat().st_ino}\n"


@pytest.mark.parametrize("system", ["bsd"], indirect=True)
def test_a_mac_is_known_by_its_boot_session_and_says_what_it_is(system: World) -> None:
    run = system.submit(JOB)
    system.settled(run)
    assert "1A2B3C4D-0000-4000-8000-0123456789AB" in system.facts(run, "started")["process"]
    told = (system.run(run) / "environment").read_text().splitlines()
    assert "processor: Apple M9" in told
    assert "memory: 16777216 kB" in told


@pytest.mark.parametrize("system", ["bsd"], indirect=True)
def test_a_job_runs_on_whatever_language_and_time_zone_asks_for_it(system: World) -> None:
    system.env |= {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"}
    run = system.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": WAITS})
    wait_until((system.run(run) / "started").exists, what="the job to begin")
    for other in ({"LC_ALL": "C", "TZ": "America/New_York"}, {"LC_ALL": "", "TZ": "XYZ-3"}):
        said = system.gitbatch("status", str(run), env=other).output
        assert "\tstate=running\t" in said
    (system.run(run) / "go").touch()
    assert system.settled(run)["state"] == "succeeded"
