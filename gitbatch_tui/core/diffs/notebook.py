"""Reads a Jupyter notebook, and draws the cells that differ, line by line."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.format import abbreviated, plural
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.diffs.align import are_keys, by_key, by_place
from gitbatch_tui.core.diffs.model import DiffLine, Kind, limited, note, skipped
from gitbatch_tui.core.diffs.picture import recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUFFIXES = frozenset({".ipynb"})

_COLOURS = re.compile("\x1b\\[[0-9;]*m")
_AROUND = 3
CellPair = tuple["NotebookCell | None", "NotebookCell | None"]


@dataclass(frozen=True)
class NotebookCell:
    """The source of a cell, and the text and facts of its outputs."""

    id: str
    """Empty in notebooks of older formats."""
    kind: str
    count: int | None
    """`In [3]`; None where it has not been run."""
    source: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Notebook:
    """The parts of a notebook that a person sees."""

    language: str
    kernel: str
    cells: tuple[NotebookCell, ...]


def read_notebook(data: bytes) -> Notebook:
    """Raises ValueError where it is none; no bytes at all are a notebook without cells."""
    if not data:
        return Notebook("", "", ())
    try:
        content = json.loads(data)
        cells = content.get("cells")
        if cells is None:  # the format before 4
            cells = [cell for sheet in content["worksheets"] for cell in sheet["cells"]]
        about = content.get("metadata", {})
        language = about.get("language_info", {})
        kernel = (about.get("kernelspec", {}).get("name"), language.get("version"))
        name = str(language.get("name", "")).lower()
        return Notebook(
            name if name.isalnum() else "",
            one_line(" ".join(str(word) for word in kernel if word)),
            tuple(_cell(cell) for cell in cells),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a notebook") from error


def _cell(cell: dict[str, Any]) -> NotebookCell:
    kind = str(cell["cell_type"])
    count = cell.get("execution_count", cell.get("prompt_number"))
    source = _joined(cell.get("source", cell.get("input", "")))
    outputs = [line for output in cell.get("outputs", ()) for line in _output(output)]
    return NotebookCell(
        str(cell.get("id", "")),
        one_line(kind),
        count if isinstance(count, int) else None,
        _text_lines(source),
        tuple(outputs),
    )


def _output(output: dict[str, Any]) -> Iterator[str]:
    kind = output["output_type"]
    if kind == "stream":
        yield from _text_lines(_joined(output.get("text", "")))
        return
    if kind in ("error", "pyerr"):
        yield from _text_lines("\n".join(map(str, output.get("traceback", ()))))
        return
    bundle = output.get("data", output)
    shown = [(name, value) for name, value in bundle.items() if "/" in name]
    if "text" in output:
        shown.append(("text/plain", output["text"]))
    for name, value in shown:
        if name == "text/plain":
            yield from _text_lines(_joined(value))
        else:
            yield _facts(name, value)


def _facts(name: str, value: object) -> str:
    """Describe an output that isn't text: type, dimensions, size, hash."""
    text = _joined(value) if isinstance(value, str | list) else json.dumps(value, sort_keys=True)
    data = text.encode("utf-8", "surrogatepass")
    if name.startswith("image/") and name != "image/svg+xml":
        try:
            data = base64.b64decode(text)
        except (binascii.Error, ValueError):
            return f"[{one_line(name)}: cannot be read]"
    picture = recognise(data) if name.startswith("image/") else None
    facts = [one_line(name), picture.dimensions if picture else "", f"{len(data):,} bytes"]
    facts.append(f"sha256 {abbreviated(hashlib.sha256(data).hexdigest())}")
    return f"[{', '.join(fact for fact in facts if fact)}]"


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _text_lines(text: str) -> tuple[str, ...]:
    plain = _COLOURS.sub("", text).removesuffix("\n")
    return tuple(_short(line) for line in plain.split("\n")) if plain else ()


def _short(line: str) -> str:
    text, missing = limited(line.encode("utf-8", "surrogatepass"))
    return f"{text} … {missing:,} more bytes" if missing else text


def notebook_lines(old: bytes, new: bytes) -> Iterator[DiffLine]:
    """The cells that differ; raises ValueError where it is no notebook."""
    before, after = read_notebook(old), read_notebook(new)
    return _lines(before, after, _pairs(before.cells, after.cells))


