"""The doctor: what it finds, in which words, and that it leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs.listing import list_remote
from gitbatch_tui.core.setup import doctor
from gitbatch_tui.core.setup import scheduling as scheduling_module
from gitbatch_tui.core.setup.doctor import Health, HealthCheck, diagnose
from gitbatch_tui.core.setup.examine import ServerFacts, examine_server
from gitbatch_tui.core.setup.roundtrip import RoundTripOutcome, round_trip
from gitbatch_tui.core.setup.scheduling import scheduling, silent
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.errors import CommandFailed
from tests.support.batches import PROJECT, new_world, new_world_at, open_batch
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.hosts.host import Host
    from tests.support.servers.sshd import Sshd


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def checks(world: World) -> dict[str, HealthCheck]:
    with open_batch(world) as batch:
        return {check.name: check for check in diagnose(batch)}


def trouble(world: World) -> dict[str, str]:
    """What isn't fine, and why."""
    found = checks(world).values()
    return {check.name: check.words for check in found if check.verdict is not Health.OK}


def test_a_good_batch_remote_passes_with_a_real_run(world: World) -> None:
    found = checks(world)
    assert {check.verdict for check in found.values()} == {Health.OK}
    assert found["round trip"].words.startswith("pushed, run, committed and fetched in ")


def test_a_shallow_clone_is_named(world: World) -> None:
    world.write({"more": "1"})
    world.commit({})
    (world.clone / ".git/shallow").write_text(world.git("rev-parse", "HEAD") + "\n")
    assert "git fetch --unshallow" in checks(world)["this clone"].words


def test_the_round_trip_leaves_no_trace(world: World) -> None:
    world.write({"half": "done\n"})
    status = world.git("status", "--porcelain")
    refs = world.git("for-each-ref")
    checks(world)
    assert world.git("status", "--porcelain") == status
    assert world.git("for-each-ref") == refs
    assert world.bare("for-each-ref", "refs/heads") == ""


def test_a_person_without_a_name_can_be_checked_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert "round trip" not in trouble(world)


def test_a_hook_that_is_not_executable_is_named(world: World) -> None:
    (world.repo / "hooks/post-receive").chmod(0o644)
    found = trouble(world)
    assert found["hook"].startswith("post-receive isn't executable, so pushes start nothing; ")
    assert f"gitbatch-tui setup batch {world.base}" in found["hook"]
    assert "no run was confirmed" in found["round trip"]


def test_a_hook_of_somebody_elses_is_named(world: World) -> None:
    (world.repo / "hooks/post-receive").write_text("#!/bin/sh\nmail\n")
    assert "somebody else's hook" in trouble(world)["hook"]
    assert "`gitbatch-tui setup --replace-hook batch " in trouble(world)["hook"]


def test_a_missing_hook_is_named(world: World) -> None:
    (world.repo / "hooks/post-receive").unlink()
    assert "there is no post-receive hook" in trouble(world)["hook"]


def test_hooks_that_git_looks_for_elsewhere_are_named(world: World) -> None:
    world.bare("config", "--unset", "core.hooksPath")
    assert "(core.hooksPath is not set)" in trouble(world)["settings"]
    world.bare("config", "core.hooksPath", "/etc/hooks")
    assert "(core.hooksPath is /etc/hooks)" in trouble(world)["settings"]


def test_a_batch_remote_behind_a_link_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert trouble(new_world_at(tmp_path, str(tmp_path / "link/base"))) == {}


def test_an_older_program_is_a_warning(world: World) -> None:
    (world.repo / "gitbatch/version").write_text("0.0.9\n")
    with (world.repo / "gitbatch/gitbatch").open("a") as program:
        program.write("# older\n")
    assert "gitbatch 0.0.9 is installed" in trouble(world)["program"]


def test_a_scheduler_that_schedule_sh_calls_and_nobody_finds_is_named(world: World) -> None:
    script = "#!/bin/sh\n# qsub was here\ncondor_submit './run.sh'\n"
    world.commit({"schedule.sh": script})
    found = trouble(world)["scheduler"]
    assert found.startswith("schedule.sh calls condor_submit, which isn't on the PATH there")
    assert f"{world.base}/profile" in found


