"""Reads the environment of a job, as its wrapper captured it and the record in git keeps it.

Lines of `key: value`; a key may come again (`package pip: numpy==2.3.5`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import first_few
from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN = 3


@dataclass(frozen=True)
class Environment:
    """An environment; its texts are clean."""

    facts: Mapping[str, tuple[str, ...]]

    def first(self, key: str) -> str:
        """The value of a key; empty where there is none."""
        return self.facts.get(key, ("",))[0]

    def __str__(self) -> str:
        """The gist of it in a line."""
        packages = sum(len(v) for key, v in self.facts.items() if key.startswith("package"))
        python = self.first("python version")
        parts = [self.first("host"), self.first("system"), self.first("processor")]
        parts += [f"Python {python}"] if python else []
        parts += [f"{packages} packages"] if packages else []
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Difference:
    """The values of one key that two environments don't have in common."""

    key: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key} {_short(self.left)} → {_short(self.right)}"


def parse(text: str) -> Environment:
    """Read the lines of an environment; others are left out."""
    facts: dict[str, tuple[str, ...]] = {}
    for line in text.split("\n"):
        key, colon, value = one_line(line).partition(": ")
        if colon:
            facts[key] = (*facts.get(key, ()), value)
    return Environment(facts)


def differences(left: Environment, right: Environment) -> tuple[Difference, ...]:
    """List the keys whose values differ, in the order of the left environment."""
    keys = dict.fromkeys([*left.facts, *right.facts])
    both = ((key, left.facts.get(key, ()), right.facts.get(key, ())) for key in keys)
    return tuple(Difference(key, *_apart(a, b)) for key, a, b in both if set(a) != set(b))


def _short(values: tuple[str, ...]) -> str:
    return first_few(values, _SHOWN) or "nothing"


def _apart(
    left: tuple[str, ...], right: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Each side without the values that the other has, too."""
    return (
        tuple(value for value in left if value not in right),
        tuple(value for value in right if value not in left),
    )
