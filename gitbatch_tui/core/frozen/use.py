"""Says who is using a directory: processes of this machine, and runs that aren't over."""

import os
from typing import TYPE_CHECKING

from gitbatch_tui.core.dirhash import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROC = b"/proc"


def within(path: bytes, folder: bytes) -> bool:
    """True if a path is a folder or in it; both are real paths."""
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def unseen() -> str:
    """Say what can't be seen on this machine before data is frozen; empty where all can."""
    if os.path.isdir(os.path.join(PROC, b"self")):
        return ""
    return "there is no /proc there, so nobody could see whether a program still has it open"


def processes(folder: bytes) -> "Iterator[str]":
    """Yield the processes we may look at that have something in the folder open, or work there."""
    exempt = _ancestors()
    for pid in _listed(PROC):
        if not pid.isdigit() or int(pid) == os.getpid():
            continue
        if any(within(path, folder) for path in _open(pid, with_cwd=int(pid) not in exempt)):
            yield f"process {int(pid)} ({shown(_read(os.path.join(PROC, pid, b'comm')).strip())})"


def runs(folder: bytes, bases: "Sequence[bytes]") -> "Iterator[str]":
    """Runs of batch remotes that aren't over and have a link into the folder, or are in it."""
    for base in bases:
        for number in sorted(_listed(os.path.join(base, b"active"))):
            tree = os.path.join(os.path.realpath(base), b"runs", number, b"tree")
            if within(folder, tree) or any(within(path, folder) for path in _leads(tree)):
                yield f"run {shown(number)} of {shown(base)}"


def _leads(tree: bytes) -> "Iterator[bytes]":
    yield tree
    for place, folders, files in os.walk(tree):
        for name in folders + files:
            path = os.path.join(place, name)
            if os.path.islink(path):
                yield os.path.realpath(path)


def _ancestors() -> "set[int]":
    """The shells that we were started from may stand where they like."""
    found = set()
    pid = os.getppid()
    while pid > 1 and pid not in found:
        found.add(pid)
        # The command's own name may hold spaces and brackets.
        fields = _read(b"/proc/%d/stat" % pid).rpartition(b")")[2].split()
        pid = int(fields[1]) if fields else 0
    return found


def _open(pid: bytes, *, with_cwd: bool) -> "Iterator[bytes]":
    process = os.path.join(PROC, pid)
    if with_cwd:
        yield _lead(os.path.join(process, b"cwd"))
    descriptors = os.path.join(process, b"fd")
    for number in _listed(descriptors):
        yield _lead(os.path.join(descriptors, number))
    for line in _read(os.path.join(process, b"maps")).split(b"\n"):
        yield line[line.find(b"/") :] if b"/" in line else b""


# A process may end while it is looked at, and others' processes are none of ours.


def _listed(folder: bytes) -> "list[bytes]":
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _lead(link: bytes) -> bytes:
    try:
        return os.readlink(link)
    except OSError:
        return b""


def _read(path: bytes) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
