"""Comparing pictures of every format that is drawn, exactly or not at all."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
from PIL import Image

from gitbatch_tui.core.base.pictures import MOST_PIXELS
from gitbatch_tui.core.compare.numbers import EXACT
from gitbatch_tui.core.compare.picture import compare_pictures
from gitbatch_tui.core.diffs.picture import COLUMNS, mosaic
from tests.support.png import png

LOSSLESS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "PNG": ({}, {"compress_level": 0}),
    "GIF": ({}, {"comment": "today"}),
    "TIFF": ({}, {"compression": "tiff_lzw"}),
    "WEBP": ({"lossless": True, "quality": 1}, {"lossless": True, "quality": 100}),
}


def gradient(change: int = 0, mode: str = "L") -> Image.Image:
    """A picture, of which one pixel may be another."""
    image = Image.linear_gradient("L").resize((20, 10))
    image.putpixel((3, 3), image.getpixel((3, 3)) + change)  # type: ignore[operator]  # grey
    return image.convert(mode)


def saved(image: Image.Image, name: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def compared(old: bytes, new: bytes) -> list[str]:
    return list(compare_pictures(old, new, EXACT))


@pytest.mark.parametrize("name", LOSSLESS)
def test_pictures_of_each_format_are_compared_by_their_pixels(name: str) -> None:
    one, other = (saved(gradient(), name, **options) for options in LOSSLESS[name])
    assert compared(one, other) == []
    changed = saved(gradient(9), name, **LOSSLESS[name][1])
    assert compared(one, changed) == ["1 of 200 pixels differ"]


def test_the_same_colours_kept_in_another_way_are_the_same() -> None:
    kinds = [saved(gradient(mode=mode), "PNG") for mode in ("L", "RGB", "RGBA", "LA")]
    assert [compared(kinds[0], kind) for kind in kinds] == [[], [], [], []]


def test_a_photograph_is_compared_by_what_is_to_see() -> None:
    one, other = saved(gradient(), "JPEG"), saved(gradient(), "JPEG", comment="today")
    assert one != other
    assert compared(one, other) == []
    assert compared(one, saved(gradient(90), "JPEG"))


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_is_compared_to_its_last_bit(mode: str) -> None:
    kind = "TIFF" if mode == "F" else "PNG"
    image = Image.new("I;16" if mode == "I" else mode, (4, 4), 300)
    other = image.copy()
    other.putpixel((1, 1), 301)
    assert compared(saved(image, kind), saved(image, kind, compress_level=0)) == []
    assert compared(saved(image, kind), saved(other, kind)) == ["1 of 16 pixels differ"]


def test_colours_of_16_bits_are_not_said_the_same_since_only_8_are_read() -> None:
    deep = png(1, 2, [bytes([1, 2, 1, 2, 1, 2])], depth=16)
    with pytest.raises(ValueError, match="more than 8 bits"):
        compared(deep, deep)
    assert mosaic(deep)


def test_all_frames_of_an_animation_count() -> None:
    def moving(*changes: int) -> bytes:
        first, *rest = (gradient(change) for change in changes)
        return saved(first, "GIF", save_all=True, append_images=rest)

    assert compared(moving(0, 9, 0), moving(0, 9, 0)) == []
    assert compared(moving(0, 9, 0), moving(0, 9, 20)) == ["frame 3: 1 of 200 pixels differ"]
    assert compared(moving(0, 9), moving(0, 9, 0)) == ["it has 2 → 3 frames"]


def test_sizes_that_differ_are_told() -> None:
    one, other = saved(gradient(), "PNG"), saved(gradient().resize((10, 10)), "PNG")
    assert compared(one, other) == ["its pixels: 20 x 10 → 10 x 10"]


def test_a_bomb_is_not_unpacked() -> None:
    side = int(MOST_PIXELS**0.5) + 1
    bomb = saved(Image.new("1", (side, side)), "PNG")
    with pytest.raises(ValueError, match="more than 10,000,000 pixels"):
        compared(bomb, bomb)
    with pytest.raises(ValueError, match="more than 10,000,000 pixels"):
        mosaic(bomb)


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "TIFF", "WEBP"])
def test_pictures_of_each_format_are_drawn(kind: str) -> None:
    rows = mosaic(saved(Image.new("RGB", (640, 320), "white"), kind))
    assert len(rows[0]) == COLUMNS
    assert {cell for row in rows for cell in row} == {((255, 255, 255), (255, 255, 255))}


def test_deep_grey_is_drawn_from_its_darkest_to_its_brightest() -> None:
    image = Image.new("I;16", (2, 1), 1000)
    image.putpixel((1, 0), 1010)
    assert [upper for upper, _ in mosaic(saved(image, "PNG"))[0]] == [(0,) * 3, (255,) * 3]


def test_pictures_of_a_plot_are_compared_within_a_second() -> None:
    noise = Image.effect_noise((1200, 900), 60).convert("RGB")
    other = noise.copy()
    other.putpixel((600, 450), (1, 2, 3))
    files = saved(noise, "PNG"), saved(other, "PNG")
    start = perf_counter()
    assert compared(*files) == ["1 of 1,080,000 pixels differ"]
    assert perf_counter() - start < 1


def test_nobody_waits_for_pillow_who_looks_at_no_picture() -> None:
    modules = "gitbatch_tui.cli, gitbatch_tui.ui.app, gitbatch_tui.ui.screens.diff"
    script = (
        f"import sys, {modules}, gitbatch_tui.core.verify.reproduce; print('PIL' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout == "False\n"
