"""Runs the commit of a run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.submitting.choices import check_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.models import Receipt, Run


def options_of(run: Run, replaced: Sequence[str]) -> tuple[str, ...]:
    """The parameters of a run, those of the same name replaced, and new ones added.

    Raises `Refused` for one that no job could be given.
    """
    check_options(replaced)
    options = {option.partition("=")[0]: option for option in (*run.options, *replaced)}
    return tuple(options.values())


def rerun(
    server: Server, run: Run, replaced: Sequence[str], on_line: Callable[[str], None]
) -> Receipt:
    """A new run of the same commit, with the parameters that it had unless they are replaced."""
    return server.rerun(run.number, options_of(run, replaced), on_line)
