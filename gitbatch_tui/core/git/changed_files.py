"""Reads git's list of what happened to each file between two commits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONS = ("--raw", "--numstat", "-z", "--no-abbrev")
"""What makes git write what `parse` reads."""

NOTHING, FILE, EXECUTABLE = "000000", "100644", "100755"
LINK, SUBMODULE = "120000", "160000"
"""The modes that git gives files; `NOTHING` where there is no file."""
_MODES = {
    NOTHING: "nothing",
    FILE: "a file",
    EXECUTABLE: "an executable file",
    LINK: "a symbolic link",
    SUBMODULE: "a submodule",
}


@dataclass(frozen=True)
class FileChange:
    """The change of one file between two commits."""

    status: str
    """Git's letter: A(dded), D(eleted), M(odified), R(enamed), T(ype changed)."""
    path: str
    """As git has it, for git; show `name`."""
    old_path: str
    """Another one only where it was renamed."""
    old_mode: str
    new_mode: str
    old_blob: str
    """All zeros where there was no file."""
    new_blob: str
    added: int | None
    """Lines; None where the file is binary."""
    deleted: int | None

    @property
    def name(self) -> str:
        """Harmless, in one line."""
        if self.old_path != self.path:
            return f"{one_line(self.old_path)} → {one_line(self.path)}"
        return one_line(self.path)

    @property
    def suffix(self) -> str:
        """The suffix of its name, with the dot; empty for what is no ordinary file."""
        ordinary = all(mode[:3] in {"100", "000"} for mode in (self.old_mode, self.new_mode))
        return PurePosixPath(self.path).suffix.lower() if ordinary else ""

    @property
    def is_link(self) -> bool:
        """True if it is a symbolic link, before and after."""
        return self.old_mode == self.new_mode == LINK

    @property
    def is_submodule(self) -> bool:
        """True if it is a commit of another repository, before or after."""
        return SUBMODULE in {self.old_mode, self.new_mode}

    @property
    def notes(self) -> list[str]:
        """Sentences about what its lines don't show: renames, modes, empty files."""
        notes = []
        if self.old_path != self.path:
            notes.append(f"renamed from {one_line(self.old_path)}")
        if self.old_mode != self.new_mode and self.status not in "AD":
            old, new = (_MODES.get(mode, mode) for mode in (self.old_mode, self.new_mode))
            notes.append(f"was {old}, is {new}")
        elif self.new_mode not in {FILE, NOTHING} and self.status == "A":
            notes.append(f"is {_MODES.get(self.new_mode, self.new_mode)}")
        if self.old_blob == self.new_blob:
            notes.append("the content is the same")
        elif (self.added, self.deleted) == (0, 0) and self.status in "AD":
            notes.append("an empty file")
        return notes


def parse(data: bytes) -> Iterator[FileChange]:
    """The files of a list that git wrote with `OPTIONS`."""
    words = data.decode("utf-8", "surrogateescape").split("\0")[::-1]
    raw = []
    while words[-1].startswith(":"):
        old_mode, new_mode, old_blob, new_blob, status = words.pop()[1:].split(" ")
        old_path = words.pop()
        path = words.pop() if status[0] in "RC" else old_path
        raw.append((status[0], path, old_path, old_mode, new_mode, old_blob, new_blob))
    for facts in raw:
        added, deleted, path = words.pop().split("\t", 2)
        if not path:  # renamed: both names follow
            del words[-2:]
        yield FileChange(*facts, _count(added), _count(deleted))


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)