def whole_notebook(data: bytes) -> Iterator[DiffLine]:
    """All cells of one notebook with their outputs; raises ValueError where it is none."""
    notebook = read_notebook(data)
    kernel = f" · {notebook.kernel}" if notebook.kernel else ""
    yield note(f"{plural(len(notebook.cells), 'cell')}{kernel}")
    for cell in notebook.cells:
        yield DiffLine(Kind.HEADING, _heading(cell, cell))
        language = notebook.language if cell.kind == "code" else ""
        for number, line in enumerate(cell.source, 1):
            yield DiffLine(Kind.SAME, line, 0, number, language)
        if cell.outputs:
            yield DiffLine(Kind.HUNK, "output")
            yield from (DiffLine(Kind.SAME, line) for line in cell.outputs)


def _lines(old: Notebook, new: Notebook, pairs: Iterable[CellPair]) -> Iterator[DiffLine]:
    if old.kernel and new.kernel and old.kernel != new.kernel:
        yield note(f"kernel: {old.kernel} → {new.kernel}")
    alike = 0
    for pair in pairs:
        if _alike(*pair):
            alike += 1
            continue
        yield from skipped(alike, "cell")
        alike = 0
        yield from _cell_lines(*pair, new.language or old.language)
    yield from skipped(alike, "cell")


def _alike(old: NotebookCell | None, new: NotebookCell | None) -> bool:
    return bool(
        old and new and (old.kind, old.source, old.outputs) == (new.kind, new.source, new.outputs)
    )


def _cell_lines(
    old: NotebookCell | None, new: NotebookCell | None, language: str
) -> Iterator[DiffLine]:
    yield DiffLine(Kind.HEADING, _heading(old, new))
    cell = new or old
    code = language if cell and cell.kind == "code" else ""
    yield from _changed_lines(old.source if old else (), new.source if new else (), code)
    outputs = old.outputs if old else (), new.outputs if new else ()
    if any(outputs):
        yield DiffLine(Kind.HUNK, "output" if outputs[0] != outputs[1] else "output, the same")
    if outputs[0] != outputs[1]:
        yield from _changed_lines(*outputs, "")


def _heading(old: NotebookCell | None, new: NotebookCell | None) -> str:
    cell = new or old
    words = [f"{cell.kind if cell else ''} cell"]
    counts = [f"[{c.count}]" for c in (old, new) if c and c.count is not None]
    words += [" → ".join(dict.fromkeys(counts))] if counts else []
    if old is None or new is None:
        words.append("added" if old is None else "deleted")
    return " ".join(words)


def _changed_lines(old: Sequence[str], new: Sequence[str], language: str) -> Iterator[DiffLine]:
    """The lines that differ, with a few around them."""
    blocks = SequenceMatcher(None, old, new).get_opcodes()
    for tag, i, i_end, j, j_end in blocks:
        if tag == "equal":
            near = (_AROUND if i + j else 0, _AROUND if (i_end, j_end) != blocks[-1][2::2] else 0)
            lines = [
                DiffLine(Kind.SAME, old[at], at + 1, at + 1 + j - i, language)
                for at in range(i, i_end)
            ]
            yield from _without_the_middle(lines, *near)
            continue
        for at in range(i, i_end):
            yield DiffLine(Kind.DELETED, old[at], at + 1, 0, language)
        for at in range(j, j_end):
            yield DiffLine(Kind.ADDED, new[at], 0, at + 1, language)


def _without_the_middle(lines: list[DiffLine], first: int, last: int) -> Iterator[DiffLine]:
    hidden = len(lines) - first - last
    if hidden <= 1:
        yield from lines
        return
    yield from lines[:first]
    yield from skipped(hidden, "line")
    yield from lines[len(lines) - last :]


def _pairs(old: Sequence[NotebookCell], new: Sequence[NotebookCell]) -> Iterator[CellPair]:
    ids = [cell.id for cell in old], [cell.id for cell in new]
    contents = [[(cell.kind, cell.source) for cell in cells] for cells in (old, new)]
    for i, j in by_key(*ids) if are_keys(*ids) else by_place(*contents):
        before = None if i is None else old[i]
        after = None if j is None else new[j]
        if before and after and before.kind != after.kind:
            yield from ((before, None), (None, after))
        else:
            yield before, after
