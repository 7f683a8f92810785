r"""Keeps the digests of frozen data beside it, so that damage can be named by file.

ARCHIVE/<hash>.manifest has the hash in its first line, then a line an entry, sorted by path: the
digests of its blocks in hexadecimal with commas between them (`-` for none), two spaces, and
the path, in which backslash and line end are written `\\` and `\n`; that of a folder ends in `/`,
that of a link in `//`. It is just what the hash
was made of: whether a manifest is whole can be told from its own content.
"""

import os
from typing import TYPE_CHECKING

from gitbatch_tui.core import dirhash
from gitbatch_tui.core.frozen import FrozenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SUFFIX = b".manifest"


def place_of(data: bytes) -> bytes:
    """The path of the manifest of a directory in an archive."""
    return data + _SUFFIX


def data_of(place: bytes) -> bytes:
    """The path of the directory that a manifest is of; any other path as it is."""
    return place[: -len(_SUFFIX)] if place.endswith(_SUFFIX) else place


def write(data: bytes, value: str, digests: "Mapping[bytes, bytes]", new: bytes) -> None:
    """Write the manifest of data that is, or will be, at `data`; under the name `new` at first."""
    place = place_of(data)
    try:
        with open(new, "wb") as file:
            file.write(_text(value, digests))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, 0o444)
        os.rename(new, place)
    except BaseException:
        if os.path.lexists(new):
            os.unlink(new)
        raise


def read(data: bytes) -> "dict[bytes, bytes]":
    """The digests that the data at `data` had; raises `FrozenError` where that isn't known."""
    place = place_of(data)
    try:
        with open(place, "rb") as file:
            text = file.read()
    except FileNotFoundError as error:
        raise FrozenError(f"it has no manifest ({dirhash.shown(place)})") from error
    except OSError as error:
        raise FrozenError(
            f"its manifest {dirhash.shown(place)} can't be read: {error.strerror}"
        ) from error
    value = os.path.basename(data).decode("ascii", "replace")
    digests = dict(_pairs(text.split(b"\n")[1:-1]))
    right = dirhash.value_of(dirhash.parse(value)[0], digests) == value
    if not right or _text(value, digests) != text:
        raise FrozenError(f"its manifest {dirhash.shown(place)} is damaged, too")
    return digests


def _text(value: str, digests: "Mapping[bytes, bytes]") -> bytes:
    size = dirhash.parse(value)[0].digest_size
    lines = [_line(path, digests[path], size) for path in sorted(digests)]
    return b"".join([value.encode() + b"\n", *lines])


def _line(path: bytes, digests: bytes, size: int) -> bytes:
    blocks = (digests[start : start + size].hex() for start in range(0, len(digests), size))
    quoted = path.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
    return (",".join(blocks) or "-").encode() + b"  " + quoted + b"\n"


def _pairs(lines: "Sequence[bytes]") -> "Iterator[tuple[bytes, bytes]]":
    for line in lines:
        blocks, _, quoted = line.partition(b"  ")
        path = quoted.replace(b"\\\\", b"\0").replace(b"\\n", b"\n").replace(b"\0", b"\\")
        try:
            yield path, bytes.fromhex(blocks.decode().replace(",", "").replace("-", ""))
        except ValueError:
            yield path, b"damaged"
