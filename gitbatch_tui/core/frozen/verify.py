"""Checks frozen data against the hash that is its name, and names the files that were altered."""

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core import dirhash
from gitbatch_tui.core.dirhash import HashError, shown
from gitbatch_tui.core.frozen import FrozenError, manifest

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = re.compile(r"v[0-9]+-\w+-[0-9]+[A-Za-z]?-[0-9a-fA-F]+\Z")
"""What is meant to be a hash, though perhaps of a version that we don't know."""


class HashCheck(NamedTuple):
    """The result of checking some frozen data."""

    data: bytes
    """The directory in the archive."""
    actual: str
    """Its hash as it is now."""
    altered: "dict[bytes, str]"
    """By path, how it differs; empty where that isn't known, or all is well."""
    why: str
    """Why the files can't be named; empty otherwise."""

    @property
    def value(self) -> str:
        """The hash that it has to have."""
        return os.fsdecode(os.path.basename(self.data))

    @property
    def good(self) -> bool:
        """True if the data has the hash that is its name."""
        return not self.altered and self.actual == self.value


def verify(path: bytes, tell: "Callable[[object], object]" = lambda _: None) -> "list[HashCheck]":
    """Check all frozen data that a path leads to: a link, data in an archive, or an archive.

    Raises `FrozenError` where there is none, `HashError` for a hash that we can't make.
    """
    try:
        os.stat(path)
    except FileNotFoundError as error:
        raise FrozenError(_not_there(path)) from error
    except OSError as error:
        raise FrozenError(f"{shown(path)} can't be reached: {error.strerror}.") from error
    place = os.path.realpath(path)
    data = frozen_in(place)
    if data:
        return [check(data, tell)]
    # Also what only a manifest is left of.
    names = {manifest.data_of(name) for name in _names(place)}
    found = [os.path.join(place, name) for name in sorted(names) if _is_value(name)]
    if not found:
        raise FrozenError(f"{shown(path)} is no frozen data, and no archive that holds any.")
    return [check(each, tell) if os.path.isdir(each) else _missing(each) for each in found]


def _not_there(path: bytes) -> str:
    if os.path.islink(path):
        return f"{shown(path)} leads to {shown(os.readlink(path))}, which isn't there."
    return f"There is no {shown(path)}."


def _missing(data: bytes) -> HashCheck:
    """The result for what should be a directory of an archive, and isn't."""
    try:
        os.stat(data)
    except FileNotFoundError:
        why = _not_there(data) + " It was moved or removed, or freezing it was interrupted."
    except OSError as error:
        why = f"{shown(data)} can't be reached: {error.strerror}."
    else:
        why = f"{shown(data)} isn't a directory."
    return HashCheck(data, "", {}, why)


def frozen_in(place: bytes) -> bytes:
    """The directory, at or above a real path, whose name is a hash; empty if there is none."""
    while place != os.path.dirname(place):
        if _is_value(os.path.basename(place)):
            return place
        place = os.path.dirname(place)
    return b""


def check(data: bytes, tell: "Callable[[object], object]" = lambda _: None) -> HashCheck:
    """Check one directory of an archive."""
    scheme, digits = dirhash.parse(os.fsdecode(os.path.basename(data)))
    tree = dirhash.Tree(data, tolerant=True)
    actual = dirhash.hash_tree(tree, scheme, tell)
    if actual == scheme.value(digits) and not tree.troubles:
        return HashCheck(data, actual, {}, "")
    try:
        before = manifest.read(data)
    except FrozenError as error:
        troubles = {path: str(trouble) for path, trouble in tree.troubles.items()}
        return HashCheck(data, actual, troubles, f"The files can't be named: {error}.")
    return HashCheck(data, actual, differences(before, tree), "")


def differences(before: "dict[bytes, bytes]", tree: dirhash.Tree) -> "dict[bytes, str]":
    """Describe how each path differs from what a manifest says."""
    now = tree.digests
    found = dict.fromkeys(now.keys() - before.keys(), "added")
    found.update((path, "missing") for path in before.keys() - now.keys())
    found.update(
        (path, "altered") for path in before.keys() & now.keys() if now[path] != before[path]
    )
    named: dict[bytes, str] = {}
    for path, how in found.items():
        name = _name(path)
        named[name] = "altered" if name in named else how  # a link in a file's place, say
    named.update((path, str(trouble)) for path, trouble in tree.troubles.items())
    return dict(sorted(named.items()))


def _name(path: bytes) -> bytes:
    """The path as people know it: the two slashes that mark a link are only ours."""
    return path[:-2] if path.endswith(b"//") else path


def ensure(data: bytes, tell: "Callable[[object], object]" = lambda _: None) -> None:
    """Raise `FrozenError` for data that isn't what its name says."""
    if not os.path.isdir(data):
        raise FrozenError(f"{shown(data)} isn't there: its archive was moved or removed.")
    verdict = check(data, tell)
    if not verdict.good:
        files = ", ".join(f"{shown(path)} ({how})" for path, how in verdict.altered.items())
        raise FrozenError(
            f"{shown(data)} isn't what its name says: {files or verdict.why.rstrip('.')}. "
            "Nothing was moved: repair or remove it first."
        )


def _names(folder: bytes) -> "list[bytes]":
    try:
        return os.listdir(folder)
    except OSError as error:
        raise FrozenError(f"{shown(folder)} can't be read: {error.strerror}.") from error


def _is_value(name: bytes) -> bool:
    """True if a name is meant to be a hash; raises `HashError` for one that we can't make."""
    text = os.fsdecode(name)
    if not NAME.match(text):
        return False
    try:
        dirhash.parse(text)
    except HashError as error:
        raise FrozenError(f"{shown(name)} can't be checked. {error}") from error
    return True
