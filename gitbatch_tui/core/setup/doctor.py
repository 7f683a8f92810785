"""Finds out what is wrong with a batch remote, and says it in words that need no manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui import __version__
from gitbatch_tui.core.base.format import BAD, GOOD, size
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.hosts.diagnosis import noise_in
from gitbatch_tui.core.schedulers import load
from gitbatch_tui.core.setup.examine import ServerFacts, examine_server
from gitbatch_tui.core.setup.push_settings import explained
from gitbatch_tui.core.setup.roundtrip import RoundTripOutcome, fetch_trouble, round_trip
from gitbatch_tui.core.setup.scheduling import scheduling, silent
from gitbatch_tui.errors import CommandFailed, GitBatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.batch.batch import Batch

_OLDEST = (2, 17)
_RUNS = "runs"
_LITTLE = 100_000_000
"""Bytes of free space below which runs are about to fail."""


_WITHOUT = {
    "setsid": "ctrl+c in a push to this machine may stop its hook, too, and what on-end leaves "
    "behind goes on",
    "flock": "many pushes at once wait for each other longer",
    "/proc": "cancel doesn't find what a job has started when its wrapper alone was killed",
    "boot id": "the machine is known by its name, which must stay while runs go on",
    "sha256sum": "results with a large file are not delivered",
}
"""What not every system has, and what follows from that."""


class Health(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"

    @property
    def sign(self) -> str:
        """The outcome in one sign."""
        return {Health.OK: GOOD, Health.WARN: "!", Health.FAIL: BAD}[self]


_VERDICTS = {
    RoundTripOutcome.ARRIVED: Health.OK,
    RoundTripOutcome.BUSY: Health.WARN,
    RoundTripOutcome.STOPPED: Health.WARN,
}


@dataclass(frozen=True)
class HealthCheck:
    """One thing that was looked at."""

    name: str
    verdict: Health
    words: str
    """What was found and, unless it is fine, what to do."""


def diagnose(batch: Batch, *, repair: bool = False) -> Iterator[HealthCheck]:
    """Every check as soon as it is done; ends with a real run, unless that can't be.

    Where `batch.stop` is asked for, no other check begins, and the real run is cancelled.
    """
    try:
        yield from _check_clone(batch)
        yield _check_connection(batch)
        facts = examine_server(batch.host, batch.remote.base)
        yield from _check_facts(batch, facts, repair=repair)
        noise = _check_git_connection(batch)
        yield noise
        if batch.stop.asked:
            return
        yield _check_invariants(batch, repair=repair)
    except GitBatchError as error:
        yield HealthCheck("server", Health.FAIL, str(error))
        return
    if noise.verdict is not Health.FAIL and not batch.stop.asked:
        yield _check_round_trip(batch)


def is_mendable(check: HealthCheck) -> bool:
    """True if `diagnose` with `repair` could do something about it."""
    return check.name == _RUNS and check.verdict is Health.FAIL


def _check_clone(batch: Batch) -> Iterator[HealthCheck]:
    """Yield a check of the clone where something is wrong with it, else none."""
    if batch.clone.git("rev-parse", "--is-shallow-repository") == "true":
        words = "it is shallow, so a push may be refused: `git fetch --unshallow` completes it"
        yield HealthCheck("this clone", Health.WARN, words)


def _check_connection(batch: Batch) -> HealthCheck:
    batch.host.run(":").check(f"{batch.host.name} doesn't run commands.")
    return HealthCheck("connection", Health.OK, f"{batch.host.name} answers")


def _check_git_connection(batch: Batch) -> HealthCheck:
    """Check that git gets through: it can't skip what login files print, as we can."""
    try:
        batch.ask_git("ls-remote", batch.remote.name, "HEAD")
    except CommandFailed as error:
        noise = noise_in(error)
        if not noise:
            return HealthCheck("git's connection", Health.FAIL, explained(batch, error))
        return HealthCheck(
            "git's connection",
            Health.FAIL,
            f"the login files of {batch.host.name} print text ({noise}...) even where "
            "nobody looks, and git takes that for an answer: at the top of ~/.bashrc (or .cshrc) "
            "over there, stop unless the shell is interactive, or print to stderr",
        )
    if trouble := fetch_trouble(batch):
        return HealthCheck("git's connection", Health.FAIL, explained(batch, trouble))
    return HealthCheck("git's connection", Health.OK, f"git reaches {batch.remote.name}")


def _check_facts(batch: Batch, facts: ServerFacts, *, repair: bool) -> Iterator[HealthCheck]:
    setup = f"`gitbatch-tui setup {batch.remote.name} {batch.remote.location}` mends that"
    yield _check_git_version(facts)
    yield _check_program(facts, setup)
    yield _check_hook(facts, setup)
    yield _check_settings(facts, setup)
    yield _check_folder(facts)
    yield _check_space(facts)
    yield _check_tools(facts)
    yield _check_scheduler(batch, facts, repair=repair)
    yield from (HealthCheck("scheduler", Health.WARN, words) for words in silent(batch, facts))
    yield from (HealthCheck("scheduler", Health.WARN, trouble) for trouble in load().troubles)


