"""Compares numbers exactly, as they are written, also where they stand in text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

_DIGITS = r"(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
# Codes (01234), versions (1.2.3), dates, and what is part of a word are no numbers.
_NUMBER = re.compile(f"-?{_DIGITS}")
_IN_TEXT = re.compile(rf"(?<![\w.:/+-])-?{_DIGITS}(?!\w*[0-9]|[.:/-][0-9])")
_NOT_FINITE = frozenset("nan inf -inf infinity -infinity".split())
_SIZES = range(-400, 309)
"""Powers of ten that floating point can hold: what is beyond was never computed with it."""
_EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)
_SHOWN = 60


@dataclass(frozen=True)
class Tolerance:
    """The distance that numbers may have; it is enough to be near in one of the two ways."""

    relative: float = 0.0
    """To the larger one of the two."""
    absolute: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.relative or self.absolute)

    def __str__(self) -> str:
        parts = [f"{self.relative:g}"] if self.relative or not self.absolute else []
        return " or ".join([*parts, *([f"{self.absolute:g} absolute"] if self.absolute else [])])

    def allows(self, old: Decimal, new: Decimal) -> bool:
        """True if two numbers are near enough; with no tolerance, if they are equal."""
        if not (self and old.is_finite() and new.is_finite()):
            return old == new or (old.is_nan() and new.is_nan())
        larger = max(abs(old), abs(new))
        limit = _EXACT.multiply(Decimal(repr(self.relative)), larger)
        apart = abs(_EXACT.subtract(old, new))
        return apart <= max(limit, Decimal(repr(self.absolute)))


EXACT = Tolerance()


def number_in(text: str) -> Decimal | None:
    """The number that is written there; None for what is no number, or only looks like one.

    A zero in front (01234), a plus sign or more than floating point can hold (1e999) make it a
    text: a code, an id or a digest.
    """
    text = text.strip()
    if text.lower() in _NOT_FINITE:
        return Decimal(text)
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if not number or number.adjusted() in _SIZES else None


def numbers_alike(old: str, new: str, tolerance: Tolerance) -> bool:
    """True if two texts are equal, or numbers that are: 1.0 and 1.00 are."""
    if old == new:
        return True
    before, after = number_in(old), number_in(new)
    return before is not None and after is not None and tolerance.allows(before, after)


def texts_alike(old: str, new: str, tolerance: Tolerance) -> bool:
    """True if two texts are equal but for numbers that are near enough."""
    if old == new or not tolerance:
        return old == new
    if _IN_TEXT.split(old) != _IN_TEXT.split(new):
        return False
    pairs = zip(_IN_TEXT.findall(old), _IN_TEXT.findall(new), strict=True)
    return all(numbers_alike(one, other, tolerance) for one, other in pairs)


def from_to(old: object, new: object) -> str:
    """Write `old → new`, as far as that fits; long ones from where they differ."""
    texts = str(old), str(new)
    pairs = enumerate(zip(*texts, strict=False))
    shared = next((at for at, (one, other) in pairs if one != other), min(map(len, texts)))
    start = max(0, shared - _SHOWN // 2)
    before, after = (_short(text, start) for text in texts)
    return f"{before} → {after}" if before != after else f"{old!r} → {new!r}"


def _short(text: str, start: int) -> str:
    end = start + _SHOWN
    shown = " ".join(text[start:end].split()) or "nothing"
    return f"{'…' if start else ''}{shown}{'…' if len(text) > end else ''}"
