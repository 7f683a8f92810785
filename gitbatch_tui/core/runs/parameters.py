"""The parameters of runs, and which of them tell runs apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.models import Run


def parameters_of(run: Run) -> dict[str, str]:
    """Names and values, in the order in which they were given."""
    return {name: value for name, _, value in (option.partition("=") for option in run.options)}


def differing(runs: Iterable[Run]) -> tuple[str, ...]:
    """The names of those parameters that aren't the same in all of these runs."""
    values: dict[str, set[str]] = {}
    seen: dict[str, int] = {}
    # Of ten thousand runs, most have the same parameters as others.
    rows = {run.options: run for run in runs}
    for run in rows.values():
        for name, value in parameters_of(run).items():
            values.setdefault(name, set()).add(value)
            seen[name] = seen.get(name, 0) + 1
    return tuple(name for name, own in values.items() if len(own) > 1 or seen[name] < len(rows))


def crossed(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """`lr x seed` where the rows are all combinations of their values, else `lr, seed`."""
    options = {tuple(row) for row in rows}
    values: dict[str, set[str]] = {name: set() for name in names}
    for option in (option for row in options for option in row):
        name, _, value = option.partition("=")
        if name in values:
            values[name].add(value)
    complete = math.prod(map(len, values.values())) == len(options)
    return (" x " if complete else ", ").join(map(one_line, names))


def shortened(names: Sequence[str], least: int = 1) -> dict[str, str]:
    """Each name by its first letters, `least` or as many as tell it from the others."""
    return {
        name: next(
            (
                name[:count]
                for count in range(least, len(name))
                if not any(other != name and other.startswith(name[:count]) for other in names)
            ),
            name,
        )
        for name in names
    }


def parameter_words(run: Run, names: Sequence[str] | None = None) -> str:
    """`lr=0.1 seed=3`: these parameters of a run, or all of them; harmless."""
    own = parameters_of(run)
    chosen = own if names is None else [name for name in names if name in own]
    return one_line(" ".join(f"{name}={own[name]}" for name in chosen))


def named(run: Run, names: Sequence[str] | None = None) -> str:
    """`batch#7 (lr=0.1)`: a run with what tells it apart."""
    words = parameter_words(run, names)
    return f"{run.name} ({words})" if words else run.name
