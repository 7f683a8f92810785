"""Finds what differs in the environments in which several runs computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gitbatch_tui.core.server.environment import Environment

_PACKAGE = "package "
_FACTS, _EXAMPLES = 8, 3
"""As many differences as are shown one by one, and as many packages."""


def facts_of(environment: Environment | None) -> dict[str, str]:
    """An environment with a fact for every package."""
    facts: dict[str, str] = {}
    for key, values in environment.facts.items() if environment else ():
        if not key.startswith(_PACKAGE):
            facts[key] = ", ".join(values)
    return facts | dict(packages_of(environment))


def packages_of(environment: Environment | None) -> Iterator[tuple[str, str]]:
    """The packages of an environment, with their versions or where they are from."""
    for key, values in environment.facts.items() if environment else ():
        for value in values if key.startswith(_PACKAGE) else ():
            name, _, version = value.partition("==")
            yield name, version or value


def differing(surroundings: Sequence[Mapping[str, str]]) -> list[str]:
    """The keys whose values aren't the same in all environments that are known."""
    known = [facts for facts in surroundings if facts]
    keys = dict.fromkeys(key for facts in known for key in facts)
    return [key for key in keys if len({facts.get(key) for facts in known}) > 1]


def lines_of(
    environments: Sequence[Mapping[str, str]], names: Sequence[str], packages: Collection[str]
) -> list[str]:
    """Say in a few lines what differs: those of the names that are packages are in one of them.

    There are no lines without names.
    """
    if not names:
        return []
    theirs = [name for name in names if name in packages]
    others = [name for name in names if name not in packages]
    lines = [f"{name}: {_versions(environments, name)}" for name in others[:_FACTS]]
    if others[_FACTS:]:
        lines.append(f"and {plural(len(others[_FACTS:]), 'fact')} more")
    if theirs:
        some = [f"{name} {_versions(environments, name)}" for name in theirs[:_EXAMPLES]]
        more = ", ..." if theirs[_EXAMPLES:] else ""
        lines.append(f"{plural(len(theirs), 'package')}: {', '.join(some)}{more}")
    return ["The environments differ:", *(f"  {one_line(line)}" for line in lines)]


def _versions(environments: Sequence[Mapping[str, str]], name: str) -> str:
    """The values that a fact has, in order of the runs."""
    return " / ".join(dict.fromkeys(facts.get(name, "none") for facts in environments))
