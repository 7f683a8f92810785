"""The stand-ins for commands that submit jobs: they change nothing, and record everything."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import installed_programs
from tests.support.waiting import wait_until
from tests.support.worlds import NO_JOB, SHELLS, Shell, World, is_installed, usual_shell

if TYPE_CHECKING:
    from collections.abc import Mapping

SBATCH = "#!/bin/sh\necho 'Submitted batch job 41'\n"


def fields(line: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in line.split("\t"))


@dataclass
class Site:
    """A run, as files alone, and a folder of commands that stand for those of a scheduler."""

    root: Path
    shell: Shell | None = field(default_factory=usual_shell)

    def __post_init__(self) -> None:
        for name, program in installed_programs().items():
            self.write(self.gitbatch.parent / name, program.decode())
        grammars = "".join(map(Path.read_text, self.gitbatch.parent.glob("schedulers/*.sh")))
        commands = " ".join(re.findall(r"(?m)^\w+_commands='(.*)'$", grammars))
        for name in set(commands.split()):
            self.stand_in(name).parent.mkdir(parents=True)
            self.stand_in(name).symlink_to("../../submit")
        self.run.mkdir(parents=True)
        (self.run / "request").write_text("time: 2026-11-25T12:00:00Z\n")
        (self.run / "scheduled").write_text("exit: 0\n")

    @property
    def run(self) -> Path:
        return self.root / "base/runs/1"

    @property
    def gitbatch(self) -> Path:
        return self.root / "base/repo.git/gitbatch/gitbatch"

    def stand_in(self, name: str) -> Path:
        return self.gitbatch.parent / "bin" / name / name

    def write(self, path: Path, text: str) -> None:
        """Write a program that runs in this site's shell."""
        sh = self.shell.sh if self.shell else "/bin/sh"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"\A#!/bin/sh$", f"#!{sh}", text, flags=re.MULTILINE))
        path.chmod(0o755)

    def has(self, name: str, text: str) -> None:
        self.write(self.root / "programs" / name, text)

    def env(self, *folders: Path) -> dict[str, str]:
        """What schedule.sh and the jobs of run 1 have, with these folders first on PATH."""
        usual = self.shell.path if self.shell else os.environ["PATH"]
        path = ":".join([*map(str, folders), str(self.root / "programs"), usual])
        return dict(os.environ) | {"PATH": path, "GITBATCH_RUN_DIR": str(self.run)}

    def call(
        self, name: str, *arguments: str, env: Mapping[str, str] | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Call a stand-in, which finds itself on PATH as well."""
        program = self.stand_in(name)
        return subprocess.run(
            [program, *arguments],
            cwd=self.root,
            env=self.env(program.parent) | dict(env or {}),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=60,
        )

    def begin(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Call a stand-in that goes on."""
        program = self.stand_in(name)
        env = self.env(program.parent)
        return subprocess.Popen([program, *arguments], env=env, stdout=subprocess.PIPE)

    def lines(self) -> list[dict[str, str]]:
        """What the server knows of the run and its jobs."""
        done = subprocess.run(
            [self.gitbatch, "jobs", "1"], env=self.env(), capture_output=True, text=True, check=True
        )
        assert done.stdout.endswith("end\n"), done.stdout
        return [fields(line) for line in done.stdout.splitlines()[1:-1]]

    def jobs(self) -> list[str]:
        return [line["job"] for line in self.lines() if "job" in line]

    @property
    def intents(self) -> int:
        return int(self.lines()[0]["intents"])


@pytest.fixture
def site(clean_environment: Path, tmp_path: Path) -> Site:
    del clean_environment
    return Site(tmp_path / "site")


@pytest.fixture(params=SHELLS)
def any_site(clean_environment: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    del clean_environment
    if not is_installed(request.param):
        pytest.skip(f"{request.param} is not installed")
    return Site(tmp_path / "site", Shell.named(request.param))


def test_arguments_streams_and_status_are_those_of_the_command_itself(any_site: Site) -> None:
    any_site.has(
        "sbatch",
        "#!/bin/sh\nprintf '<%s>' \"$@\"\nprintf 'a\\0b\\n'\ncat\nprintf '%s' \"$0\"\n"
        'echo "Submitted batch job 41" >&2\nexit 7\n',
    )
    arguments = ("", "two words", "*", "--x=$(id)", "a\nb")
    direct = subprocess.run(
        [any_site.root / "programs/sbatch", *arguments],
        input=b"\0\xff\n in",
        capture_output=True,
        check=False,
    )
    through = any_site.call("sbatch", *arguments, stdin=b"\0\xff\n in")
    assert (through.returncode, through.stdout, through.stderr) == (
        direct.returncode,
        direct.stdout,
        direct.stderr,
    )


@pytest.mark.parametrize(
    ("array", "count"),
    [("7", "1"), ("0-3,5,8-9%2", "7"), ("0-5,5-9", ""), ("1-10,3", ""), ("3,1", ""), ("a-b", "")],
)
def test_tasks_are_counted_where_none_may_be_named_twice(
    any_site: Site, array: str, count: str
) -> None:
    any_site.has("sbatch", SBATCH)
    any_site.call("sbatch", f"--array={array}", "x.sh")
    assert any_site.lines()[1]["tasks"] == count


def test_a_job_is_recorded_with_all_that_gives_its_id_a_meaning(any_site: Site) -> None:
    any_site.has("sbatch", SBATCH)
    env = {"SLURM_CONF": "/etc/a b/slurm.conf", "SBATCH_CLUSTERS": "other"}
    any_site.call("sbatch", "-M", "here", "-J", "two words", "--array=1-9:4%2", "x.sh", env=env)
    run, job = any_site.lines()
    assert run["intents"] == "0"
    assert (job["job"], job["how"], job["tasks"]) == ("slurm 41", "recorded", "3")
    assert job["name"] == "two words"
    assert sorted(job["context"].split()) == [
        "SLURM_CLUSTERS=here",
        "SLURM_CONF=/etc/a%20b/slurm.conf",
    ]
    assert not [path for path in (any_site.run / "submits").iterdir() if path.name[0] == "."]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ("-n 1 jobs/prep.sh", "prep.sh"),
        ("--wrap ./prep.sh", "wrap"),
        ("--wrap=./prep.sh -J prep", "prep"),
        ("-p cpu : -p gpu -n 2 : -n 1 train.sh --fast", "train.sh"),
        ("-J all : -n 1 train.sh", "all"),
    ],
)
def test_a_job_has_the_name_that_slurm_gives_it(any_site: Site, arguments: str, name: str) -> None:
    any_site.has("sbatch", SBATCH)
    any_site.call("sbatch", *arguments.split())
    _, job = any_site.lines()
    assert job["name"] == name


