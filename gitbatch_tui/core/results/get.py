"""Copies any file or folder of a run tree, however large, going on where it was interrupted.

A file grows under another name and gets its own when it is complete. Nothing that is here is
overwritten, and no name that the server says leads out of the destination.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import is_folder
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.results.download import DownloadProgress, DownloadResult
from gitbatch_tui.core.results.folder_download import FolderDownload, RequestedFile
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.record_files import large_files_of
from gitbatch_tui.errors import CommandFailed, Refused, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.batch.batch import Batch


def get(
    batch: Batch,
    number: int,
    path: str,
    dest: Path | None = None,
    progress: DownloadProgress | None = None,
) -> DownloadResult:
    """Copy a file of a run tree to `dest`, or into that folder; or a folder's files into `dest`.

    Raises `UnknownName` where there is no such path, and `Stopped`; what came is kept then.
    """
    inside = path_inside(path)
    check_tree(batch, number)
    files = files_in(batch, number, inside)
    if not files:
        raise UnknownName(
            f"There is no file {one_line(path)} in the run tree of {batch.remote.name}#{number}, "
            "and no folder with files in it."
        )
    unnamed = {name: "its name holds a line end" for size, name in files if size < 0}
    files = tuple(file for file in files if file[0] >= 0)
    total = sum(size for size, _ in files)
    hashes = _hashes(batch, number)
    progress = progress or DownloadProgress()
    copy = FolderDownload(batch, number, total, progress, hashes)
    copy.got.left.update(unnamed)
    name = PurePosixPath(inside).name or f"{batch.remote.name}-{number}"
    if [listed for _, listed in files] == [inside]:
        target = dest / name if dest and is_folder(dest) else dest or Path(name)
        copy.file(inside, files[0][0], target.parent, target.name)
    else:
        if words := what_else(batch, number):
            progress.said(words)
        copy.files(_below(inside, files, dest or Path(name)))
    return copy.got


def _below(folder: str, files: Iterable[tuple[int, str]], root: Path) -> Iterator[RequestedFile]:
    """Yield the files of a folder, each with its place below `root`."""
    for size, listed in files:
        name = listed.removeprefix(folder).lstrip("/") if folder else listed
        yield RequestedFile(listed, size, root, name)


def check_tree(batch: Batch, number: int) -> None:
    """Raise `Refused` for a run that others have published, since its run tree isn't."""
    if batch.remote.published:
        raise Refused(
            "Run trees aren't published. Results that are published come by `gitbatch-tui pull "
            f"{batch.remote.name}#{number} --files`."
        )


def what_else(batch: Batch, number: int) -> str:
    """Say where all but large files are, where the run tree is gone; else empty."""
    if batch.server.files.folder(number, most=1):
        return ""
    return _gone(batch, number, ", and these are its large files. All else is in git")


def files_in(batch: Batch, number: int, inside: str = "") -> tuple[tuple[int, str], ...]:
    """Size and path of a run tree's files at or below `inside`.

    Raises `UnknownName` with the command that brings them, where the tree is gone.
    """
    try:
        return batch.server.files.tree(number, inside)
    except CommandFailed as error:
        if batch.server.files.folder(number, most=1):
            raise
        raise UnknownName(_gone(batch, number, ". What it made is in git")) from error


def _gone(batch: Batch, number: int, rest: str) -> str:
    """Say it with the name of the remote, which its server doesn't know."""
    run = f"{batch.remote.name}#{number}"
    return (
        f"The run tree of {run} is not there any more{rest}: `gitbatch-tui pull {run} --files` "
        "brings it."
    )


def place_of(number: int) -> str:
    """The name of the folder for files of one of several runs."""
    return f"run-{number}"


def _hashes(batch: Batch, number: int) -> dict[str, str]:
    """The hashes of a run's large files by path, as far as its record is here."""
    run = records.read_one(batch.clone, batch.remote.name, number)
    return {file.path: file.hash for file in large_files_of(batch.clone, run)} if run else {}


def path_inside(path: str) -> str:
    """A path of a run tree as the server lists it; empty is the whole tree."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.startswith("/") or ".." in parts:
        raise Refused(f"{one_line(path)} isn't in the run tree: name it as it is in there.")
    return "/".join(parts)
