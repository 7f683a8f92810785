"""Makes trees of entries, in an index that is theirs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitbatch_tui.core.git.repo import Clone


def make_tree(
    clone: Clone, entries: Iterable[str], base: str = "", *, missing_ok: bool = False
) -> str:
    """A tree of entries `MODE BLOB<tab>PATH`, or the tree of the commit `base` with these.

    The mode 0 takes a path away. With `missing_ok`, blobs need not be here.
    """
    lines = "".join(f"{entry}\0" for entry in entries).encode("utf-8", "surrogateescape")
    with temporary_folder() as folder:
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        if base:
            clone.git("read-tree", base, environment=index)
        clone.git("update-index", "-z", "--index-info", stdin=lines, environment=index)
        return clone.git("write-tree", *(["--missing-ok"] if missing_ok else []), environment=index)
