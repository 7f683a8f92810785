"""Makes the commit that a merge would make, without touching branch, index or work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.git.complaints import reason_in, sentence_for
from gitbatch_tui.core.git.rollback import scratch
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Answer

_MERGES_TREES = (2, 38)
_CONFLICT = 1


class BothChange(Exception):
    """Both sides change the same, in these files."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(*paths)
        self.paths = paths


def join(clone: Clone, ours: str, theirs: str, message: str) -> str:
    """A commit on top of both; raises `BothChange`. Only with the clone's lock."""
    if clone.git_version >= _MERGES_TREES:
        tree = _merged(clone, ours, theirs)
    else:
        tree = _merged_by_hand(clone, ours, theirs)
    signed = clone.try_git("config", "--type=bool", "--get", "commit.gpgSign") == "true"
    flags = ("-S",) if signed else ()
    return clone.git("commit-tree", *flags, "-p", ours, "-p", theirs, "-m", message, tree)


def _merged(clone: Clone, ours: str, theirs: str) -> str:
    words = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs)
    answer = clone.ask(*words)
    tree, *paths = answer.stdout.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
    if answer.status == _CONFLICT:
        raise BothChange([path for path in paths if path])
    return _checked(answer, tree)


def _merged_by_hand(clone: Clone, ours: str, theirs: str) -> str:
    """Merge with the commands that an older git has, which follow no renames."""
    base = clone.git("merge-base", ours, theirs)
    with scratch(clone) as folder:
        tree = folder / "tree"
        tree.mkdir()
        environment = {
            "GIT_DIR": str(clone.git_dir),
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_WORK_TREE": str(tree),
        }
        there = ("-C", str(tree))
        words = ("read-tree", "-i", "-m", "--aggressive", base, ours, theirs)
        clone.git(*there, *words, environment=environment)
        merge = ("merge-index", "-o", "-q", "git-merge-one-file", "-a")
        if clone.ask(*there, *merge, environment=environment).status:
            listed = clone.git(*there, "ls-files", "-u", "-z", environment=environment)
            lines = [line.partition("\t")[2] for line in listed.split("\0") if line]
            raise BothChange(list(dict.fromkeys(lines)))
        return clone.git(*there, "write-tree", environment=environment)


def _checked(answer: Answer, tree: str) -> str:
    if answer.status:
        said = clean(answer.stderr)
        why = sentence_for(said) or f"git can't merge them: {reason_in(said.splitlines())}."
        raise CommandFailed(why, status=answer.status, detail=said)
    return tree