def test_a_profile_can_bring_the_scheduler(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\ncondor_submit './run.sh'\n"})
    for program in ("condor_submit", "condor_q", "condor_history"):
        world.script(world.root / f"programs/{program}", "#!/bin/sh\n")
    (world.base / "profile").write_text(f"PATH={world.root}/programs:$PATH\n")
    assert "scheduler" not in trouble(world)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("", "there is no schedule.sh in HEAD yet"),
        (JOB_OF_ITS_OWN, "schedule.sh uses local"),
        ("#!/bin/sh\ncondor_submit run.sub\n", "schedule.sh submits with condor_submit (htcondor)"),
        ("#!/bin/sh\nif which condor_submit\nthen condor_submit x\nelse sbatch x\nfi\n",
         "schedule.sh finds condor_submit (htcondor)"),
        ("#!/bin/sh\n./submit.py\n", "schedule.sh calls none of those that are known here"),
    ],
)  # fmt: skip
def test_the_scheduler_that_is_going_to_be_used_is_said(
    world: World, schedule: str, words: str
) -> None:
    for program in ("condor_submit", "sbatch"):
        world.script(world.root / f"programs/{program}", "#!/bin/sh\n")
    (world.base / "profile").write_text(f"PATH={world.root}/programs:$PATH\n")
    world.commit({"schedule.sh": schedule} if schedule else {"README": "no job yet\n"})
    if not schedule:
        world.git("rm", "-q", "--ignore-unmatch", "schedule.sh")
        world.commit({})
    with open_batch(world) as batch:
        found = scheduling(batch, examine_server(batch.host, batch.remote.base), repair=False)
    assert found[0]
    assert found[1].startswith(f"{words}; on the PATH: local, sbatch, condor_submit")


@pytest.mark.parametrize(
    ("qstat", "scheduler"),
    [
        ("echo 'pbs_version = 23.06.06'", "pbs"),
        ("echo 'ld.so: libxalt.so: ignored.' >&2; echo 'pbs_version = 2022.1.1'", "pbs"),
        ("echo 'Version: 6.1.2'; echo 'Commit: x'", "pbs"),
        ("echo >&2 'version: 2.5.12'", "pbs"),
        ("echo >&2 'SGE 8.1.9'; exit 1", "sge"),
        ("echo >&2 'Unknown option: version'; exit 2", "slurm"),
        ("trap '' TERM; sleep 30", "sge"),
    ],
)
def test_whose_program_qsub_is_is_told_by_what_qstat_says(
    world: World, qstat: str, scheduler: str
) -> None:
    world.script(world.root / "programs/qsub", "#!/bin/sh\n")
    world.script(world.root / "programs/qstat", f"#!/bin/sh\n{qstat}\n")
    (world.base / "profile").write_text(f"PATH={world.root}/programs:$PATH\n")
    world.commit({"schedule.sh": "#!/bin/sh\n# what is there\nqsub run.sh\n"})
    with open_batch(world) as batch:
        found = scheduling(batch, examine_server(batch.host, batch.remote.base), repair=False)
    assert found[1].startswith(f"schedule.sh submits with qsub ({scheduler}); on the PATH")


@pytest.mark.parametrize(
    ("job", "needs"),
    [
        ("conda activate experiment", True),
        ("source activate experiment", True),
        ("conda run -n experiment python fit.py", True),
        (". ~/miniconda3/etc/profile.d/conda.sh\nconda activate experiment", False),
        (". ~/envs/experiment/bin/activate", False),
        (". /opt/conda/bin/activate experiment", False),
        ("# conda activate experiment", False),
    ],
)
def test_a_job_that_calls_conda_is_told_where_it_is(
    world: World, clean_environment: Path, job: str, *, needs: bool
) -> None:
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": f"#!/bin/sh\n{job}\n"})
    (clean_environment / ".profile").write_text("export CONDA_EXE=/opt/conda/bin/conda\n")
    with open_batch(world) as batch:
        facts = examine_server(batch.host, batch.remote.base)
        fine, words = scheduling(batch, facts, repair=False)
        assert fine is not needs
        if needs:
            assert words.startswith(
                "run.sh calls conda, which only a login finds (/opt/conda/bin/conda): "
            )
            assert scheduling(batch, facts, repair=True)[0]
            profile = (world.base / "profile").read_text()
            assert "PATH=$PATH:/opt/conda/bin\n" in profile


def test_what_the_servers_own_check_finds_is_passed_on(world: World) -> None:
    world.push()
    world.settled(1)
    world.unsettle(1)
    assert "run 1 has ended, and is not settled" in trouble(world)["runs"]
    with open_batch(world) as batch:
        mended = {check.name: check for check in diagnose(batch, repair=True)}
    assert mended["runs"].verdict is Health.OK


