"""Finds the files that travel with the program: the hooks for the server and the examples."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def hooks_dir() -> Path:
    """The folder of the server's sh programs; hooks/install makes a batch remote from it."""
    return _data("hooks")


def hook_files() -> dict[str, bytes]:
    """Every file below `hooks_dir()` by its path from there, such as `gitbatch.d/12-git.sh`."""
    folder = hooks_dir()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def installed_programs() -> dict[str, bytes]:
    """What `install` makes of them: `post-receive`, and `gitbatch`, whose parts are joined."""
    files = hook_files()
    parts = (content for name, content in files.items() if name.startswith("gitbatch.d/"))
    return {"post-receive": files["post-receive"], "gitbatch": b"".join(parts)}


def examples_dir() -> Path:
    """The folder of examples, one folder each."""
    return _data("examples")


def _data(name: str) -> Path:
    # A wheel carries the folders inside the package; a checkout has them beside it.
    carried = _PACKAGE / "_data" / name
    return carried if carried.is_dir() else _PACKAGE.parent / name
