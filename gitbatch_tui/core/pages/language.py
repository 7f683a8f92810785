"""Says which of pygments' languages a file is written in; nothing is guessed from its content."""

from __future__ import annotations

from pathlib import PurePosixPath

_BY_SUFFIX = {
    suffix: language
    for language, suffixes in {
        "bash": "sh bash zsh ksh sbatch sub slurm pbs sge",
        "c": "c h",
        "cpp": "cc cpp cxx hpp hh hxx cu cuh",
        "css": "css",
        "cython": "pyx pxd",
        "diff": "diff patch",
        "docker": "dockerfile",
        "fortran": "f90 f95 f03 f08",
        "go": "go",
        "haskell": "hs",
        "html": "html htm",
        "ini": "ini cfg conf",
        "java": "java",
        "javascript": "js mjs",
        "json": "json jsonl geojson",
        "julia": "jl",
        "lua": "lua",
        "make": "mk make",
        "markdown": "md",
        "matlab": "m",
        "perl": "pl pm",
        "python": "py pyi",
        "r": "r",
        "rst": "rst",
        "ruby": "rb",
        "rust": "rs",
        "scala": "scala",
        "sql": "sql",
        "tex": "tex sty bib",
        "toml": "toml",
        "typescript": "ts",
        "xml": "xml",
        "yaml": "yml yaml",
    }.items()
    for suffix in suffixes.split()
}
_BY_NAME = {"makefile": "make", "dockerfile": "docker", "snakefile": "python"}


def language_of(path: str) -> str:
    """Empty for what isn't known, or is nothing but text."""
    name = PurePosixPath(path.lower())
    return _BY_NAME.get(name.name) or _BY_SUFFIX.get(name.suffix.removeprefix("."), "")
