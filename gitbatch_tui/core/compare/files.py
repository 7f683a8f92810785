"""Compares the files of two commits, each by what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import temporary_folder
from gitbatch_tui.core.base.format import BAD, GOOD, abbreviated
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.compare.contents import ContentDifference, compare_contents
from gitbatch_tui.core.compare.numbers import EXACT, from_to
from gitbatch_tui.core.git import changed_files
from gitbatch_tui.core.git.blobs import contents_of, sizes_of
from gitbatch_tui.core.git.names import not_an_option
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.compare.numbers import Tolerance
    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone

# What schedulers call them where nobody names them: slurm-41.out and slurm-41_3.out of sbatch,
# NAME.o41 and NAME.e41 of Grid Engine, PBS and Torque (an array's end in .3, or in -3),
# and those of LSF and OAR.
_NAMES = re.compile(
    r"slurm-[0-9]+(_[0-9]+)?\.(out|err)"
    r"|.+\.p?[oe][0-9]+([.-][0-9]+)?"
    r"|OAR\.([^/]+\.)?[0-9]+\.std(out|err)"
)
_EVENTS = re.compile(rb"[0-9]{3} \([0-9]+\.[0-9]{3}\.[0-9]{3}\) [0-9]{2,4}[-/][0-9]{2}")
"""How an event log of HTCondor begins, whatever its name."""
LONGEST_HEAD = 64
"""Bytes at a file's beginning that tell whether it is an event log."""
ATTRIBUTE = "gitbatch-volatile"
"""The git attribute of files that may differ."""
_LARGEST_LOG = 2**20
"""Bytes of an event log that is looked for."""
_ONE_SIDED = {"A": "only the new run has it", "D": "the new run doesn't have it"}
_TREES = (
    *("diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv"),
    "--ignore-submodules=none",
)


def is_event_log(head: bytes) -> bool:
    """True if a file that begins so is an event log of HTCondor."""
    return bool(_EVENTS.match(head))


class Likeness(StrEnum):
    """How far two files are alike whose bytes aren't the same."""

    ALIKE = "alike"
    """Other bytes, which mean the same."""
    VOLATILE = "volatile"
    """It may differ: its attribute says so, or a scheduler wrote it."""
    DIFFERS = "differs"

    @property
    def sign(self) -> str:
        """The likeness in one sign."""
        return {Likeness.ALIKE: GOOD, Likeness.VOLATILE: "~", Likeness.DIFFERS: BAD}[self]


@dataclass(frozen=True)
class Compared:
    """A file whose bytes aren't the same in both commits."""

    path: str
    likeness: Likeness
    words: str
    """What was compared, or what differs."""


def compare(
    clone: Clone, old: str, new: str, source: str, tolerance: Tolerance = EXACT
) -> list[Compared]:
    """Every file that isn't byte for byte the same; `source` has the attributes that count.

    Raises `CommandFailed` where git can't read something: that is never taken for the same.
    """
    changes = _changes(clone, not_an_option(old), not_an_option(new))
    may_differ = paths_that_may_differ(clone, source, [change.path for change in changes])
    may_differ |= _event_logs(clone, changes)
    found = {change.path: _outline(change) for change in changes}
    unread = [c for c in changes if not found[c.path].differs and c.path not in may_differ]
    found.update(compare_contents(clone, unread, tolerance))
    return [_compared(change, may_differ, found[change.path]) for change in changes]


def paths_that_may_differ(clone: Clone, commit: str, paths: Sequence[str]) -> set[str]:
    """Return the paths that schedulers name so, and those that a commit declares to be volatile."""
    named = {path for path in paths if _NAMES.fullmatch(PurePosixPath(path).name)}
    return named | _volatile(clone, commit, paths)


def _changes(clone: Clone, old: str, new: str) -> list[FileChange]:
    listed = clone.ask(*_TREES, *changed_files.OPTIONS, old, new, "--")
    changes = list(changed_files.parse(listed.check("git can't compare the results.")))
    trees = clone.git("rev-parse", f"{old}^{{tree}}", f"{new}^{{tree}}").split("\n")
    if not changes and len(set(trees)) > 1:
        raise CommandFailed("git doesn't say in what the results differ, but they do.", status=1)
    return changes


def _compared(change: FileChange, may_differ: set[str], found: ContentDifference) -> Compared:
    if change.path in may_differ:
        return Compared(change.path, Likeness.VOLATILE, "may differ")
    if found.differs:
        return Compared(change.path, Likeness.DIFFERS, one_line(found.differs))
    return Compared(change.path, Likeness.ALIKE, f"other bytes, the same {found.how}")


def _outline(change: FileChange) -> ContentDifference:
    """Describe the difference of a file that needn't be read for that."""
    if change.status != "M" or change.old_mode != change.new_mode:
        return ContentDifference(_ONE_SIDED.get(change.status) or "; ".join(change.notes))
    if change.is_submodule:
        blobs = from_to(abbreviated(change.old_blob), abbreviated(change.new_blob))
        return ContentDifference(f"a repository at another commit: {blobs}")
    return ContentDifference("")


def _event_logs(clone: Clone, changes: Sequence[FileChange]) -> set[str]:
    """The paths of HTCondor's event logs, which have ids and times in them, by how they begin."""
    logs = {c.new_blob: c.path for c in changes if c.path.endswith(".log") and c.status == "M"}
    sizes = sizes_of(clone, logs) if logs else {}
    small = [blob for blob, size in sizes.items() if size <= _LARGEST_LOG]
    heads = contents_of(clone, small).items()
    return {logs[blob] for blob, data in heads if is_event_log(data[:LONGEST_HEAD])}


def _volatile(clone: Clone, commit: str, paths: Sequence[str]) -> set[str]:
    """The paths that may differ, by the .gitattributes of a commit."""
    if not paths:
        return set()
    names = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    plain = ("-c", "core.attributesFile=/dev/null")
    with temporary_folder() as folder:
        # git before 2.40 reads attributes from an index, and from no commit.
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        clone.git("read-tree", not_an_option(commit), environment=index)
        check = ("check-attr", "--cached", "-z", "--stdin", ATTRIBUTE)
        words = clone.git(*plain, *check, stdin=names, environment=index).split("\0")
    values = zip(words[::3], words[2::3], strict=False)
    return {path for path, value in values if value not in {"unspecified", "unset", "false"}}
