"""Brings the contents of result files that stand under git-lfs, before git needs them.

They are on the batch remote, under the hashes that git-lfs knows them by, and in no other store.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import abbreviated, size
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.blobs import contents_of, sizes_of
from gitbatch_tui.core.git.changed_files import NOTHING, SUBMODULE
from gitbatch_tui.core.git.worktree_changes import changes_between
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

_POINTER = re.compile(
    rb"version https://git-lfs[^\n]*\n(?:ext-[^\n]*\n)*"
    rb"oid sha256:([0-9a-f]{64})\nsize [0-9]{1,18}\n?"
)
_LARGEST = 1024
"""Bytes beyond which nothing is a pointer, by git-lfs's specification."""


def bring_contents(batch: Batch, run: Run, on_line: Callable[[str], None]) -> None:
    """Bring the contents that the results of a run point to, into the store of git-lfs here.

    Nothing is done where git-lfs isn't set up. Raises `Refused`, with the files, where contents
    are missing on the server, or aren't what they should be; nothing was changed then.
    """
    clone = batch.clone
    if not (clone.config("filter.lfs.process") or clone.config("filter.lfs.smudge")):
        return
    store = _store(clone)
    wanted = {
        oid: path for path, oid in _pointers(clone, run).items() if not _place(store, oid).exists()
    }
    for count, (oid, path) in enumerate(wanted.items(), 1):
        on_line(f"contents of files under git-lfs: {count} of {len(wanted)}")
        if not _bring(batch, run, oid, _place(store, oid), on_line):
            raise Refused(
                f"{one_line(path)} of {run.name} stands under git-lfs, and its content is not on "
                "the server: nothing was changed. If it is in another store of git-lfs, merge by "
                f"hand: `git merge {abbreviated(run.result)}`."
            )


def _pointers(clone: Clone, run: Run) -> dict[str, str]:
    """The hashes of the contents of what the run changed, by path."""
    changes = changes_between(clone, run.commit, run.result)
    blobs = {c.new_blob: c.path for c in changes if c.new_mode not in {NOTHING, SUBMODULE}}
    small = [blob for blob, length in sizes_of(clone, blobs).items() if length < _LARGEST]
    found = {}
    for blob, data in contents_of(clone, small).items() if blobs else ():
        if match := _POINTER.fullmatch(data):
            found[blobs[blob]] = match[1].decode()
    return found


def _store(clone: Clone) -> Path:
    """The folder in which git-lfs keeps contents, by its setting `lfs.storage`."""
    return clone.common_dir / (clone.config("lfs.storage") or "lfs") / "objects"


def _place(store: Path, oid: str) -> Path:
    return store / oid[:2] / oid[2:4] / oid


def _bring(batch: Batch, run: Run, oid: str, place: Path, on_line: Callable[[str], None]) -> bool:
    """Fetch one content; True if it came, and has the hash that it should have."""
    place.parent.mkdir(parents=True, exist_ok=True)
    digest, came = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        part = Path(file.name)
        try:
            with batch.server.files.stream(run.number, f"content:{oid}") as stream:
                for chunk in stream:
                    digest.update(chunk)
                    came += file.write(chunk)
                    on_line(f"git-lfs: {size(came)}")
            if failure := batch.server.failure_of(stream):
                raise failure
            file.close()
            if digest.hexdigest() == oid:
                part.chmod(0o644)
                part.replace(place)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    return place.exists()