def _check_git_version(facts: ServerFacts) -> HealthCheck:
    numbers = tuple(int(part) for part in re.findall(r"\d+", facts.git)[:2])
    if numbers < _OLDEST:
        found = facts.git or "no git"
        return HealthCheck("git", Health.FAIL, f"{found} over there; 2.17 or newer is needed")
    return HealthCheck("git", Health.OK, facts.git)


def _check_program(facts: ServerFacts, setup: str) -> HealthCheck:
    if facts.differing:
        names = " and ".join(facts.differing)
        other = f"gitbatch {facts.version} is installed, this is {__version__}"
        differ = "differs" if len(facts.differing) == 1 else "differ"
        what = other if facts.version != __version__ else f"{names} {differ} from ours"
        return HealthCheck("program", Health.WARN, f"{what}; {setup}")
    return HealthCheck("program", Health.OK, f"gitbatch {facts.version}, byte for byte ours")


def _check_hook(facts: ServerFacts, setup: str) -> HealthCheck:
    troubles = {
        "missing": "there is no post-receive hook, so pushes start nothing",
        "foreign": "post-receive is somebody else's hook, so pushes start nothing",
        "not executable": "post-receive isn't executable, so pushes start nothing",
        "Windows line ends": "post-receive has Windows line ends, so it can't run",
    }
    if facts.hook == "foreign":
        setup = setup.replace("`gitbatch-tui setup ", "`gitbatch-tui setup --replace-hook ")
    if facts.hook in troubles:
        return HealthCheck("hook", Health.FAIL, f"{troubles[facts.hook]}; {setup}")
    return HealthCheck("hook", Health.OK, "post-receive is there and can run")


def _check_settings(facts: ServerFacts, setup: str) -> HealthCheck:
    if facts.elsewhere:
        words = f"git looks for hooks elsewhere (core.hooksPath is {facts.elsewhere}); {setup}"
        return HealthCheck("settings", Health.FAIL, words)
    if facts.push_options != "true":
        words = f"parameters (-o NAME=VALUE) aren't taken; {setup}"
        return HealthCheck("settings", Health.WARN, words)
    return HealthCheck("settings", Health.OK, "hooks are found, parameters are taken")


def _check_folder(facts: ServerFacts) -> HealthCheck:
    if facts.unwritable:
        names = ", ".join(facts.unwritable)
        return HealthCheck("folder", Health.FAIL, f"{facts.user} can't write to {names}")
    if facts.fallen:
        return HealthCheck(
            "folder", Health.FAIL, f"{facts.base} is no place for runs: {facts.fallen}"
        )
    if facts.lacking:
        return HealthCheck("folder", Health.WARN, f"{facts.base} can be written; {facts.lacking}")
    return HealthCheck("folder", Health.OK, f"{facts.base} can be written")


def _check_space(facts: ServerFacts) -> HealthCheck:
    if facts.free < _LITTLE:
        return HealthCheck("space", Health.WARN, f"only {size(facts.free)} are free over there")
    return HealthCheck("space", Health.OK, f"{size(facts.free)} are free")


def _check_tools(facts: ServerFacts) -> HealthCheck:
    lacking = [f"there is no {tool}, so {what}" for tool, what in _WITHOUT.items()
               if tool not in facts.tools]  # fmt: skip
    if lacking:
        return HealthCheck("tools", Health.WARN, "; ".join(lacking))
    return HealthCheck("tools", Health.OK, f"{', '.join(_WITHOUT)} are there")


def _check_scheduler(batch: Batch, facts: ServerFacts, *, repair: bool) -> HealthCheck:
    fine, words = scheduling(batch, facts, repair=repair)
    return HealthCheck("scheduler", Health.OK if fine else Health.FAIL, words)


def _check_invariants(batch: Batch, *, repair: bool) -> HealthCheck:
    checked = batch.server.check(repair=repair)
    if checked.problems:
        more = (
            ""
            if repair
            else f"; `gitbatch-tui doctor {batch.remote.name} --repair` mends what it can"
        )
        words = "; ".join(clean(problem) for problem in checked.problems)
        return HealthCheck(_RUNS, Health.FAIL, f"{words}{more}")
    if checked.notes:
        return HealthCheck(_RUNS, Health.WARN, "; ".join(clean(note) for note in checked.notes))
    mended = "; ".join(clean(text) for text in checked.mended)
    return HealthCheck(
        _RUNS, Health.OK, mended or "every run is in order, and every result is kept"
    )


def _check_round_trip(batch: Batch) -> HealthCheck:
    outcome, words = round_trip(batch)
    verdict = _VERDICTS.get(outcome, Health.FAIL)
    return HealthCheck("round trip", verdict, words)