def test_a_folder_that_is_gone_is_named(world: World) -> None:
    world.base.rename(world.root / "elsewhere")
    assert "there is no batch remote in" in trouble(world)["server"]


def test_all_tools_that_are_missing_are_named_with_what_follows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_mac(host: Host, base: str) -> ServerFacts:
        return replace(examine_server(host, base), tools=frozenset())

    monkeypatch.setattr(doctor, "examine_server", on_a_mac)
    words = trouble(world)["tools"].split("; ")
    tools = ("setsid", "flock", "/proc", "boot id", "sha256sum")
    assert [word.partition(", so ")[0] for word in words] == [f"there is no {it}" for it in tools]


def test_a_busy_scheduler_is_no_failure_and_the_test_is_cancelled(world: World) -> None:
    world.bare("config", "gitbatch.localSlots", "1")
    world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nexec sleep 60\n"})
    wait_until((world.run(1) / "started").exists)
    with open_batch(world) as batch:
        outcome, words = round_trip(batch, limit=1)
    assert (outcome, words.partition(":")[0]) == (RoundTripOutcome.BUSY, "accepted and queued")
    assert world.settled(900000001)["state"] == "cancelled"
    assert world.tip("gitbatch-doctor-") == ""
    assert "doctor" not in world.bare("for-each-ref", "refs/heads")
    world.gitbatch("cancel", "1")


def test_text_of_login_files_is_recognised_as_what_breaks_git(sshd: Sshd, tmp_path: Path) -> None:
    sshd.home.mkdir(exist_ok=True)
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    (sshd.home / ".bashrc").write_text("echo Welcome to the cluster\n")
    sshd.login_shell("bash")
    found = trouble(world)
    assert "print text (Welc...) even where nobody looks" in found["git's connection"]
    assert "round trip" not in found
    with open_batch(world) as batch, pytest.raises(CommandFailed, match=r"print text \(Welc"):
        prepare(batch)


def test_a_host_that_cannot_be_reached_is_one_sentence(sshd: Sshd, tmp_path: Path) -> None:
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    sshd.client("ProxyCommand /bin/false")
    sshd.stop()
    with open_batch(world) as batch:
        (check,) = diagnose(batch)
    assert check.verdict is Health.FAIL
    assert "hpc" in check.words


def test_doctors_runs_are_in_the_history_under_their_own_branch_and_numbers(world: World) -> None:
    checks(world)
    checks(world)
    with open_batch(world) as batch:
        runs = list_remote(batch.clone, batch.hosts, batch.remote).runs
    assert all(run.branch.startswith("gitbatch-doctor-") for run in runs)
    assert [run.number for run in runs] == [900000002, 900000001]
    assert world.submit(PROJECT) == 1
    (world.base / "runs/.last").unlink()
    assert world.submit({**PROJECT, "more": ""}) == 2


@pytest.mark.parametrize(
    ("squeue", "why"),
    [
        ("echo >&2 'slurm_load_jobs error: Unable to contact slurm controller'; exit 1", "contact"),
        ("exec sleep 600", "did not answer in time"),
        ("exit 127", ""),
    ],
    ids=["down", "hung", "broken"],
)
def test_a_scheduler_that_is_there_and_does_not_answer_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, squeue: str, why: str
) -> None:
    monkeypatch.setattr(scheduling_module, "_PATIENCE", 1)
    for program, script in {"sbatch": "exit 1", "squeue": squeue, "sacct": "exit 1"}.items():
        world.script(world.root / "programs" / program, f"#!/bin/sh\n{script}\n")
    (world.base / "profile").write_text(f"PATH='{world.root}/programs':$PATH\n")
    world.commit({"schedule.sh": "#!/bin/sh\nsbatch run.sh\n"})
    with open_batch(world) as batch:
        (words,) = silent(batch, examine_server(batch.host, batch.remote.base))
    assert words.startswith("sbatch (slurm) is on the PATH, and slurm doesn't say how jobs are")
    assert why in words


@pytest.mark.parametrize("tools", [{"at", "atd"}, {"at"}])
def test_jobs_of_at_that_nobody_begins_are_warned_of(world: World, tools: set[str]) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\necho true | at now\n"})
    with open_batch(world) as batch:
        facts = examine_server(batch.host, batch.remote.base)
        said = list(silent(batch, replace(facts, tools=frozenset(tools))))
    words = "at (at) is on the PATH, and atd, which begins its jobs, doesn't run there: "
    assert any(each.startswith(words) for each in said) is ("atd" not in tools)
