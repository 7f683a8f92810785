"""Searches forwards and backwards through files of any size."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.search import CHUNK, Search, find_near
from gitbatch_tui.core.logs.source import LogFile

if TYPE_CHECKING:
    from pathlib import Path

NEEDLE = "needle"


def file_of(folder: Path, data: bytes) -> LogFile:
    path = folder / "log"
    path.write_bytes(data)
    return LogFile(path)


def places(data: bytes) -> list[int]:
    return [at for at in range(len(data)) if data.startswith(NEEDLE.encode(), at)]


def scattered() -> bytes:
    """Three chunks with needles on and around their edges."""
    data = bytearray(b"." * (3 * CHUNK + 17))
    dice = random.Random(1)
    edges = [CHUNK - 3, CHUNK * 2 - 6, CHUNK * 2, 0, len(data) - 6]
    for at in edges + [dice.randrange(len(data) - 6) for _ in range(5)]:
        data[at : at + 6] = NEEDLE.encode()
    return bytes(data)


def test_every_occurrence_is_found_in_both_directions(tmp_path: Path) -> None:
    data = scattered()
    file = file_of(tmp_path, data)
    found, at = [], 0
    while (hit := file.find(Search(NEEDLE, at))) is not None:
        found.append(hit)
        at = hit + 1
    assert found == places(data)
    back, at = [], len(data) * 2
    while (hit := file.find(Search(NEEDLE, at, backwards=True))) is not None:
        back.append(hit)
        at = hit + 5  # an occurrence that reaches beyond the limit doesn't count
    assert back[::-1] == found


def test_a_near_search_looks_below_and_then_above(tmp_path: Path) -> None:
    file = file_of(tmp_path, b"one needle two needle three")
    assert find_near(file, Search(NEEDLE, 5)) == 15
    assert find_near(file, Search(NEEDLE, 20)) == 4 or find_near(file, Search(NEEDLE, 24)) == 15
    assert find_near(file, Search("absent", 5)) is None


def test_bytes_that_are_no_text_can_be_around(tmp_path: Path) -> None:
    file = file_of(tmp_path, b"\xff\xfe\0" + "größer".encode() + b"\xff")
    assert file.find(Search("größer", 0)) == 3


def test_an_empty_search_finds_nothing(tmp_path: Path) -> None:
    assert file_of(tmp_path, b"abc").find(Search("", 0)) is None


@pytest.mark.parametrize("backwards", [False, True])
def test_a_search_tells_how_far_it_is_and_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, backwards: bool
) -> None:
    path = tmp_path / "log"
    with path.open("wb") as sparse:
        sparse.truncate(400 * CHUNK)
    file = LogFile(path)
    told: list[float] = []

    def tell(progress: float) -> None:
        told.append(progress)
        if len(told) == 3:
            search.cancel()

    search = Search(NEEDLE, 400 * CHUNK if backwards else 0, backwards=backwards, progress=tell)
    read: list[int] = []
    plain = file.read

    def counted(offset: int, length: int) -> bytes:
        read.append(offset)
        return plain(offset, length)

    monkeypatch.setattr(file, "read", counted)
    assert file.find(search) is None
    assert search.cancelled
    assert told == sorted(told)
    assert len(read) < 400


def test_what_ends_a_search_is_called_when_it_was_cancelled_already() -> None:
    search = Search(NEEDLE, 0)
    search.cancel()
    called: list[bool] = []
    search.on_cancel(lambda: called.append(True))
    assert called
