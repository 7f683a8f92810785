"""The server's program works in the locale C, and what it starts for others in theirs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.worlds import World

LOCALE = 'echo "<${LC_ALL-unset}> <${LANG-unset}> <${LC_CTYPE-unset}>"'
"""What a script prints of its own; that of its children is what is exported."""
CHILDS = f"sh -c '{LOCALE}' 2>/dev/null\n"
LOCALES = {
    "none": {},
    "LC_ALL": {"LC_ALL": "de_DE.UTF-8", "LANG": "fr_FR.UTF-8"},
    "an empty LC_ALL": {"LC_ALL": "", "LC_CTYPE": "C.UTF-8"},
    "C": {"LC_ALL": "C", "LANG": "C.UTF-8"},
}


def seen(locale: dict[str, str]) -> str:
    """What a script of LOCALE prints in it."""
    return " ".join(f"<{locale.get(name, 'unset')}>" for name in ("LC_ALL", "LANG", "LC_CTYPE"))


def leave_locale(world: World) -> None:
    for name in ("LC_ALL", "LANG", "LC_CTYPE"):
        world.env.pop(name, None)


def ended(world: World) -> str:
    """What on-end has printed, once it has."""
    path = world.base / "ended"
    wait_until(lambda: path.exists() and path.read_text())
    return path.read_text().strip()


@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES)
def test_a_job_under_run_and_what_follows_it_have_the_locale_that_its_scheduler_gave(
    each_shell: World, locale: dict[str, str]
) -> None:
    world = each_shell
    leave_locale(world)
    world.script(world.base / "on-end", f"#!/bin/sh\n{CHILDS[:-1]} >ended\n")
    number = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    job = {"GITBATCH_RUN_DIR": str(world.run(number)), "SLURM_JOB_ID": "7"}
    world.gitbatch("run", "--", "sh", "-c", LOCALE, env=locale | job)
    # bash says first that there is no such locale.
    assert (world.run(number) / "log").read_text().splitlines()[-1] == seen(locale)
    assert ended(world) == seen(locale)
    for name in ("LC_ALL", "LANG"):
        line = f"variable {name}: {locale.get(name)}"
        kept = (world.run(number) / "environment").read_text().splitlines()
        assert (line in kept) == (name in locale)


def test_schedule_sh_its_jobs_and_on_end_have_the_locale_of_logins(each_shell: World) -> None:
    world = each_shell
    world.script(world.base / "on-end", f"#!/bin/sh\n{CHILDS[:-1]} >ended\n")
    number = world.submit(
        {"schedule.sh": f"{JOB_OF_ITS_OWN}{CHILDS}", "run.sh": f"#!/bin/sh\n{CHILDS}"}
    )
    world.settled(number)
    (said,) = {
        (world.run(number) / "log").read_text().strip(),
        (world.run(number) / "schedule.log").read_text().splitlines()[-1],
        ended(world),
    }
    assert said.startswith("<unset> ")
    assert said.split()[1] != "<unset>"


def test_what_a_profile_sets_is_what_schedule_sh_and_jobs_have(each_shell: World) -> None:
    world = each_shell
    profile = world.base / "profile"
    profile.write_text(f"{LOCALE}\nexport LC_ALL=C.UTF-8 LANG=x\n")
    number = world.submit(
        {"schedule.sh": f"{JOB_OF_ITS_OWN}{CHILDS}", "run.sh": f"#!/bin/sh\n{CHILDS}"}
    )
    world.settled(number)
    first, *_, last = (world.run(number) / "schedule.log").read_text().splitlines()
    assert first.startswith("<unset> ")
    assert last == "<C.UTF-8> <x> <unset>"
    # mksh says first that there is no such locale.
    assert (world.run(number) / "log").read_text().splitlines()[-1] == last


def test_a_job_that_waited_for_its_turn_has_its_locale(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world.bare("config", "gitbatch.localSlots", "1")
    profile = world.base / "profile"
    profile.write_text("export LC_ALL=C.UTF-8 LANG=x\n")
    go = tmp_path_factory.mktemp("go") / "go"
    waits = f"#!/bin/sh\nuntil test -e {go}; do sleep 0.1; done\n{CHILDS}"
    first = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": waits})
    second = world.submit({"another": "file\n"})
    go.touch()
    for number in (first, second):
        world.settled(number)
        said = (world.run(number) / "log").read_text().splitlines()
        assert said[-1] == "<C.UTF-8> <x> <unset>"


def test_what_the_program_starts_for_itself_reads_no_locale(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    noted = tools / "noted"
    for name in ("mv", "ln", "rm", "mkdir", "date", "find"):
        program = shutil.which(name, path=world.env["PATH"])
        assert program
        note = f'#!/bin/sh\necho "{name} ${{LC_ALL-unset}}" >>{noted}\nexec {program} "$@"\n'
        world.script(tools / name, note)
    world.env["PATH"] = f"{tools}:{world.env['PATH']}"
    world.settled(world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\n: >made\n"}))
    calls = set(noted.read_text().splitlines())
    assert {"mv C", "ln C", "rm C", "mkdir C", "date C", "find C"} <= calls
    # After what a job computes with has been asked, and beside it, and of empty folders
    assert calls - {"ln unset", "rm unset", "find unset"} == {
        line for line in calls if line.endswith(" C")
    }
