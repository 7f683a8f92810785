"""Tells by its name how a file of metrics is written."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.curves.events import EventParser, is_event_file
from gitbatch_tui.core.curves.rows import JsonParser, TableParser

if TYPE_CHECKING:
    from gitbatch_tui.core.curves.rows import Parser


def parser_for(path: str) -> Parser:
    """The parser for a file of this name; what is nothing else is JSON."""
    if is_event_file(path):
        return EventParser()
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in {".csv", ".tsv"}:
        return TableParser("\t" if suffix == ".tsv" else "")
    return JsonParser()
