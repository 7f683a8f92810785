"""Asks, in words, what a person has to choose before a branch is submitted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import first_few, plural, short
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results, Run, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.submit.situation import Situation

_ALWAYS, _NEVER = (f"`git config gitbatch.bringResults {wish}`" for wish in ("true", "false"))
_OPTION = re.compile(r"[A-Za-z0-9_]+=.*")
LONGEST = 32_000
"""Bytes of a parameter: a line of git's protocol has room for twice as many, a variable for four
times."""
_NAMED = 3
"""How many changed files a question names."""


class ResultsChoice(Enum):
    """How to treat commits on the server that the branch hasn't."""

    WITH = "--with-results"
    """Bring them in, and submit what comes of it."""
    WITHOUT = "--without-results"
    """Leave them; they are kept on the server."""


class ChangesChoice(Enum):
    """How to treat changes that aren't committed."""

    HEAD = "--head"
    """Submit the commit without them."""
    SNAPSHOT = "--snapshot"
    """Submit a snapshot of everything, beside the branch."""


@dataclass(frozen=True)
class Choices:
    """The answers so far; None is a question that hasn't been answered."""

    results: ResultsChoice | None = None
    dirt: ChangesChoice | None = None
    remember: bool = False
    """Do the same with results from now on."""
    again: bool = False
    """Run once more what has run already."""
    options: tuple[str, ...] = ()
    """Parameters of the run, each `NAME=VALUE`."""


@dataclass(frozen=True)
class Option:
    """One way to go on."""

    words: str
    choices: Choices | None
    """What is chosen then; None: nothing is submitted."""
    flag: str = ""
    """How the command line says it."""
    run: Run | None = None
    """The run to pull, or to look at, instead."""
    command: str = ""
    """The command that does that."""

    def __str__(self) -> str:
        """The words, and the command where there is one."""
        return f"{self.words}: `{self.command}`" if self.command else self.words


@dataclass(frozen=True)
class Question:
    """A question that a person has to answer first."""

    words: str
    answers: tuple[Option, ...]

    @property
    def refusal(self) -> Refused:
        """The error where nobody can be asked: what is the matter, and the flags that decide."""
        ways = ", or ".join(f"{a} ({a.flag})" if a.flag else str(a) for a in self.answers)
        return Refused(f"{self.words} Nothing was submitted: {ways}.")


def too_long(option: str) -> str:
    """Say, in words, by how much a parameter is too long for any job; empty where it isn't."""
    size = len(option.encode("utf-8", "surrogateescape"))
    if size <= LONGEST:
        return ""
    name = one_line(option.partition("=")[0])
    return f"{name} has {size:,} bytes, {LONGEST:,} at most: put it into a file, and name that"


def check_options(options: Sequence[str]) -> None:
    """Raise `Refused` for a parameter that no job could be given."""
    for option in options:
        if why := too_long(option):
            raise Refused(f"{why}.")
        if not _OPTION.fullmatch(option) or clean(option) != option:
            raise Refused(
                f"{one_line(option)} isn't NAME=VALUE: a name has letters, digits and underscores, "
                "and a value is one line, without invisible characters."
            )
    names = [option.partition("=")[0] for option in options]
    if twice := next((name for name in names if names.count(name) > 1), None):
        values = ",".join(o.partition("=")[2] for o in options if o.startswith(f"{twice}="))
        raise Refused(
            f"{twice} is given twice, and a run has one value of it. A sweep makes a run of each: "
            f"{one_line(f'{twice}={values}')}."
        )


def next_question(situation: Situation, choices: Choices) -> Question | None:
    """The question to ask first; None: it can be submitted."""
    if situation.changes and choices.dirt is None:
        return _about_dirt(situation, choices)
    if situation.behind and choices.results is ResultsChoice.WITH:
        return None
    if not choices.again and (run := _same(situation, choices)):
        return _about_repetition(situation, choices, run)
    if situation.behind and about_results(situation, choices) is None:
        return _about_results(situation, choices)
    return None


