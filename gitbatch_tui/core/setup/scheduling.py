"""Says which scheduler a batch remote is going to use, and what keeps its hook from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.jobs.poller import ask
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.programs import SUBMITTERS, called, looked_for, scheduler_of
from gitbatch_tui.core.setup.install import write_profile
from gitbatch_tui.core.setup.login import CONDA, look_around
from gitbatch_tui.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.schedulers.adapter import Adapter
    from gitbatch_tui.core.setup.examine import ServerFacts

_PATIENCE = 10
"""Seconds that a scheduler has to say something."""
_CONDA = re.compile(r"(?m)^[^#\n]*(?:\bconda +\w|(?<!/)\bactivate +[\w.-]+ *$)")


def scheduling(batch: Batch, facts: ServerFacts, *, repair: bool) -> tuple[bool, str]:
    """True if schedule.sh and run.sh of HEAD find what they call; and the words for it.

    Where only a login finds it, `repair` writes BASE/profile.
    """
    scripts = {name: _script(batch, name) for name in ("schedule.sh", "run.sh")}
    needed = dict.fromkeys(called(scripts["schedule.sh"]), "schedule.sh")
    for name, script in scripts.items():
        # Whoever reads conda.sh by its path needs no PATH for it.
        if _CONDA.search(script) and "/conda.sh" not in script:
            needed.setdefault(CONDA, name)
    spared = {*facts.tools, *looked_for(scripts["schedule.sh"])}
    missing = {program: name for program, name in needed.items() if program not in spared}
    if missing:
        return _missing(batch, facts, missing, repair=repair)
    there = ", ".join(["local", *(name for name in SUBMITTERS if name in facts.tools)])
    return True, f"{_uses(scripts['schedule.sh'], facts)}; on the PATH: {there}"


def silent(batch: Batch, facts: ServerFacts) -> Iterator[str]:
    """A sentence for each scheduler whose programs schedule.sh calls, and that doesn't work.

    They are asked about a job, which takes no longer than a few seconds each.
    """
    programs = [name for name in called(_script(batch, "schedule.sh")) if name in facts.tools]
    users = {scheduler_of(program, facts.qstat): program for program in reversed(programs)}
    for name, program in users.items():
        if why := _why_silent(batch, adapters()[name]):
            yield (
                f"{program} ({name}) is on the PATH, and {name} doesn't say how jobs are when it "
                f"is asked: {why}"
            )
    if "at" in users and "atd" not in facts.tools:
        yield (
            f"{users['at']} (at) is on the PATH, and atd, which begins its jobs, doesn't run "
            "there: they wait until somebody starts it"
        )


def _why_silent(batch: Batch, adapter: Adapter) -> str:
    try:
        # Nobody needs to know that job: what counts is that something is said.
        if adapter.ask:
            ask(batch.server, adapter, (), ["1"], _PATIENCE)
    except (ValueError, TimedOut) as error:
        return one_line(str(error)) or "it says nothing"
    return ""


def _script(batch: Batch, name: str) -> str:
    return batch.clone.try_git("cat-file", "blob", f"HEAD:{name}") or ""


def _uses(script: str, facts: ServerFacts) -> str:
    if not script:
        return "there is no schedule.sh in HEAD yet"
    found = [program for program in looked_for(script) if program in facts.tools]
    if found:
        return f"schedule.sh finds {_with_scheduler(found[0], facts)}"
    if programs := [program for program in called(script) if program in facts.tools]:
        names = ", ".join(_with_scheduler(program, facts) for program in programs)
        return f"schedule.sh submits with {names}"
    if re.search(r"\bspawn\b", script):
        return "schedule.sh uses local"
    return "schedule.sh calls none of those that are known here"


def _with_scheduler(program: str, facts: ServerFacts) -> str:
    return f"{program} ({scheduler_of(program, facts.qstat)})"


def _missing(
    batch: Batch, facts: ServerFacts, missing: dict[str, str], *, repair: bool
) -> tuple[bool, str]:
    around = look_around(batch.host, batch.remote.base)
    by_login = [name for name in around.only_by_login() if name in missing]
    profile = f"{facts.base}/profile"
    program, script = next(iter(missing.items()))
    if not by_login:
        return False, (
            f"{script} calls {program}, which isn't on the PATH there: set PATH or `module "
            f"load` in {profile}, which is read before schedule.sh"
        )
    lines = around.profile(by_login)
    first = by_login[0]
    found = f"{missing[first]} calls {first}, which only a login finds ({around.login[first]})"
    if around.has_profile:
        added = "; ".join(line for line in lines.splitlines() if not line.startswith("#"))
        return False, f"{found}: add `{added}` to {profile}"
    if not repair:
        return (
            False,
            f"{found}: `gitbatch-tui doctor {batch.remote.name} --repair` writes {profile}",
        )
    write_profile(batch.host, batch.remote.base, lines)
    return True, f"{profile} was written, since {found}"
