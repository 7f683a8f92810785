"""Freezes a directory: hashes it, moves it into the archive, leaves a link, makes it read-only.

Beside the directory, in the same folder, lie while that is being done

    .gitbatch-link-<id>      the link that will take its place
    .gitbatch-original-<id>  the directory itself, once a verified copy is in the archive

and in the archive, incomplete, `.gitbatch-partial-<id>` and `.gitbatch-manifest-<id>`. Each step
is one rename, so that after an interruption the next try finds one of these cases:

    the directory is there              nothing has moved: begin anew
    only an original is there           put it back, and begin anew
    only a link is there                the data is in the archive: verify it, finish
    a link in place, and an original    the copy was verified: remove the original
"""

import errno
import fcntl
import hashlib
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.core import dirhash
from gitbatch_tui.core.dirhash import Scheme, Tree, shown
from gitbatch_tui.core.frozen import FrozenError, copy, manifest
from gitbatch_tui.core.frozen.refusals import refuse
from gitbatch_tui.core.frozen.verify import ensure, frozen_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOVED = "moved"
COPIED = "copied"
LINKED = "linked"
"""The data was in the archive already."""
FINISHED = "finished"
"""What an interrupted try had begun."""


class Freezing:
    """One directory that is to be frozen."""

    def __init__(
        self,
        directory: bytes,
        archive: bytes,
        scheme: Scheme,
        tell: "Callable[[object], object]" = lambda _: None,
    ) -> None:
        """`tell` hears of the progress, and may raise to stop it."""
        folder, name = os.path.split(os.path.abspath(directory))
        folder = os.path.realpath(folder)
        self.place = os.path.join(folder, name)
        self.archive = os.path.realpath(archive)
        self.scheme = scheme
        self.value = ""
        self._tell = tell
        mark = hashlib.sha256(self.place).hexdigest()[:12].encode()
        self._link = os.path.join(folder, b".gitbatch-link-" + mark)
        self._original = os.path.join(folder, b".gitbatch-original-" + mark)
        self._manifest = os.path.join(self.archive, b".gitbatch-manifest-" + mark)
        self._partial = os.path.join(self.archive, b".gitbatch-partial-" + mark)

    @property
    def target(self) -> bytes:
        """The path where the data will be."""
        return os.path.join(self.archive, self.value.encode())

    def freeze(self, bases: "Sequence[bytes]" = ()) -> str:
        """Do it, and say how; raises `FrozenError`, `HashError` or OSError: nothing is lost then.

        No run of the batch remotes in `bases` that isn't over may use the data.
        """
        if os.path.islink(self.place):
            return self._after_link()
        if not os.path.lexists(self.place):
            if os.path.islink(self._link) and not os.path.lexists(self._original):
                return self._finish()
            if not os.path.lexists(self._original):
                raise FrozenError(f"There is no {shown(self.place)}.")
            os.rename(self._original, self.place)
        if os.path.lexists(self._original):
            raise FrozenError(
                f"{shown(self._original)} is what an interrupted try left of an earlier "
                f"{shown(self.place)}: move it away first."
            )
        refuse(self.place, self.archive, bases)
        with self._locked(), self._tidied():
            return self._archive_it()

    def _archive_it(self) -> str:
        tree = Tree(self.place)
        self.value = dirhash.hash_tree(tree, self.scheme, self._tell)
        os.makedirs(self.archive, exist_ok=True)
        if os.path.lexists(self._partial):
            copy.remove(self._partial)
        if os.path.lexists(self.target):
            ensure(self.target, self._tell)
            if not os.path.exists(manifest.place_of(self.target)):
                manifest.write(self.target, self.value, tree.digests, self._manifest)
            self._replace(tree)
            return LINKED
        manifest.write(self.target, self.value, tree.digests, self._manifest)
        try:
            self._move(tree)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            return MOVED
        self._copy(tree)
        self._replace(tree)
        return COPIED

    def _move(self, tree: Tree) -> None:
        self._prepare_link()
        if not tree.top.mode & stat.S_IWUSR:
            # A directory that moves to another one has to be writable itself.
            os.chmod(self.place, stat.S_IMODE(tree.top.mode) | stat.S_IWUSR)
        os.rename(self.place, self.target)
        try:
            _ensure_same(tree, self.target)
        except BaseException:
            os.rename(self.target, self.place)
            raise
        self._complete()

    def _copy(self, tree: Tree) -> None:
        copy.copy(tree, self._partial, self._tell)
        if dirhash.hash_tree(Tree(self._partial), self.scheme, self._tell) != self.value:
            raise FrozenError(f"The copy of {shown(self.place)} isn't what was copied: try again.")
        os.rename(self._partial, self.target)
        copy.protect(self.target)
        copy.sync(self.archive)

    def _replace(self, tree: Tree) -> None:
        """Let the link take the place of a directory that is in the archive, too."""
        self._prepare_link()
        os.rename(self.place, self._original)
        try:
            _ensure_same(tree, self._original)
        except BaseException:
            os.rename(self._original, self.place)
            raise
        self._complete()
        copy.remove(self._original)

    def _prepare_link(self) -> None:
        if os.path.lexists(self._link):
            os.unlink(self._link)
        os.symlink(self.target, self._link)
        copy.sync(os.path.dirname(self._link))

    def _complete(self) -> None:
        copy.protect(self.target)
        copy.sync(self.archive)
        os.rename(self._link, self.place)
        copy.sync(os.path.dirname(self.place))

    def _finish(self) -> str:
        """The data is in the archive, and only the link isn't in its place."""
        self._adopt(self._link)
        self._complete()
        return FINISHED

    def _after_link(self) -> str:
        if os.path.lexists(self._original):
            self._adopt(self.place)
            copy.remove(self._original)
            return FINISHED
        value = frozen_in(os.path.realpath(self.place))
        what = "frozen data already: verify-data checks it" if value else "it has to be a directory"
        raise FrozenError(
            f"{shown(self.place)} is a symbolic link to {shown(os.readlink(self.place))}, {what}."
        )

    def _adopt(self, link: bytes) -> None:
        """Take archive and value from a link that an earlier try made."""
        target = os.readlink(link)
        self.archive, name = os.path.split(target)
        self.scheme, digits = dirhash.parse(os.fsdecode(name))
        self.value = self.scheme.value(digits)
        ensure(target, self._tell)

    @contextmanager
    def _locked(self) -> "Iterator[None]":
        file = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FrozenError(f"{shown(self.place)} is being frozen just now.") from error
            except OSError:
                pass  # Not every file system has locks; renames keep the data safe all the same.
            yield
        finally:
            os.close(file)

    @contextmanager
    def _tidied(self) -> "Iterator[None]":
        """Leave nothing behind where the directory stays in its place."""
        try:
            yield
        except BaseException:
            if os.path.isdir(self.place) and not os.path.islink(self.place):
                if os.path.islink(self._link):
                    os.unlink(self._link)
                if os.path.lexists(self._partial):
                    copy.remove(self._partial)
            raise


def _ensure_same(tree: Tree, now: bytes) -> None:
    """Raise `FrozenError` where a tree that has moved isn't any more as it was hashed."""
    before = [(entry.path, entry.state) for entry in tree.entries]
    if [(entry.path, entry.state) for entry in Tree(now).entries] != before:
        raise FrozenError(
            f"{shown(tree.root)} changed while it was frozen, and is as it was: "
            "wait until nobody writes there."
        )
