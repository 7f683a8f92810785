"""Looks at a project: what could be run in it, what that needs, and which files are no input."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone

_NAMES = ("train", "main", "run", "experiment", "analysis")
_FOLDERS = (".", "src", "scripts", "notebooks", "workflow")
_CHECKPOINTS = (".ckpt", ".pt", ".pth", ".safetensors", ".h5", ".keras", ".joblib")
_APART = frozenset(
    "checkpoints ckpt ckpts data datasets wandb mlruns lightning_logs __pycache__ "
    ".ipynb_checkpoints .snakemake .venv venv env node_modules".split()
)
_OPENED = ("schedule.sh", "run.sub", "run.sh")
_LONGEST = 1_000_000
"""Bytes of a source, and those that are read of a file for the name that it gives."""
_MANY = 100
"""Sources of a project that has no commits yet."""
_NOTEBOOK = """\
# The notebook runs from top to bottom and keeps its outputs. Parameters
# (-o lr=0.1) go into its cell with the tag "parameters", by papermill.
set --
options=
test -z "$GITBATCH_RUN_DIR" ||
options=$(sed -n 's/^option: \\([A-Za-z_][A-Za-z0-9_]*=\\)/\\1/p' "$GITBATCH_RUN_DIR/request")
while IFS= read -r option
do
	test -z "$option" || set -- "$@" -p "${{option%%=*}}" "${{option#*=}}"
done <<EOT
$options
EOT
if test $# -gt 0 || command -v papermill >/dev/null
then
	papermill --log-output "$@" {name} {name}
else
	python3 -m jupyter nbconvert --to notebook --execute --inplace {name}
fi"""
_OPTIONS = """\
# Parameters (gitbatch-tui submit -o lr=0.1) are variables:
# {command} --lr "${{GITBATCH_OPTION_lr:-0.1}}\""""


@dataclass(frozen=True)
class Project:
    """Something to begin a run.sh with."""

    command: str = ""
    """In lines of sh; empty where nothing was recognised."""
    runs: str = ""
    """The file that it runs, relative to the project."""
    needs: tuple[str, ...] = ()
    """How to get what the job needs, in lines of sh."""
    others: tuple[str, ...] = ()
    """Other files that could be run as well."""


def look_at(folder: Path) -> Project:
    """Read what known: workflows first, then programs, then notebooks.

    Raises `Refused` where whoever opens .gitignore or a script, such as git, would wait for ever.
    """
    for name in (*_OPENED, *_ignoring(folder)):
        _check_kind(folder, name)
    found = list(_runnable(folder))
    needs = tuple(_needs(folder))
    if not found:
        return Project(needs=needs)
    (runs, command), *others = found
    return Project(command, runs, needs, tuple(name for name, _ in others))


def _ignoring(folder: Path) -> Iterator[str]:
    """Yield the .gitignore of each folder below, but for those with very many files."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _APART and name != ".git"]
        if ".gitignore" in files:
            yield os.path.relpath(f"{place}/.gitignore", folder)


def _check_kind(folder: Path, name: str) -> None:
    """Raise `Refused` for a FIFO, a device or a socket in the place of a file."""
    with suppress(FileNotFoundError):
        mode = (folder / name).lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):
            raise Refused(
                f"{one_line(name)} is no file but a pipe, socket or device: move it away."
            )


def _runnable(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield files, the likeliest first, each with the command that runs it."""
    for name in ("Snakefile", "workflow/Snakefile"):
        if (folder / name).is_file():
            yield name, 'snakemake --cores "${SLURM_CPUS_PER_TASK:-1}"'
    python = "uv run python" if (folder / "uv.lock").is_file() else "python3"
    julia = "julia --project=." if (folder / "Project.toml").is_file() else "julia"
    for suffix, program in ((".py", python), (".jl", julia), (".R", "Rscript")):
        for name in _named(folder, suffix):
            command = f"{program} {_quoted(name)}"
            yield name, f"{_OPTIONS.format(command=command)}\n{command}"
    for name in _notebooks(folder):
        yield name, _NOTEBOOK.format(name=_quoted(name))


