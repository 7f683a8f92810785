"""Reads the rows of a sweep from a file: CSV with a header, or a JSON object a line."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.submit.questions import too_long
from gitbatch_tui.core.sweeps.grid import MOST, NAME
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gitbatch_tui.core.sweeps.grid import Row


class _Members(list[tuple[str, Any]]):
    """Names and values of an object of JSON; a name may be there twice."""


_JSON = (".jsonl", ".ndjson", ".json")
_LARGEST = 32 * 2**20
"""Bytes of a file that is read."""
_BLANKS = " \t"
"""What may stand around a value; a line end there is a mistake."""


def read_rows(path: Path) -> tuple[Row, ...]:
    """The runs that a file asks for, one a row.

    Raises `Refused`, with the line and what was expected there.
    """
    try:
        facts = path.stat()
    except ValueError as error:
        raise Refused(f"{one_line(str(path))} is no name of a file.") from error
    except OSError as error:
        raise _unread(path, error) from error
    if not stat.S_ISREG(facts.st_mode):
        raise Refused(f"{one_line(str(path))} is no regular file: write its rows into one.")
    if facts.st_size > _LARGEST:
        raise Refused(f"{one_line(path.name)} is larger than {_LARGEST // 2**20} MB.")
    return _rows_as_of(path, (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns))


@lru_cache(maxsize=1)
def _rows_as_of(path: Path, _: tuple[int, ...]) -> tuple[Row, ...]:
    """Read rows of the file once, as long as these facts of it stay; a dialog asks at each key."""
    text = _text(path)
    reading = _json_rows if path.suffix.lower() in _JSON else _csv_rows
    rows: list[Row] = []
    lines: dict[Row, int] = {}
    for number, row in reading(path.name, text):
        before = lines.setdefault(tuple(sorted(row)), number)
        if before != number:
            raise _wrong(path.name, number, f"this is the run of line {before}: leave one")
        rows.append(row)
        if len(rows) > MOST:
            raise Refused(f"{one_line(path.name)} has more than {MOST:,} rows: that is no sweep.")
    if not rows:
        raise Refused(f"{one_line(path.name)} has no rows: each one after the header is a run.")
    return tuple(rows)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _unread(path, error) from error
    except UnicodeDecodeError as error:
        raise Refused(f"{one_line(path.name)} is no text in UTF-8.") from error


def _unread(path: Path, error: OSError) -> Refused:
    return Refused(f"{one_line(str(path))} can't be read: {error.strerror}.")


def _csv_rows(name: str, text: str) -> Iterator[tuple[int, Row]]:
    lines = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    names: list[str] = []
    try:
        for cells in lines:
            if not cells or not any(cells):
                continue
            if not names:
                names = _header(name, lines.line_num, cells)
                continue
            if len(cells) != len(names):
                raise _wrong(
                    name,
                    lines.line_num,
                    f"{len(names)} values were expected ({', '.join(names)}), not {len(cells)}",
                )
            row = _row(name, lines.line_num, zip(names, cells, strict=True))
            yield lines.line_num, row
    except csv.Error as error:
        raise _wrong(name, lines.line_num, f"this is no CSV: {error}") from error


def _header(file: str, number: int, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) == 1 and (mark := next((each for each in ";\t" if each in names[0]), "")):
        raise _wrong(file, number, f"a comma was expected between columns, not {mark!r}")
    _check_names(file, number, names)
    return names


def _json_rows(name: str, text: str) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(
                line,
                parse_float=str,
                parse_int=str,
                parse_constant=str,
                object_pairs_hook=_Members,
            )
        except (ValueError, RecursionError) as error:
            raise _wrong(name, number, 'expected an object a line, as in {"lr": 0.1}') from error
        if not isinstance(value, _Members) or not value:
            raise _wrong(name, number, 'expected an object a line, as in {"lr": 0.1}')
        _check_names(name, number, [key for key, _ in value])
        yield number, _row(name, number, ((key, _word(name, number, of)) for key, of in value))


def _word(file: str, number: int, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    raise _wrong(file, number, "a value is a text, a number, true or false")


def _row(file: str, number: int, pairs: Iterator[tuple[str, str]] | zip[tuple[str, str]]) -> Row:
    row = tuple(f"{name}={value.strip(_BLANKS)}" for name, value in pairs)
    if any(option.splitlines() != [option] or clean(option) != option for option in row):
        raise _wrong(file, number, "a value is one line, without invisible characters")
    if why := next(filter(None, map(too_long, row)), ""):
        raise _wrong(file, number, why)
    return row


def _check_names(file: str, number: int, names: Sequence[str]) -> None:
    for name in names:
        if not NAME.fullmatch(name):
            raise _wrong(
                file,
                number,
                f"{one_line(name) or 'an empty cell'} is no name of a parameter (letters, digits "
                "and underscores, and no digit first)",
            )
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise _wrong(file, number, f"{twice} is there twice")


def _wrong(file: str, number: int, what: str) -> Refused:
    return Refused(f"{one_line(file)}, line {number}: {one_line(what)}.")
