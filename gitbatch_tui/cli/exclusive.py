"""Refuses options and arguments that exclude each other, for all commands in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exclusive(click.Command):
    """A command that says which of its options, named in pairs, can't be given together."""

    def __init__(self, *args: Any, exclusive: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exclusive = tuple(exclusive)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Two options of one parameter can't be told apart once they are parsed.
        words = [*args]
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            given = self._given(ctx, words)
            for one, other in self.exclusive:
                if {one, other} <= given:
                    ctx.fail(f"{one} and {other} exclude each other: leave one of them out.")
        return rest

    def _given(self, ctx: click.Context, words: list[str]) -> set[str]:
        """The options that stand on the line, and the arguments that have a value there."""
        _, _, found = self.make_parser(ctx).parse_args(args=words)
        names: set[str] = set()
        for each in found:
            if isinstance(each, click.Option):
                names.update(each.opts)
            elif ctx.params.get(each.name or ""):
                names.add(each.human_readable_name)
        return names
