"""Brings an exported run into a clone, as two commits on no branch: its code, and its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.files import temporary_folder
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.crate.reading import is_number
from gitbatch_tui.core.git.changed_files import EXECUTABLE, FILE, LINK
from gitbatch_tui.core.git.names import branch_of, is_safe
from gitbatch_tui.core.git.trees import make_tree
from gitbatch_tui.core.server.file_answers import LargeFile
from gitbatch_tui.core.server.protocol import id_of, state_of
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import BatchRemote, Results, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.crate.reading import Crate
    from gitbatch_tui.core.git.repo import Clone

_MODES = frozenset({FILE, EXECUTABLE, LINK})
_WHO = {
    "GIT_AUTHOR_NAME": "gitbatch",
    "GIT_AUTHOR_EMAIL": "gitbatch@localhost",
    "GIT_AUTHOR_DATE": "1970-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "gitbatch",
    "GIT_COMMITTER_EMAIL": "gitbatch@localhost",
    "GIT_COMMITTER_DATE": "1970-01-01T00:00:00Z",
}
"""So that an exported run is the same commit wherever it is brought."""

Entries = dict[str, tuple[str, str]]
"""The mode and the name in the crate of each path."""


@dataclass(frozen=True)
class Brought:
    """An exported run, as a clone has it now."""

    remote: BatchRemote
    """With nothing that could be asked."""
    run: Run
    large: tuple[LargeFile, ...]
    """Results of it that are in no commit."""


def bring(clone: Clone, crate: Crate, wanted: str = "") -> Brought:
    """Check all files of a crate against their hashes, and make commits of those of a run.

    `wanted` is the number of a run, or `batch#42`; where it is empty, the crate has to have only
    one. Raises `Refused`, with the file that doesn't fit, where anything is otherwise than it was
    exported, for a run that isn't there, and where the code or the results are missing.
    """
    facts = _run_in(crate, wanted)
    code, results = _entries(crate, facts, "code"), _entries(crate, facts, "results")
    large = tuple(_large(crate, facts))
    removed = [path for path in _list(facts, "removed") if isinstance(path, str)]
    after = {path: entry for path, entry in {**code, **results}.items() if path not in removed}
    names = {name for _, name in (*code.values(), *results.values())}
    crate.check(besides=names)
    blobs = _store(clone, crate, names)
    name = f"{facts.get('remote')}#{facts.get('number')}"
    tree, told = _tree(clone, code, blobs), id_of(_word(facts, "tree"))
    # A clone of another kind of hash has another id for the same tree.
    if len(told) == len(tree) and told != tree:
        raise Refused(f"The code in {crate.name} isn't that of the commit that ran.")
    first = _commit(clone, tree, f"Exported: {name}")
    last = _commit(clone, _tree(clone, after, blobs), f"Results of {name}", first)
    return Brought(_remote(crate, facts), _run(crate, facts, first, last), large)


def _run_in(crate: Crate, wanted: str) -> Mapping[str, Any]:
    """The run of that number, or `batch#42`; the only one, where none is wanted."""
    runs = [run for run in _list(crate.facts, "runs") if isinstance(run, dict)]
    called = [(f"{run.get('number')}", f"{run.get('remote')}#{run.get('number')}") for run in runs]
    found = [run for run, names in zip(runs, called, strict=True) if wanted in {"", *names}]
    if len(found) != 1:
        several = len({number for number, _ in called}) < len(runs)
        names = ", ".join(f"{crate.name}#{each[several]}" for each in called)
        raise Refused(
            f"Say which run of {crate.name} is meant; known: {one_line(names) or 'none'}."
        )
    missing = [str(words) for words in _list(found[0], "missing")]
    for words in missing:
        if words.startswith(("the code", "the results", "the submodule")):
            raise Refused(f"{crate.name} lacks {one_line(words)}")
    return found[0]


def _entries(crate: Crate, facts: Mapping[str, Any], key: str) -> Entries:
    """The files of a list in the facts, but for large ones, whose paths git would take."""
    entries: Entries = {}
    for part in _list(facts, key):
        words = part if isinstance(part, dict) else {}
        path, mode, name = (_word(words, each) for each in ("path", "mode", "name"))
        if not path or not is_safe(path) or mode not in _MODES:
            raise Refused(f"{crate.name} has a file of a name that can't be: {one_line(path)}.")
        if not words.get("large"):
            entries[path] = (mode, name)
    return entries


def _large(crate: Crate, facts: Mapping[str, Any]) -> Iterator[LargeFile]:
    """Large results, whose paths were looked at; those without a copy in the crate are missing."""
    for part in _list(facts, "results"):
        if part.get("large") and (name := _word(part, "name")) in crate.facts["files"]:
            size, sha256 = crate.recorded(name)
            yield LargeFile(sha256, size, _word(part, "path"))


def _store(clone: Clone, crate: Crate, names: set[str]) -> dict[str, str]:
    """Put files into git, under names of ours until then; their blobs by their names."""
    ordered = sorted(names)
    with temporary_folder() as folder:
        for number, name in enumerate(ordered):
            with (folder / str(number)).open("xb") as file:
                file.writelines(crate.chunks(name))
        paths = "".join(f"{folder / str(number)}\n" for number in range(len(ordered)))
        words = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        blobs = clone.git(*words, stdin=paths.encode()).split() if ordered else []
    return dict(zip(ordered, blobs, strict=True))


def _tree(clone: Clone, entries: Entries, blobs: Mapping[str, str]) -> str:
    lines = (f"{mode} {blobs[name]}\t{path}" for path, (mode, name) in entries.items())
    return make_tree(clone, lines)


def _commit(clone: Clone, tree: str, message: str, *parents: str) -> str:
    words = (word for parent in parents for word in ("-p", parent))
    text = one_line(message).encode("utf-8", "replace")
    return clone.git("commit-tree", *words, tree, stdin=text, environment=_WHO)


def _remote(crate: Crate, facts: Mapping[str, Any]) -> BatchRemote:
    name = f"{crate.name}/{one_line(_word(facts, 'remote'))}"
    location = one_line(_word(facts, "location"))
    return BatchRemote(name, location, "", "", published=crate.name)


def _run(crate: Crate, facts: Mapping[str, Any], first: str, last: str) -> Run:
    state, reason = state_of(_word(facts, "state"), one_line(_word(facts, "reason")))
    number, status = facts.get("number"), facts.get("exit")
    return Run(
        remote=_remote(crate, facts).name,
        number=number if is_number(number) else 0,
        state=state,
        branch=branch_of(_word(facts, "branch")),
        commit=first,
        options=_options(crate, facts),
        exit=status if is_number(status) else None,
        reason=reason,
        result=last,
        results=Results.PULLED,
    )


def _options(crate: Crate, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters; raises `Refused` for one that no run can have had."""
    options = _list(facts, "options")
    for option in options:
        if not isinstance(option, str) or option != one_line(option):
            raise Refused(f"{crate.name} has a parameter that can't be: {one_line(str(option))}.")
    return tuple(options)


def _list(facts: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = facts.get(key)
    return value if isinstance(value, list) else []


def _word(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""
