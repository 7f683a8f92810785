"""Decides with which parameters, and which tasks of an array, a commit is run again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.record_files import failed_tasks as failed
from gitbatch_tui.core.runs.record_files import tasks_of
from gitbatch_tui.core.submit.questions import check_options
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

# `11_3`, `11.3`, `11[3].server`
_TASK = re.compile(r"(\d+)[_.\[](\d+)\]?(.*)")


def options_of(run: Run, replaced: Sequence[str]) -> tuple[str, ...]:
    """The parameters of a run, those of the same name replaced, and new ones added.

    Raises `Refused` for one that no job could be given.
    """
    check_options(replaced)
    options = {option.partition("=")[0]: option for option in (*run.options, *replaced)}
    return tuple(options.values())


def failed_tasks(clone: Clone, run: Run) -> tuple[int, ...]:
    """The numbers of the tasks that failed, for `rerun`.

    Raises `Refused` where there are none, or they can't be run without the others: schedule.sh
    has to give GITBATCH_TASKS to its scheduler, for one array.
    """
    tasks = failed(tasks_of(clone, run))
    if not tasks:
        raise Refused(f"{run.name} has no failed tasks: `gitbatch-tui show {run.name}` lists all.")
    numbers = {task.job.id: _TASK.fullmatch(task.job.id) for task in tasks}
    arrays = {(match[1], match[3]) for match in numbers.values() if match}
    if len(arrays) != 1 or None in numbers.values():
        names = ", ".join(map(str, (task.job for task in tasks)))
        raise Refused(f"{names} failed, which are not tasks of one array: run all of it again.")
    script = clone.try_git("cat-file", "blob", f"{run.commit}:schedule.sh") or ""
    if "GITBATCH_TASKS" not in script:
        raise Refused(
            f"schedule.sh of {run.name} can't run some of its tasks: it doesn't use "
            'GITBATCH_TASKS, as in `sbatch --array="${GITBATCH_TASKS:-1-10}"`. Run all of it again.'
        )
    return tuple(sorted(int(match[2]) for match in numbers.values() if match))
