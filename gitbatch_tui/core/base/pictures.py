"""Reads pictures with Pillow, which is imported when the first one is looked at."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP")
MOST_PIXELS = 10_000_000
"""Of one picture: each takes four bytes of memory, and several are in it at a time."""
_MOST_FRAMES = 20 * MOST_PIXELS
"""Pixels of all frames of an animation that are looked at."""


def opened(data: bytes) -> ImageFile:
    """A picture whose pixels aren't read yet; raises ValueError where it is none of `FORMATS`."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # 20 ms; few look at pictures

    with decoding():
        try:
            image = Image.open(BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError as error:
            raise ValueError("it is no PNG, JPEG, GIF, TIFF or WebP") from error
        if not image.width or not image.height:
            raise ValueError("it has no pixels")
        return image


def check_size(image: Image) -> None:
    """Raise ValueError for a picture that would take too much memory."""
    if image.width * image.height > MOST_PIXELS:
        raise ValueError(f"it has more than {MOST_PIXELS:,} pixels")


def frames(image: ImageFile) -> Iterator[Image]:
    """Yield the frames of an image, each with its pixels; more than one only for an animation.

    The same object comes again and again. Raises ValueError where it is broken or too large, or
    where its pixels can't be had exactly as they are.
    """
    check_size(image)
    count = count_frames(image)
    if count * image.width * image.height > _MOST_FRAMES:
        raise ValueError(f"its {count:,} frames are too many to be looked at")
    for at in range(count):
        with decoding():
            image.seek(at)
            if _is_deeper(image):
                raise ValueError("its colours have more than 8 bits")
            image.load()
        yield image


def _is_deeper(image: ImageFile) -> bool:
    """True if Pillow would read colours of 16 bits as of 8; grey it reads as it is."""
    layouts = [str(tile.args) for tile in image.tile]
    return not image.mode.startswith("I") and any(";16" in layout for layout in layouts)


def count_frames(image: Image) -> int:
    """Count the frames of an image; raises ValueError where it is broken."""
    with decoding():
        return int(getattr(image, "n_frames", 1))


@contextmanager
def decoding() -> Iterator[None]:
    """Whatever a decoder says of a broken file becomes a ValueError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ValueError:
        raise
    except Exception as error:  # what a broken file makes of a decoder is anybody's guess
        raise ValueError("it is broken") from error
