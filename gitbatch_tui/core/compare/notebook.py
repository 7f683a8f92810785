"""Compares notebooks by what their cells gave: counters, times and metadata don't count."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.compare.json import compare_values, read_json
from gitbatch_tui.core.compare.numbers import from_to
from gitbatch_tui.core.compare.picture import compare_pictures
from gitbatch_tui.core.compare.text import compare_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.compare.numbers import Tolerance

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
"""Where in memory something was."""
_DRAWN_ID = re.compile(
    r"""\bid\s*=\s*\\?["'](T_[0-9a-f]{5,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"""
)
"""What pandas, plotly and others call an element of a page, each time by chance."""
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_WIDGETS = "application/vnd.jupyter.widget-view+json"

Output = tuple[str, Any]
"""Its kind, as `stdout` or `image/png`, and its content."""


def compare_notebooks(old: bytes, new: bytes, tolerance: Tolerance) -> Iterator[str]:
    """A sentence for every output that differs; raises ValueError where one is no notebook."""
    return _compare(_cells(old), _cells(new), tolerance)


def _cells(data: bytes) -> list[tuple[str, list[Output]]]:
    """The source and the outputs of each cell."""
    try:
        cells = read_json(data)["cells"]
        return [(_joined(cell["source"]), _outputs(cell.get("outputs", ()))) for cell in cells]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a notebook") from error


def _outputs(outputs: Any) -> list[Output]:
    found: list[Output] = []
    for output in outputs:
        if output["output_type"] == "stream":
            name, text = str(output["name"]), _joined(output["text"])
            # In how many pieces a text came is a matter of luck.
            if found and found[-1][0] == name:
                text = found.pop()[1] + text
            found.append((name, text))
        elif output["output_type"] == "error":
            found.append(("error", f"{output.get('ename')}: {output.get('evalue')}"))
        else:
            found += sorted(output["data"].items())
    return found


def _compare(
    old: list[tuple[str, list[Output]]], new: list[tuple[str, list[Output]]], tolerance: Tolerance
) -> Iterator[str]:
    if [source for source, _ in old] != [source for source, _ in new]:
        yield "its cells are others"
        return
    for number, ((_, before), (_, after)) in enumerate(zip(old, new, strict=True), 1):
        where = f"cell {number}"
        kinds = ([kind for kind, _ in outputs] for outputs in (before, after))
        one, other = (", ".join(kind) for kind in kinds)
        if one != other:
            yield f"{where} gave {from_to(one, other)}"
            continue
        for (kind, content), (_, now) in zip(before, after, strict=True):
            for words in _compare_output(kind, content, now, tolerance):
                yield f"{where}, {kind}: {words}"


def _compare_output(kind: str, old: Any, new: Any, tolerance: Tolerance) -> Iterator[str]:
    if old == new:
        return iter(())
    if kind in _PICTURES:
        return compare_pictures(_decoded(old), _decoded(new), tolerance)
    if isinstance(old, str | list) and isinstance(new, str | list):
        before, after = (_ADDRESS.sub("0x", _without_ids(_joined(each))) for each in (old, new))
        return compare_lines(before, after, tolerance)
    if kind == _WIDGETS:
        old, new = _without_model(old), _without_model(new)
    return compare_values(old, new, tolerance)


def _without_ids(text: str) -> str:
    for drawn in dict.fromkeys(_DRAWN_ID.findall(text)):
        text = text.replace(drawn, "id")
    return text


def _without_model(view: Any) -> Any:
    """A widget without the name that its model got by chance."""
    return {**view, "model_id": ""} if isinstance(view, dict) else view


def _decoded(value: Any) -> bytes:
    try:
        return base64.b64decode(_joined(value))
    except (binascii.Error, ValueError) as error:
        raise ValueError("no picture") from error


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