@pytest.mark.parametrize(
    ("command", "printed", "jobs"),
    [
        ("sbatch x", "Submitted batch job 41 on cluster c1", ["slurm 41"]),
        ("sbatch --parsable x", "41;c1", ["slurm 41"]),
        ("sbatch --parsable x", "41", ["slurm 41"]),
        (
            "sbatch x",
            "hours left:\\n12\\n\\033[1;32m  Submitted batch job 41\\033[0m\\r",
            ["slurm 41"],
        ),
        ("qsub x", 'Your job 12 ("x") has been submitted', ["sge 12"]),
        ("qsub -t 1-3 x", 'Your job-array 9.1-3:1 ("x") has been submitted', ["sge 9"]),
        ("qsub -terse x", "9.1-3:2", ["sge 9"]),
        ("qsub x", "4711.server.example", ["pbs 4711.server.example"]),
        ("qsub -J 1-3 x", "103[].node1", ["pbs 103[].node1"]),
        ("qsub x", "4711", ["slurm 4711"]),
        (
            "condor_submit x",
            "Submitting job(s)..\\n2 job(s) submitted to cluster 7.",
            ["htcondor 7"],
        ),
        ("condor_submit -terse x", "7.0 - 7.2", ["htcondor 7"]),
        ("condor_submit_dag x", "1 job(s) submitted to cluster 9.", ["htcondor 9"]),
        ("tsp x", "0", ["tsp 0"]),
        ("bsub x", "Job <4711> is submitted to queue <normal>.", ["lsf 4711"]),
        ("flux submit x", "f2Qmfh", ["flux f2Qmfh"]),
        ("flux submit x", "ƒAVpNAfh", ["flux fAVpNAfh"]),
        ("oarsub x", "[ADMISSION RULE] x\\nOAR_JOB_ID=42", ["oar 42"]),
        ("msub x", "\\nMoab.17", ["moab Moab.17"]),
    ],
)
def test_what_a_command_answers_is_read(
    site: Site, command: str, printed: str, jobs: list[str]
) -> None:
    name, *arguments = command.split()
    site.has(name, f"#!/bin/sh\nprintf '{printed}\\n'\n")
    site.call(name, *arguments)
    assert site.jobs() == jobs
    assert site.intents == 0


