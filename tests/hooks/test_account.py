"""A job begins with the account's environment and nothing inherited, whoever starts it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.account import CLIENTS, DUMP, kept
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.worlds import World

GIT_STANDS_IN = '#!/bin/sh\necho "a warning on standard error" >&2\nexec {git} "$@"\n'


def environment_of(world: World, run: int) -> list[str]:
    facts = world.settled(run)
    return kept(world.bare("show", f"{facts['result']}:environment.txt").splitlines())


@pytest.fixture
def plain(world: World) -> list[str]:
    """What a job sees that a plain push has started."""
    return environment_of(
        world, world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": DUMP}, branch="plain")
    )


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_every_way_to_start_a_run_gives_its_job_the_same_environment(
    world: World, plain: list[str], client: dict[str, str]
) -> None:
    world.commit({"another": "file\n"}, branch="other")
    pushed = world.call("git", "push", "batch", "HEAD", env=client)
    started = world.gitbatch("start", "plain", "-o", "x=1", env=client)
    again = world.gitbatch("rerun", "1", env=client)
    for answer in (pushed, started, again):
        assert environment_of(world, answer.run) == plain, answer.output


@pytest.mark.parametrize(
    ("names", "who"),
    [
        ({"LOGNAME": "anna", "USER": "ben"}, "anna"),
        ({"LOGNAME": "", "USER": "ben"}, "ben"),
        ({"LOGNAME": "", "USER": ""}, ""),
    ],
)
def test_whoever_submits_cancels_settles_and_notes_has_one_name(
    world: World, names: dict[str, str], who: str
) -> None:
    who = who or subprocess.check_output(["id", "-un"], text=True).strip()
    waits = "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\n"
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": waits})
    assert world.call("git", "push", "batch", "HEAD", env=names).status == 0
    assert world.gitbatch("cancel", "1", env=names).status == 0
    assert world.gitbatch("settle", "1", "failed", env=names).status == 0
    assert world.gitbatch("attest", "1", "note", "Note", "good", env=names).status == 0
    assert world.facts(1, "request")["submitter"] == who
    assert world.facts(1, "cancelled")["by"] == who
    assert world.facts(1, "told/run")["by"] == who
    assert f"\nBy: {who}\n" in world.bare("log", "-1", "--format=%B", "refs/gitbatch/log") + "\n"


def test_a_job_has_the_accounts_language_and_no_folder_of_gits_programs(
    world: World, plain: list[str]
) -> None:
    del world
    names = [line.partition("=")[0] for line in plain]
    assert "LANG" in names
    assert "LC_ALL" not in names
    (path,) = (line for line in plain if line.startswith("PATH="))
    assert "git-core" not in path


def test_what_programs_complain_of_is_never_taken_for_what_they_answer(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    found = subprocess.run(["which", "git"], capture_output=True, text=True, check=True)
    world.script(tools / "git", GIT_STANDS_IN.format(git=found.stdout.strip()))
    world.env["PATH"] = f"{tools}:{world.env['PATH']}"
    run = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho x >result\n"})
    facts = world.settled(run)
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
    assert "warning" not in facts
    assert "bytes=" in world.gitbatch("prune", "--dry-run").output


def hold(world: World, descriptors: Iterable[int]) -> None:
    """Let the hook inherit these; they have to be closed while the job still runs."""
    go = world.base / "go"
    waits = "#!/bin/sh\nuntil test -e ../../../go; do sleep 0.1; done\n"
    commit = world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": waits})
    world.bare("fetch", "-q", str(world.clone), "HEAD:refs/heads/master")
    reader, writer = os.pipe()
    lines, tell = os.pipe()
    os.write(tell, f"{'0' * len(commit)} {commit} refs/heads/master\n".encode())
    os.close(tell)
    source = os.dup2(writer, 200, inheritable=False)
    hook = os.posix_spawn(
        world.repo / "hooks/post-receive",
        ["hooks/post-receive"],
        world.env | {"GIT_DIR": str(world.repo)},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, lines, 0),
            *((os.POSIX_SPAWN_DUP2, source, number) for number in descriptors),
        ],
    )
    for number in (writer, lines, source):
        os.close(number)
    os.waitpid(hook, 0)
    with os.fdopen(reader) as pipe:
        assert pipe.read() == ""
    assert world.facts(1, "finished") == {}
    go.touch()
    assert world.settled(1)["state"] == "succeeded"
    go.unlink()


def test_a_job_holds_nothing_that_the_hook_has_inherited(each_shell: World) -> None:
    hold(each_shell, range(3, 10))


@pytest.mark.parametrize("descriptors", [range(3, 64), (3, 11, 63)], ids=["all", "some"])
def test_descriptors_that_sh_can_not_name_are_closed_by_another_shell(
    world: World, descriptors: Iterable[int]
) -> None:
    hold(world, descriptors)