def about_results(situation: Situation, choices: Choices) -> ResultsChoice | None:
    """How to treat commits on the server that the branch hasn't; None: that has to be asked."""
    if choices.results:
        return choices.results
    if situation.repeated or situation.snapshot or situation.brings_results is False:
        return ResultsChoice.WITHOUT
    return ResultsChoice.WITH if situation.brings_results else None


def _same(situation: Situation, choices: Choices) -> Run | None:
    """The run that makes this one a repetition."""
    twin = situation.twin(choices.options)
    wanted, maker = sorted(choices.options), situation.maker
    if maker:
        made = [run for run in situation.runs if run.commit == maker.commit]
        same = [run for run in (maker, *made) if sorted(run.options) == wanted]
        return next(iter(same), twin)
    if twin or not situation.is_pushed or situation.orphaned:
        return twin
    return next((run for run in situation.own_runs if sorted(run.options) == wanted), None)


def _about_dirt(situation: Situation, choices: Choices) -> Question:
    count = len(situation.changes)
    names = first_few([one_line(path) for path in situation.changes], _NAMED)
    head = f"{short(situation.commit)} {one_line(situation.subject)}"
    return Question(
        f"{_files(count)} not committed: {names}.",
        (
            Option("commit first, and submit again", None),
            Option(
                f"submit {head}, without the changes",
                replace(choices, dirt=ChangesChoice.HEAD),
                ChangesChoice.HEAD.value,
            ),
            Option(
                f"submit a snapshot of all files as {one_line(situation.branch)}-snapshot",
                replace(choices, dirt=ChangesChoice.SNAPSHOT),
                ChangesChoice.SNAPSHOT.value,
            ),
        ),
    )


def _about_repetition(situation: Situation, choices: Choices, run: Run) -> Question:
    again = Option("run it again", replace(choices, again=True), "--again")
    look = Option("look at it", None, run=run, command=f"gitbatch-tui show {run.name}")
    if run.state is State.SUCCEEDED:
        pull = Option("pull it", None, run=run, command=f"gitbatch-tui pull {run.name}")
        if run.result == situation.commit:
            return Question(f"Nothing is new: this is the result of {run.name}.", (again,))
        what = f"{short(run.commit)} so" if situation.maker else "exactly this tree"
        first = look if run.results is Results.NONE else pull
        return Question(f"{run.name} ran {what}, and succeeded.", (first, again))
    # Results that were pulled stand on the commit that runs.
    which = "this commit" if run.commit == situation.commit else short(run.commit)
    return Question(f"Nothing is new: {run.name} of {which} {run.state.phrase}.", (look, again))


def _about_results(situation: Situation, choices: Choices) -> Question:
    branch, remote = one_line(situation.branch), situation.batch.remote.name
    runs = ", ".join(run.name for run in reversed(situation.unpulled))
    other = ["other commits"] if situation.overtaken else []
    what = " and ".join([f"results of {runs}", *other] if runs else other)
    bring = "merge them and submit" if situation.ahead else "pull them in and submit"
    with_them = replace(choices, results=ResultsChoice.WITH)
    without = replace(choices, results=ResultsChoice.WITHOUT)
    commits = plural(situation.behind, "commit")
    return Question(
        f"{branch} on {remote} has {what} that yours doesn't have ({commits}).",
        (
            Option(bring, with_them, ResultsChoice.WITH.value),
            Option(
                "submit without them: they stay on the server, and can be pulled by their run",
                without,
                ResultsChoice.WITHOUT.value,
            ),
            Option(f"{bring}, now and always", replace(with_them, remember=True), _ALWAYS),
            Option("submit without them, now and always", replace(without, remember=True), _NEVER),
        ),
    )


def _files(count: int) -> str:
    return "A file is" if count == 1 else f"{count} files are"
