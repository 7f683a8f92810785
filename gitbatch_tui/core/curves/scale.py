"""A scale, linear or logarithmic, and the round numbers on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAST = 1e-300
"""Values that are nearer to each other are drawn as the same."""


@dataclass(frozen=True)
class Scale:
    """The range of values that is drawn, from the least to the greatest."""

    low: float
    high: float
    log: bool = False
    """Whether equal ratios are equally far apart; then both ends are above 0."""

    @classmethod
    def around(cls, values: Iterable[float], *, log: bool = False) -> Scale:
        """One with room for all of these, which are less than 1e300 from 0.

        On a logarithmic one there is only room for what is above 0.
        """
        there = [value for value in values if value > 0 or not log]
        low, high = (min(there), max(there)) if there else (1.0, 1.0)
        if high - low < _LEAST:
            apart = abs(low) / 2 if abs(low) > _LEAST else 0.5
            low, high = low - apart * (not log), high + apart
        return cls(low, high, log)

    def at(self, value: float) -> float:
        """The part of the scale below a value: from 0 to 1, also for what is outside."""
        if self.log:
            if value <= self.low:
                return 0.0
            low = math.log(self.low)
            return min(1.0, (math.log(value) - low) / (math.log(self.high) - low))
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def value(self, part: float) -> float:
        """The value at a place between 0 and 1."""
        if self.log:
            return math.exp(math.log(self.low) * (1 - part) + math.log(self.high) * part)
        return self.low * (1 - part) + self.high * part

    def ticks(self, most: int) -> list[float]:
        """Round numbers on the scale, about so many, rising."""
        most = max(1, most)
        if self.log:
            return self._ticks_of_powers(most)
        step = _round_up((self.high - self.low) / most)
        first = math.ceil(self.low / step)
        found = [(first + count) * step for count in range(most + 1)]
        return [tick for tick in found if tick <= self.high]

    def _ticks_of_powers(self, most: int) -> list[float]:
        """1, 2 and 5 times powers of ten; where those are too many, powers alone."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for times in ((1, 2, 5), (1,)):
            found = [float(f"{factor}e{power}") for power in powers for factor in times]
            there = [tick for tick in found if self.low <= tick <= self.high]
            if len(there) <= most:
                break
        return there[:: -(-len(there) // most) or 1]


def _round_up(step: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = float(10.0 ** math.floor(math.log10(step)))
    return next(times * power for times in (1, 2, 5, 10, 20) if times * power >= step)
