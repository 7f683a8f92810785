"""The programs that hand jobs to schedulers, and whether a schedule.sh calls them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.grammar import functions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBMITTERS = {
    "sbatch": "slurm",
    "condor_submit": "htcondor",
    "condor_submit_dag": "htcondor",
    "qsub": "sge",
    "bsub": "lsf",
    "oarsub": "oar",
    "flux": "flux",
    "tsp": "tsp",
    "at": "at",
    "batch": "at",
}
"""Which scheduler a program hands jobs to; qsub is a program of several."""
WORDS = {
    "slurm": "you ask for cores, memory, GPUs",
    "htcondor": "what jobs need is in run.sub",
    "sge": "Grid Engine: you ask for slots",
    "pbs": "you ask for cores, memory, GPUs",
    "lsf": "you ask for slots, memory, GPUs",
    "oar": "you ask for cores and time",
    "flux": "you ask for cores and GPUs",
    "local": "ours: some jobs run, some wait",
    "tsp": "task-spooler: one after another",
    "at": "this machine, at once or at a time",
}
"""Each scheduler in words that follow its name, with which they fit in a line of a dialog."""

WHOSE = functions_of("schedulers/pbs.sh", "pbs_qstat")
"""sh: `pbs_qstat` prints whose program qstat is: `pbs`, `torque`, `slurm`, or nothing."""

_HERE_DOCUMENT = re.compile(r"(?ms)(<<-?\s*(['\"]?)(\w+)\2[^\n]*\n).*?(?:^\t*\3$|\Z)")
_TOKEN = re.compile(
    r"""
      (?<![^\s;&|()`]) \# [^\n]*
    | ' (?P<single> [^']* ) '
    | " (?P<double> (?: [^"\\] | \\. )* ) "
    | (?P<begin> \$?\( | [`;&|{\n]+ )
    | (?P<end> \) )
    | (?P<word> (?: [^\s;&|(){}`'"$\\] | \\. | \$\{[^}]*\} | \$(?!\() )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_BEFORE = frozenset("! if then elif else do while until exec time env command nohup".split())
"""After these words there is another command."""
_ASKS = frozenset({"which", "type", "hash"})
_ASSIGNMENT = re.compile(r"\w+\+?=")


def scheduler_of(program: str, qstat: str) -> str:
    """The scheduler that a program hands jobs to; `qstat` is what `pbs_qstat` says there."""
    of_qsub = {"pbs": "pbs", "torque": "pbs", "slurm": "slurm"}
    return of_qsub.get(qstat, "sge") if program == "qsub" else SUBMITTERS[program]


def called(script: str) -> tuple[str, ...]:
    """The programs that a schedule.sh calls, in its order."""
    names = (words[0].rpartition("/")[2] for words in _commands(script))
    return tuple(name for name in dict.fromkeys(names) if name in SUBMITTERS)


def looked_for(script: str) -> tuple[str, ...]:
    """The programs that a schedule.sh asks for, and does without where they are missing."""
    names = (name for words in _commands(script) if words[0] in _ASKS for name in words[1:])
    return tuple(name for name in dict.fromkeys(names) if name in SUBMITTERS)


def _commands(script: str) -> Iterator[list[str]]:
    """The words of every simple command of an sh script; what is in here documents is not its."""
    for words in _simple(_HERE_DOCUMENT.sub(r"\1", script)):
        rest = words
        while rest and (rest[0] in _BEFORE or _ASSIGNMENT.match(rest[0])):
            # `command -v sbatch` asks, as `which sbatch` does.
            asks = rest[0] == "command" and rest[1:2] in (["-v"], ["-V"])
            rest = ["which", *rest[2:]] if asks else rest[1:]
        if rest:
            yield rest


def _simple(script: str) -> Iterator[list[str]]:
    words: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(script):
        kind, text = match.lastgroup, match[match.lastgroup or 0]
        if kind in {"begin", "end"}:
            # Without a parenthesis before it, it ends a pattern of `case`.
            if kind == "begin" or depth:
                yield words
            depth = max(0, depth + ("(" in text) - (")" in text))
            words = []
        elif kind == "double":
            # What is in quotes is words, but for the commands whose output they take.
            for part in re.split(r"\$\(|`", text)[1:]:
                yield from _simple(part)
            words.append(text)
        elif kind:
            words.append(text)
    yield words
