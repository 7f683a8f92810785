"""Reads a Jupyter notebook: cells and what they gave, without the JSON."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.diffs.model import limited
from gitbatch_tui.core.diffs.picture import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = frozenset({".ipynb"})

_COLOURS = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True)
class Cell:
    """Its source, and the text and the facts of its outputs."""

    id: str
    """Empty in notebooks of older formats."""
    kind: str
    count: int | None
    """`In [3]`; None where it has not been run."""
    source: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Notebook:
    """What a person sees of it."""

    language: str
    kernel: str
    cells: tuple[Cell, ...]


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


def _cell(cell: dict[str, Any]) -> Cell:
    kind = str(cell["cell_type"])
    count = cell.get("execution_count", cell.get("prompt_number"))
    source = _joined(cell.get("source", cell.get("input", "")))
    outputs = [line for output in cell.get("outputs", ()) for line in _output(output)]
    return Cell(
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
    """What is to know of an output that isn't text."""
    text = _joined(value) if isinstance(value, str | list) else json.dumps(value, sort_keys=True)
    data = text.encode("utf-8", "surrogatepass")
    if name.startswith("image/") and name != "image/svg+xml":
        try:
            data = base64.b64decode(text)
        except (binascii.Error, ValueError):
            return f"[{one_line(name)}: cannot be read]"
    picture = recognise(data) if name.startswith("image/") else None
    facts = [one_line(name), picture.dimensions if picture else "", f"{len(data):,} bytes"]
    facts.append(f"sha256 {hashlib.sha256(data).hexdigest()[:12]}")
    return f"[{', '.join(fact for fact in facts if fact)}]"


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _text_lines(text: str) -> tuple[str, ...]:
    plain = _COLOURS.sub("", text).removesuffix("\n")
    return tuple(_short(line) for line in plain.split("\n")) if plain else ()


def _short(line: str) -> str:
    text, missing = limited(line.encode("utf-8", "surrogatepass"))
    return f"{text} … {missing:,} more bytes" if missing else text
