"""Files that are broken in many ways, the same ones each time."""

from __future__ import annotations

import json
import random
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.support.changed import PNG, code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 1e999, float("nan"), "", "x" * 5000, "\0\x1b[2J\u202e", "\ud800"),
    *([], {}, [[]], {"": {}}, ["a", 1], {"text/plain": 3}, {"image/png": "!"}, {"source": {}}),
)
_PIECES = (b"", b"\0", b'"', b"\n", b"\r", b"\xff\xfe", b"\xef\xbb\xbf", b"9" * 400, b"\x80", b"{")
_EVENTS = """\
000 (7.000.000) 2026-11-22 14:33:00 Job submitted from host: <127.0.0.1:9618>
...
001 (7.000.000) 2026-11-22 14:33:01 Job executing on host: <127.0.0.1:9618>
...
005 (7.000.000) 2026-11-22 14:33:09 Job terminated.
\t(1) Normal termination (return value 3)
...
"""
_PATCH = (
    b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+\xc3\xa4\n\\ No newline\n"
)


def malformed(kind: str, count: int) -> Iterator[bytes]:
    """As many files of a kind, by seeds 0, 1, ...; a few of them may be sound."""
    for seed in range(count):
        # The same files each time are what is wanted.
        chance = random.Random(f"{kind} {seed}")
        yield KINDS[kind](chance)


def _bytes(*sound: bytes) -> Callable[[random.Random], bytes]:
    def make(chance: random.Random) -> bytes:
        data = bytearray(chance.choice(sound))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data) + 1)
            match chance.randrange(5):
                case 0:
                    del data[at:]
                case 1:
                    data[at : at + 1] = chance.randbytes(1)
                case 2:
                    data[at:at] = chance.choice(_PIECES)
                case 3:
                    data[at:at] = data[: chance.randrange(60)]
                case _:
                    del data[at : at + chance.randrange(20)]
        return bytes(data)

    return make


def _document(sound: bytes) -> Callable[[random.Random], bytes]:
    """JSON in which some values are others; and sometimes it is broken, too."""

    def changed(value: Any, chance: random.Random) -> Any:
        if chance.random() < 0.1:
            return chance.choice(_STRANGE)
        if isinstance(value, dict):
            return {key: changed(inner, chance) for key, inner in value.items()}
        if isinstance(value, list):
            return [changed(inner, chance) for inner in value]
        return value

    def make(chance: random.Random) -> bytes:
        if chance.random() < 0.02:
            return b"[" * 100_000
        data = json.dumps(changed(json.loads(sound), chance)).encode()
        return _bytes(data)(chance) if chance.random() < 0.3 else data

    return make


def picture(name: str, mode: str = "RGB", **options: Any) -> bytes:
    """A sound one."""
    file = BytesIO()
    image = Image.radial_gradient("L").resize((40, 30)).convert(mode)
    image.save(file, name, **options)
    return file.getvalue()


_CELLS = [
    code("a", "x = 1", {"output_type": "stream", "name": "stdout", "text": ["1\\n"]}),
    code("b", "x", {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}),
    code("c", "p", {"output_type": "display_data", "data": {"image/png": "AAAA", "a/b": [1]}}),
]
_ABOUT = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python", "version": "3"}}
_NOTEBOOK = json.dumps({"nbformat": 4, "metadata": _ABOUT, "cells": _CELLS}).encode()
_METRICS = json.dumps({"a": 1, "b": {"c": [0.5, "x", None, True]}, "d": "y"}).encode()
KINDS: dict[str, Callable[[random.Random], bytes]] = {
    ".png": _bytes(PNG, picture("PNG"), picture("PNG", "P"), picture("PNG", "LA")),
    ".jpg": _bytes(picture("JPEG"), picture("JPEG", "CMYK")),
    ".gif": _bytes(picture("GIF", "P")),
    ".tif": _bytes(picture("TIFF"), picture("TIFF", "F"), picture("TIFF", compression="tiff_lzw")),
    ".webp": _bytes(picture("WEBP")),
    ".csv": _bytes(b"a,b\n1,2\n\"x\",'y'\n", b"a;b\n1;2\n", "a,b\nä,2\n".encode("utf-16")),
    ".tsv": _bytes(b"a\tb\n1\t2\n"),
    ".json": _document(_METRICS),
    ".ipynb": _document(_NOTEBOOK),
    ".patch": _bytes(_PATCH),
    ".svg": _bytes(b"<svg width='3' height='4' viewBox='0 0 1 1'>"),
    ".events": _bytes(_EVENTS.encode()),
    ".txt": _bytes("a\nä\n".encode("utf-16-le"), "Größe\n".encode("latin-1"), b"plain\n"),
}
