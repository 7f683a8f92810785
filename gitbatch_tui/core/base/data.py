"""Finds the files that travel with the program: the hooks for the server and the examples."""

from __future__ import annotations

from pathlib import Path

from gitbatch_tui.errors import Refused

_PACKAGE = Path(__file__).parents[2]
_SHARED = ("14-processes", "27-answers", "27-grammar", "27-options", "27-submits")
"""Parts of gitbatch that are parts of submit, too."""


def hooks_dir() -> Path:
    """The folder of the server's sh programs; hooks/install makes a batch remote from it."""
    return _data("hooks")


def hook_files() -> dict[str, bytes]:
    """Every file below `hooks_dir()` by its path from there, such as `gitbatch.d/12-git.sh`."""
    folder = hooks_dir()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def installed_programs() -> dict[str, bytes]:
    """Join the parts as `install` does, by the name under `repo.git/hooks` or `repo.git/gitbatch`.

    Parts are joined in the order of their names: all of gitbatch.d make `gitbatch`, and those that
    `submit` shares with it come between its own. Raises `Refused` where the files are those of
    another version than this one.
    """
    files = hook_files()
    parts = [name for name in files if name.startswith("gitbatch.d/")]
    own = [name for name in files if name.startswith("submit.d/")]
    shared = [f"gitbatch.d/{part}.sh" for part in _SHARED]
    joined = {
        "gitbatch": parts,
        "submit": sorted(own + shared, key=lambda name: name.rpartition("/")[2]),
    }
    if not files.keys() >= {*shared, "post-receive"}:
        raise Refused(
            "Another version of this program was installed meanwhile: leave it, and start it again."
        )
    programs = {name: b"".join(map(files.__getitem__, each)) for name, each in joined.items()}
    grammars = {name: text for name, text in files.items() if name.startswith("schedulers/")}
    return {"post-receive": files["post-receive"], **programs, **grammars}


def examples_dir() -> Path:
    """The folder of examples, one folder each."""
    return _data("examples")


def _data(name: str) -> Path:
    # A wheel carries the folders inside the package; a checkout has them beside it.
    carried = _PACKAGE / "_data" / name
    return carried if carried.is_dir() else _PACKAGE.parent / name
