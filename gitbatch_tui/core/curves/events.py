"""Reads the scalars in TensorBoard's event files.

A file is records of TFRecord, each an Event of protocol buffers, as TensorFlow's record_writer.h,
event.proto, summary.proto and tensor.proto describe them. Checksums aren't checked: a file that is
being written is read up to its last whole record.
"""

from __future__ import annotations

import re
import struct
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.rows import COLUMNS, LONGEST_NAME, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.curves.rows import Rows

STEP = "step"
_NAME = re.compile(r"(?:.*\.)?tfevents\.([0-9]+)(?:\..*)?")
_LARGEST = 16 * 2**20
"""Bytes of a record, which may be a picture that is passed over."""
_HEAD, _FOOT = 12, 4
"""Bytes of a record's length and its checksum, and of the checksum of what is in it."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FLOAT, _DOUBLE = 1, 2
"""The types of numbers in tensors."""


def is_event_file(path: str) -> bool:
    """True if a file has the name of an event file."""
    return _NAME.fullmatch(PurePosixPath(path).name) is not None


def newest_event_file(paths: Iterable[str]) -> str:
    """The event file among paths that was begun last, by its name; empty where there is none."""
    found = ((_NAME.fullmatch(PurePosixPath(path).name), path) for path in paths)
    begun = [(int(match[1][:18]), path) for match, path in found if match]
    return max(begun)[1] if begun else ""


class EventParser:
    """Takes the bytes of an event file as they come; all scalars of one step are a row."""

    def __init__(self) -> None:
        self._pending = b""
        self._row: dict[str, float] = {}
        self._names: dict[str, str] = {}
        """Those of columns, by their tags."""
        self.unreadable = 0
        self.is_wide = False
        self.trouble = ""

    def feed(self, data: bytes) -> Rows:
        rows = [row for event in self._events(data) for row in self._next_row(event)]
        return _columns(rows)

    def finish(self) -> Rows:
        rows, self._row = [self._row] if self._row else [], {}
        return _columns(rows)

    def _events(self, data: bytes) -> Iterator[tuple[int, dict[str, float]]]:
        """The steps and scalars of the records that are whole now."""
        pending, at = self._pending + data, 0
        while len(pending) - at >= _HEAD and not self.trouble:
            (length,) = struct.unpack_from("<Q", pending, at)
            if length > _LARGEST:
                self.trouble = f"the next record has more than {_LARGEST >> 20} MB"
            end = at + _HEAD + length + _FOOT
            if self.trouble or len(pending) < end:
                break
            try:
                yield _event(pending[at + _HEAD : end - _FOOT])
            except ValueError:
                self.unreadable += 1
            at = end
        self._pending = pending[at:]

    def _next_row(self, event: tuple[int, dict[str, float]]) -> Iterator[dict[str, float]]:
        """The row before, when another step begins."""
        step, scalars = event
        if not scalars:
            return
        if self._row.get(STEP, step) != step:
            yield self._row
            self._row = {}
        self._row[STEP] = step
        for tag, value in scalars.items():
            if name := self._named(tag):
                self._row[name] = value

    def _named(self, tag: str) -> str:
        """The name of a column; empty where there is no room for another."""
        if tag not in self._names and len(self._names) >= COLUMNS:
            self.is_wide = True
            return ""
        return self._names.setdefault(tag, one_line(tag)[:LONGEST_NAME])


def _columns(rows: list[dict[str, float]]) -> Rows:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name, NOTHING) for row in rows] for name in names}


def _event(data: bytes) -> tuple[int, dict[str, float]]:
    """The step of an Event, and its scalars by their tags; raises ValueError for what is none."""
    step, scalars = 0, dict[str, float]()
    for number, kind, value in _fields(data):
        if (number, kind) == (2, _VARINT):
            step = int.from_bytes(value, "little", signed=True)
        elif (number, kind) == (5, _BYTES):
            parts = (part for at, way, part in _fields(value) if (at, way) == (1, _BYTES))
            scalars.update(scalar for part in parts for scalar in _scalar(part))
    return step, scalars


def _scalar(data: bytes) -> Iterator[tuple[str, float]]:
    """The tag and number of a Summary.Value, where that is what it has."""
    tag, numbers = "", list[float]()
    for number, kind, value in _fields(data):
        if (number, kind) == (1, _BYTES):
            tag = value.decode("utf-8", "replace")
        elif (number, kind) == (2, _FIXED32):
            numbers = [*struct.unpack("<f", value)]
        elif (number, kind) == (8, _BYTES):
            numbers = _tensor(value)
    if len(numbers) == 1:
        yield tag, numbers[0]


def _tensor(data: bytes) -> list[float]:
    """The numbers of a TensorProto, where they are floating point."""
    dtype, content = 0, b""
    for number, kind, value in _fields(data):
        if (number, kind) == (1, _VARINT):
            dtype = value[0]
        elif number in {4, 5, 6} and kind in {_BYTES, _FIXED32, _FIXED64}:
            content = value
    form = {_FLOAT: "<f", _DOUBLE: "<d"}.get(dtype)
    if form is None or len(content) != struct.calcsize(form):
        return []
    return [*struct.unpack(form, content)]


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The number, wire type and value of each field, a varint as 8 bytes.

    Raises ValueError for what isn't a message.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, kind, (value & (2**64 - 1)).to_bytes(8, "little")
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(kind)
        if kind == _BYTES:
            length, at = _varint(data, at)
        if length is None or at + length > len(data):
            raise ValueError(f"no message: wire type {kind}")
        yield number, kind, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number, seven bits a byte, and the place behind it; raises ValueError for none."""
    value = 0
    for shift, byte in enumerate(data[at : at + 10]):
        value |= (byte & 127) << 7 * shift
        if byte < 128:  # noqa: PLR2004  # the last one
            return value, at + shift + 1
    raise ValueError("no number")
