"""Reads the newest numbers of many runs, for columns beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.encoding import UTF_16, in_utf_8
from gitbatch_tui.core.compare.metrics import measured_by, read_metrics, value_files
from gitbatch_tui.core.curves.files import in_tree
from gitbatch_tui.core.curves.opening import result_of
from gitbatch_tui.core.git.blobs import blob_id, blobs_at, missing_commits, sizes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.metrics import Value
    from gitbatch_tui.core.curves.files import MetricsFile
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run, RunKey

    Side = tuple[Batch, Run]
    Values = Mapping[str, Value]

MOST = 2000
"""As many runs as are looked at, the first ones."""
TOGETHER = 64 * 2**20
"""Bytes of results that are read for them."""
_HEAD, _TAIL = 1 << 13, 1 << 16
"""Bytes from the start and the end of a file that grows."""
_PIECE = 1 << 20


def latest_values(sides: Sequence[Side]) -> dict[RunKey, Values]:
    """The last numbers that these runs have measured, by remote and number.

    Nothing is fetched, and no other machine is asked: a run is left out where that would be needed.
    """
    sides = sides[:MOST]
    clone = sides[0][0].clone
    paths = value_files(clone)
    missing = set(missing_commits(clone, [run.result for _, run in sides if result_of(run)]))
    here = [run for _, run in sides if result_of(run) and run.result not in missing]
    measured = measured_by(clone, here, paths, TOGETHER)
    found: dict[RunKey, Values] = {
        run.key: each.values for run, each in zip(here, measured, strict=True)
    }
    near = [
        (batch, run)
        for batch, run in sides
        if run.key not in found
        if not batch.remote.published and batch.host.name == "local"
    ]
    return found | dict(_values_in_trees(clone, near, paths))


def _values_in_trees(
    clone: Clone, sides: Sequence[Side], paths: Sequence[str]
) -> Iterator[tuple[RunKey, Values]]:
    own = blobs_at(clone, [(run.commit, path) for _, run in sides for path in paths])
    sizes = sizes_of(clone, filter(None, own)) if any(own) else {}
    for at, (batch, run) in enumerate(sides):
        blobs = dict(zip(paths, own[at * len(paths) :], strict=False))
        if values := _values_in_tree(batch, run, blobs, sizes):
            yield run.key, values


def _values_in_tree(
    batch: Batch, run: Run, blobs: Mapping[str, str], sizes: Mapping[str, int]
) -> Values:
    """The numbers in the first of some files that has any, and that the run wrote itself.

    The blobs, by paths, are what the files were in the run's commit, and have these sizes.
    """
    for path, blob in blobs.items():
        file = in_tree(batch.server, run.number, path)
        try:
            is_own = not blob or not _is_as_committed(file, blob, sizes[blob])
            data = _ends_of(file) if is_own else b""
        except OSError:
            continue  # it is looked at again soon
        finally:
            file.close()
        if values := read_metrics(_whole_lines(data), path):
            return values
    return {}


def _is_as_committed(file: MetricsFile, blob: str, size: int) -> bool:
    """Tell whether a file has what git knows by the id of this blob."""
    if file.look().size != size:
        return False
    pieces = (file.read(at, _PIECE) for at in range(0, size, _PIECE))
    return blob_id(size, pieces, len(blob)) == blob


def _ends_of(file: MetricsFile) -> bytes:
    """A short file; of a longer one the first line, with its names, and the last whole lines.

    What is in UTF-16 is in UTF-8 then.
    """
    size = file.look().size
    data = file.read(0, _HEAD + _TAIL)
    head = in_utf_8(data)
    if size > len(data):
        # A character of UTF-16 has two bytes.
        tail = file.read(size - size % 2 - _TAIL, _TAIL + 1)
        if data.startswith(UTF_16):
            tail = in_utf_8(data[:2] + tail)
        head = head.partition(b"\n")[0] + b"\n" + tail.partition(b"\n")[2]
    return head


def _whole_lines(data: bytes) -> bytes:
    """All but what is just being written."""
    return data if data.rstrip().endswith((b"}", b"]")) else data[: data.rfind(b"\n") + 1]
