"""Decides which names from outside may become branches, files or revisions, by the rules of git."""

from __future__ import annotations

import re

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import UnknownName

# What `git check-ref-format` refuses, in a name that stands after `refs/heads/`.
_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|(^|/)\.|\.lock(/|$)|^/|/$|\.$")
# What a branch can't have, or a shell doesn't take for itself.
_NO_WORD = re.compile(r"[^\w.+=-]+|\.\.+")
_LONGEST = 100
# What HFS+ leaves out of a name, according to git.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# `git~1` is what NTFS calls it, which ignores dots and blanks at the end, and streams.
_DOT_GIT = re.compile(r"(\.git|git~1)[. ]*(:.*)?", re.IGNORECASE | re.DOTALL)


def branch_of(text: str) -> str:
    """Return the text if it can be the name of a branch; empty for anything else.

    The rules are those of `git check-ref-format`: such a name leads below `refs/heads/` and
    nowhere else, and is no refspec.
    """
    return "" if not text or _NO_REF.search(text) else text


def within_branch(text: str) -> str:
    """The text as it may stand inside of a branch's name; a dash is where it can't be as it was."""
    return _NO_WORD.sub("-", text)[:_LONGEST]


def is_safe(path: str) -> bool:
    """True if a relative path may be written below a folder that is, or could be, a work tree.

    The rules are those of git's `verify_path`, for all file systems at once: no absolute path, no
    empty part, no `.` or `..`, and no `.git` in any spelling that some file system takes for it.
    """
    if "\0" in path or {"", ".", ".."}.intersection(path.split("/")):
        return False
    parts = re.split(r"[/\\]", _IGNORED.sub("", path))
    return not any(_DOT_GIT.fullmatch(part) for part in parts)


def not_an_option(revision: str) -> str:
    """Return the revision; raises `UnknownName` for one that git would take for an option.

    `--end-of-options` would do it, too, but needs git 2.24.
    """
    if revision.startswith("-"):
        raise UnknownName(f"{one_line(revision)} is no commit.")
    return revision