def test_what_stands_after_a_progress_bar_is_read_without_delay(site: Site) -> None:
    bar = r"\r\033[32m 12%%\033[0m |####      | 123/1000 [00:12<01:11, 12.31it/s]"
    bars = f"awk 'BEGIN {{ for (i = 0; i < 3000; i++) printf \"{bar}\" }}'"
    site.has("sbatch", f"#!/bin/sh\n{bars}\necho Submitted batch job 41\n")
    site.call("sbatch", "x")
    assert site.jobs() == ["slurm 41"]


@pytest.mark.parametrize("options", ["-n", "-nf", "-fn", "-f -n"])
def test_what_a_job_prints_through_its_command_is_no_id(site: Site, options: str) -> None:
    site.has("tsp", "#!/bin/sh\necho 3\n")
    site.call("tsp", *options.split(), "./run.sh")
    assert site.jobs() == []


def test_at_tells_it_on_standard_error(any_site: Site) -> None:
    any_site.has("at", "#!/bin/sh\ncat\necho 'job 5 at Sun Nov 22 14:31:00 2026' >&2\n")
    done = any_site.call("at", "now", stdin=b"true\n")
    assert (done.stdout, done.stderr) == (b"true\n", b"job 5 at Sun Nov 22 14:31:00 2026\n")
    assert any_site.jobs() == ["at 5"]


@pytest.mark.parametrize(
    "command",
    ["tsp -l", "tsp", "at -l", "sbatch --version", "qsub -help", "flux jobs", "bsub -V"],
)
def test_a_question_leaves_nothing(site: Site, command: str) -> None:
    name, *arguments = command.split()
    site.has(name, "#!/bin/sh\necho 4711\n")
    assert site.call(name, *arguments).stdout == b"4711\n"
    assert not (site.run / "submits").exists()


def test_a_try_and_a_failure_submit_nothing(site: Site) -> None:
    site.has("sbatch", "#!/bin/sh\necho 'sbatch: Job 41 to start at noon' >&2\n")
    site.call("sbatch", "-p", "debug", "--test-only", "x.sh")
    site.has("sbatch", "#!/bin/sh\necho 'invalid partition' >&2\nexit 1\n")
    assert site.call("sbatch", "x.sh").returncode == 1
    assert (site.jobs(), site.intents) == ([], 0)


def test_an_answer_that_says_nothing_is_a_question_that_is_open(site: Site) -> None:
    site.has("sbatch", "#!/bin/sh\necho Trabajo enviado\n")
    site.call("sbatch", "-J", "prep", "x.sh", env={"SLURM_CONF": "/x"})
    run, intent = site.lines()
    assert run["intents"] == "1"
    assert (intent["program"], intent["scheduler"], intent["name"]) == ("sbatch", "slurm", "prep")
    assert (intent["directory"], intent["context"]) == (str(site.root), "SLURM_CONF=/x")