def _named(folder: Path, suffix: str) -> Iterator[str]:
    for name in _NAMES:
        for place in _FOLDERS:
            if (folder / place / f"{name}{suffix}").is_file():
                yield f"{place}/{name}{suffix}".removeprefix("./")


def _notebooks(folder: Path) -> Iterator[str]:
    for place in _FOLDERS:
        for path in sorted((folder / place).glob("*.ipynb")):
            if path.is_file() and one_line(path.name) == path.name:
                yield str(path.relative_to(folder))


def _quoted(name: str) -> str:
    """A path as a word of sh, which is no option."""
    word = f"./{name}" if name.startswith("-") else name
    plain = re.fullmatch(r"[\w./+@:,-]+", word, re.ASCII)
    return word if plain else "'" + word.replace("'", "'\\''") + "'"


def _needs(folder: Path) -> Iterator[str]:
    name = re.sub(r"[^A-Za-z0-9._-]", "-", folder.name) or "experiment"
    if (folder / "environment.yml").is_file():
        conda = re.search(r"(?m)^name:\s*([\w.-]+)\s*$", _text(folder / "environment.yml"))
        env = conda[1] if conda else name
        yield "# once, on the server: conda env create -f environment.yml"
        yield f"# . ~/miniconda3/etc/profile.d/conda.sh && conda activate {env}"
    elif (folder / "uv.lock").is_file():
        yield "# uv, which gets what uv.lock names"
    elif sources := [
        way
        for file, way in (("requirements.txt", "-r requirements.txt"), ("pyproject.toml", "."))
        if (folder / file).is_file()
    ]:
        yield f"# once, on the server: python3 -m venv ~/envs/{name} &&"
        yield f"#     ~/envs/{name}/bin/pip install {sources[0]}"
        yield f"# . ~/envs/{name}/bin/activate"
    if (folder / "renv.lock").is_file():
        yield "# Rscript -e 'renv::restore(prompt = FALSE)'"
    if (folder / "Project.toml").is_file():
        yield "# julia --project=. -e 'using Pkg; Pkg.instantiate()'"


def _text(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return file.read(_LONGEST).decode("utf-8", "replace")
    return ""


def unknown_to_git(clone: Clone, runs: str) -> tuple[Path, ...]:
    """The files that the job's checkout would lack: what it runs, where git doesn't know that.

    In a project without commits, these are all that are neither large, hidden nor ignored.
    """
    listed = clone.git("ls-files", "--others", "--exclude-standard", "-z").split("\0")
    wanted = [name for name in listed if name and name == runs]
    if not clone.commit_of("HEAD"):
        sources = [name for name in listed if _is_source(clone.path, name)]
        # Very many are data.
        wanted = wanted if len(sources) > _MANY else list(dict.fromkeys((*wanted, *sources)))
    return tuple(clone.path / name for name in wanted)


def _is_source(folder: Path, name: str) -> bool:
    path = folder / name
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    is_file = bool(name) and path.is_file() and not path.is_symlink()
    return is_file and not is_hidden and path.stat().st_size <= _LONGEST


def to_ignore(clone: Clone) -> tuple[str, ...]:
    """The lines for .gitignore of what is there, in no commit, and neither input nor result.

    Those are data, checkpoints, and what programs keep for themselves.
    """
    listed = clone.git("ls-files", "--others", "--exclude-standard", "--directory", "-z")
    lines: dict[str, None] = {}
    for path in listed.split("\0"):
        name = path.rstrip("/").rpartition("/")[2]
        if path.endswith("/") and name in _APART:
            lines[f"{name}/"] = None
        elif suffix := next((each for each in _CHECKPOINTS if name.endswith(each)), ""):
            lines[f"*{suffix}"] = None
    return tuple(lines)
