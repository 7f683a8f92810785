"""Reads what runs measured, from files of their results."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.encoding import in_utf_8
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.compare.json import Numeral, read_json
from gitbatch_tui.core.compare.numbers import number_in
from gitbatch_tui.core.diffs.table import SUFFIXES, begins_anew, read_table
from gitbatch_tui.core.git.blobs import blobs_at, contents_by_size, sizes_of
from gitbatch_tui.core.git.names import is_safe
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

Value = int | float | str

_LONGEST = 80
_LARGEST = 8 * 2**20
"""Bytes of a file that is read; of a larger one, its first line and its last ones."""
_UNPACKED = 64 * 2**20
_LINES = 1 << 16
"""Bytes of such lines; and of JSON's, at the end of any file, that are read."""
_TOGETHER = 512 * 2**20
"""Bytes of all files that are read."""

STEPS = (
    "global_step", "step", "_step", "steps", "iteration", "iter", "update", "epoch", "generation",
)  # fmt: skip
"""Names of a column that the others are over, the first that is there; else rows are counted."""
_SERIES = ("metrics.csv", "metrics.jsonl", "metrics.json")
_VALUES = ("metrics.json", "metrics.csv", "metrics.jsonl")


def curve_files(clone: Clone, path: str = "") -> tuple[str, ...]:
    """The files with metrics over steps: `path`, what `gitbatch.metrics` says, or the usual ones.

    A name that ends with `/` is that of a folder with TensorBoard's event files. Raises `Refused`
    for what can't be a path among results.
    """
    return _named(path) or _configured(clone) or _SERIES


def value_files(clone: Clone, path: str = "") -> tuple[str, ...]:
    """The files with the last values of a run: `path`, the configured one, or the usual ones."""
    if named := _named(path):
        return named
    configured = _configured(clone)
    return configured if configured and not configured[0].endswith("/") else _VALUES


def _named(path: str) -> tuple[str, ...]:
    if path and not is_safe(path.removesuffix("/")):
        raise Refused(f"{one_line(path)} is no path among results: name the file as it is there.")
    return (path,) if path else ()


def _configured(clone: Clone) -> tuple[str, ...]:
    path = clone.config("gitbatch.metrics")
    if path and not is_safe(path.removesuffix("/")):
        raise Refused(
            f"gitbatch.metrics is {one_line(path)}, which is no path among results: "
            "`git config gitbatch.metrics metrics.csv` sets another one."
        )
    return (path,) if path else ()


@dataclass(frozen=True)
class Measured:
    """The metrics of one run."""

    values: Mapping[str, Value]
    inherited: str = ""
    """The file that is as it came with the run's commit, where it is an earlier run's."""


def measured_by(
    clone: Clone, runs: Sequence[Run], paths: Sequence[str], room: int = _TOGETHER
) -> list[Measured]:
    """Read the metrics among each run's results: in the first of the files that it wrote itself.

    For each of the paths, as many bytes are read as there is `room`, the first runs first.
    """
    found = [_measured_in(clone, runs, path, room) for path in paths]
    return [
        next((one for one in each if one.values), _nothing(each))
        for each in zip(*found, strict=True)
    ]


def _nothing(files: Sequence[Measured]) -> Measured:
    return Measured({}, next((file.inherited for file in files if file.inherited), ""))


def _measured_in(clone: Clone, runs: Sequence[Run], path: str, room: int) -> list[Measured]:
    began = blobs_at(clone, [(run.commit, path) for run in runs])
    ended = blobs_at(clone, [(run.result, path) for run in runs])
    own = [new for old, new in zip(began, ended, strict=True) if new not in {"", old}]
    readable: dict[str, int] = {}
    for blob, size in sizes_of(clone, own).items():
        if size <= min(_UNPACKED, room):
            readable[blob] = size
            room -= size
    contents = contents_by_size(clone, readable)
    values = {blob: read_metrics(data, path) for blob, data in contents.items()}
    return [
        Measured({}, old and path) if new in {"", old} else Measured(values.get(new, {}))
        for old, new in zip(began, ended, strict=True)
    ]


def read_metrics(data: bytes, path: str) -> dict[str, Value]:
    """Names and values: those of a JSON object, nested ones as `a.b`; or the last in each column.

    Of JSON lines, the last one with a name counts, among those at the end. Nothing where it can't
    be read.
    """
    data = in_utf_8(data)
    if len(data) > _LARGEST:
        data = data.partition(b"\n")[0] + b"\n" + data[-_LINES:].partition(b"\n")[2]
    try:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in SUFFIXES:
            return _last_cells(data, suffix)
        return dict(pair for each in _read_objects(data) for pair in _flat(each))
    except (ValueError, RecursionError):
        return {}


def value_of(text: str) -> Value:
    """A number where that is what stands there; codes such as 007 stay as they are."""
    text = one_line(text)
    number = None if len(text) > _LONGEST else number_in(text)
    if number is None:
        return text[:_LONGEST]
    return int(text) if text.strip().removeprefix("-").isdigit() else float(number)


def _last_cells(data: bytes, suffix: str) -> dict[str, Value]:
    """The last cell of each column that isn't empty: not every row has all metrics."""
    table = read_table(data, suffix)
    names, last = table.names, dict[str, str]()
    for row in table.rows:
        if begins_anew(row, table.names):
            names = row
        else:
            last |= {name: cell for name, cell in zip(names, row, strict=False) if cell.strip()}
    return {name: value_of(cell) for name, cell in last.items()}


def _read_objects(data: bytes) -> Iterator[Any]:
    """Yield the items of a list, the whole if it is no list, or else the values of the last lines.

    Raises ValueError where the last line isn't JSON either.
    """
    try:
        whole = read_json(data)
    except ValueError:
        *before, last = data.rstrip()[-_LINES:].split(b"\n")
        for line in before:
            with suppress(ValueError):
                yield read_json(line)
        yield read_json(last)
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            place = one_line(str(key))
            yield from _flat(inner, f"{name}.{place}" if name else place)
    elif name and isinstance(value, bool):
        yield name, str(value).lower()
    elif name and isinstance(value, Numeral):
        yield name, value_of(value)
    elif name and isinstance(value, str):
        yield name, one_line(value)[:_LONGEST]
