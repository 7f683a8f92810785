"""Shows a Jupyter notebook in a page: its sources, its texts and its pictures, and nothing else.

HTML and scripts among the outputs of cells are left out. Format: nbformat 4.
"""

from __future__ import annotations

import base64
import binascii
import json
from html import escape
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

_PICTURES = ("image/png", "image/jpeg")
_LONGEST = 20_000
"""Characters of one text."""


def notebook_html(data: bytes) -> str:
    """The notebook as HTML; a sentence where it can't be read."""
    try:
        cells = json.loads(data)["cells"]
        return "".join(part for cell in cells for part in _cell(cell))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return "<p>This notebook can't be read.</p>"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = _joined(cell.get("source", ""))
    if cell.get("cell_type") != "code":
        yield f"<pre>{_text(source)}</pre>"
        return
    yield f"<details><summary>code</summary><pre>{_text(source)}</pre></details>"
    for output in cell.get("outputs", ()):
        yield from _output(output)


def _output(output: dict[str, Any]) -> Iterator[str]:
    data = output.get("data", {})
    for kind in _PICTURES:
        if picture := _picture(data.get(kind)):
            yield f'<img alt="output" src="data:{kind};base64,{picture}">'
            return
    text = _joined(output.get("text") or data.get("text/plain") or output.get("traceback") or "")
    if text:
        yield f"<pre>{_text(text)}</pre>"


def _picture(value: Any) -> str:
    """A picture in the letters of base64 alone; empty where it is something else."""
    try:
        return base64.b64encode(base64.b64decode(_joined(value or ""))).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _text(text: str) -> str:
    return escape(clean(text[:_LONGEST]), quote=True)