def test_a_job_is_known_while_its_command_waits_for_it(any_site: Site, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    any_site.has("sbatch", f"{SBATCH}until test -e '{gate}'; do sleep 0.1; done; exit 3\n")
    with any_site.begin("sbatch", "--wait", "x.sh") as waiting:
        assert waiting.stdout
        assert waiting.stdout.readline() == b"Submitted batch job 41\n"
        wait_until(lambda: any_site.jobs() == ["slurm 41"], what="the job")
        gate.touch()
        assert waiting.wait() == 3
    assert (any_site.jobs(), any_site.intents) == (["slurm 41"], 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_reaches_the_command(any_site: Site, number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    # zsh writes twice what it is just writing itself when a signal comes.
    any_site.has(
        "sbatch",
        f"#!/bin/sh\ntrap 'echo got {name}; exit 9' {name}\nenv echo begun\n"
        "while :; do sleep 0.05; done\n",
    )
    with any_site.begin("sbatch", "--wait", "x.sh") as waiting:
        assert waiting.stdout
        assert waiting.stdout.readline() == b"begun\n"
        waiting.send_signal(number)
        assert waiting.stdout.read() == f"got {name}\n".encode()
        assert waiting.wait() == 9
    assert any_site.intents == 1


def test_an_interrupt_ends_the_command(any_site: Site) -> None:
    any_site.has("sbatch", "#!/bin/sh\necho begun\nexec sleep 600\n")
    with any_site.begin("sbatch", "--wait", "x.sh") as waiting:
        assert waiting.stdout
        assert waiting.stdout.readline() == b"begun\n"
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait() == 130


def test_a_command_that_leaves_children_on_its_stream_holds_nobody(any_site: Site) -> None:
    any_site.has("sbatch", f"{SBATCH}sleep 600 &\necho $! >'{any_site.root}/child'\n")
    out = any_site.root / "out"
    program = any_site.stand_in("sbatch")
    with out.open("wb") as file:
        subprocess.run(
            [program, "x.sh"], env=any_site.env(program.parent), stdout=file, check=True, timeout=20
        )
    assert out.read_bytes() == b"Submitted batch job 41\n"
    assert any_site.jobs() == ["slurm 41"]
    os.kill(int((any_site.root / "child").read_text()), signal.SIGKILL)


def test_of_a_sites_own_command_and_the_one_that_it_calls_the_inner_one_tells(
    any_site: Site,
) -> None:
    any_site.has("sbatch", SBATCH)
    own = any_site.root / "site"
    any_site.write(
        own / "sbatch", '#!/bin/sh\necho 4711\nprintf "id: "\nsbatch "$@"\necho price: 12.5\n'
    )
    program = any_site.stand_in("sbatch")
    done = subprocess.run(
        [program, "x.sh"], env=any_site.env(program.parent, own), capture_output=True, check=True
    )
    assert done.stdout == b"4711\nid: Submitted batch job 41\nprice: 12.5\n"
    assert (any_site.jobs(), any_site.intents) == (["slurm 41"], 0)


def test_stand_ins_of_other_batch_remotes_are_passed_by(site: Site) -> None:
    site.has("sbatch", SBATCH)
    theirs = Site(site.root / "other").stand_in("sbatch").parent
    done = subprocess.run(
        [theirs / "sbatch", "x.sh"],
        env=site.env(theirs, site.stand_in("sbatch").parent),
        capture_output=True,
        check=True,
        timeout=20,
    )
    assert done.stdout == b"Submitted batch job 41\n"
    assert site.jobs() == ["slurm 41"]


@pytest.mark.parametrize("where", ["", "/nowhere/runs/1"])
def test_outside_of_a_run_it_is_the_command_itself(site: Site, where: str) -> None:
    site.has("sbatch", SBATCH)
    done = site.call("sbatch", "x.sh", env={"GITBATCH_RUN_DIR": where})
    assert done.stdout == b"Submitted batch job 41\n"
    assert site.jobs() == []


def test_what_cannot_be_recorded_is_submitted_all_the_same(any_site: Site) -> None:
    any_site.has("sbatch", SBATCH)
    (any_site.run / "submits").write_text("in the way")
    done = any_site.call("sbatch", "x.sh")
    assert done.stdout == b"Submitted batch job 41\n"
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("gitbatch: sbatch is not recorded, since ")


def test_a_run_knows_of_a_job_that_could_not_be_recorded(world: World) -> None:
    programs = world.clone / "programs"
    world.script(programs / "sbatch", "#!/bin/sh\necho mute\n")
    (world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
    schedule = '#!/bin/sh\n: >"$GITBATCH_RUN_DIR/submits"\nsbatch x.sh\n'
    number = world.submit({"schedule.sh": schedule})
    answer = world.gitbatch("jobs", str(number))
    assert fields(answer.output.splitlines()[1])["intents"] == "1"


def test_where_there_are_no_named_pipes_it_is_shown_when_it_has_ended(any_site: Site) -> None:
    any_site.has("sbatch", f"{SBATCH}exit 4\n")
    any_site.has("mkfifo", "#!/bin/sh\nexit 1\n")
    done = any_site.call("sbatch", "x.sh")
    assert (done.returncode, done.stdout) == (4, b"Submitted batch job 41\n")
    assert any_site.jobs() == ["slurm 41"]


def test_only_commands_that_are_there_have_a_stand_in(world: World) -> None:
    programs = world.clone / "programs"
    world.script(programs / "bsub", "#!/bin/sh\n")
    (world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
    missing = next(name for name in ("msub", "flux", "oarsub") if not shutil.which(name))
    script = f"#!/bin/sh\ncommand -v bsub\ncommand -v {missing} || echo none\n"
    number = world.submit({"schedule.sh": script})
    log = (world.run(number) / "schedule.log").read_text()
    assert log == f"{world.repo}/gitbatch/bin/bsub/bsub\nnone\n"


def test_ts_is_task_spooler_only_where_it_says_so(site: Site) -> None:
    site.has("ts", "#!/bin/sh\ntest \"$1\" != -V || echo 'Task Spooler v1.0'\necho 3\n")
    site.call("ts", "true")
    assert site.jobs() == ["tsp 3"]
    site.has("ts", "#!/bin/sh\necho 4\n")
    site.call("ts", "true")
    assert site.jobs() == ["tsp 3"]


def test_a_job_submitted_inside_of_an_arrays_task_is_itself(world: World) -> None:
    number = world.submit({"schedule.sh": NO_JOB})
    gitbatch = str(world.repo / "gitbatch/gitbatch")
    program = world.repo / "gitbatch/bin/sbatch/sbatch"
    programs = world.clone / "programs"
    world.script(
        programs / "sbatch",
        f"#!/bin/sh\nSLURM_JOB_ID=60 '{gitbatch}' run true\necho Submitted batch job 60\n",
    )
    outer = {"SLURM_JOB_ID": "52", "SLURM_ARRAY_JOB_ID": "50", "SLURM_ARRAY_TASK_ID": "2"}
    outer |= {"GITBATCH_RUN_DIR": str(world.run(number))}
    path = f"{program.parent}:{programs}:{world.env['PATH']}"
    world.call(program, "eval.sh", env=outer | {"PATH": path})
    assert world.facts(number, "started")["job"] == "slurm 60"
    # The same where the stand-in was passed by, but the outer job has our wrapper.
    world.gitbatch("run", "env", "SLURM_JOB_ID=61", gitbatch, "run", "true", env=outer)
    assert world.facts(number, "started.2")["job"] == "slurm 50_2"
    assert world.facts(number, "started.3")["job"] == "slurm 61"
    world.gitbatch("settle", str(number), "succeeded")


def test_what_a_task_says_of_itself_is_put_beside_its_array(any_site: Site) -> None:
    any_site.has("qsub", "#!/bin/sh\necho '103[].node1'\n")
    any_site.call("qsub", "-J", "1-2", "x.sh")
    (any_site.run / "started").write_text("job: pbs 103[2].node1\nprocess: 1 1 - elsewhere\n")
    (any_site.run / "started.2").write_text("job: slurm 7_1\nprocess: 1 1 - elsewhere\ntasks: 4\n")
    found = {job["job"]: job["how"] for job in any_site.lines() if "job" in job}
    assert found == {
        "pbs 103[].node1": "recorded",
        "pbs 103[2].node1": "recorded",
        "slurm 7": "wrapper",
        "slurm 7_1": "wrapper",
    }


def test_a_page_instead_of_a_job_leaves_open_whether_there_is_one(world: World) -> None:
    programs = world.clone / "programs"
    world.script(programs / "qsub", "#!/bin/sh\necho '<html><body>504</body></html>'\n")
    (world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
    run = world.submit({"schedule.sh": "#!/bin/sh\nqsub run.sh\n"})
    world.waits_for_nothing()
    told = world.status(run)
    assert told["state"] == "unknown"
    assert told["reason"].startswith("a submit command didn't answer with a job: whether it submi")


def test_a_call_that_is_not_answered_yet_is_no_doubt_while_schedule_sh_runs(world: World) -> None:
    programs = world.clone / "programs"
    asking = '#!/bin/sh\n"$GITBATCH" status "$GITBATCH_RUN" >../asked\necho 12.node1\n'
    world.script(programs / "qsub", asking)
    (world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
    run = world.submit({"schedule.sh": "#!/bin/sh\nqsub run.sh\n"})
    asked = (world.run(run) / "asked").read_text().split("\n")[1].split("\t")
    assert {"state=submitted", "reason=schedule.sh is running"} <= set(asked)
    world.gitbatch("settle", str(run), "succeeded")
