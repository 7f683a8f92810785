"""The one place that shows errors; a mistake in the program isn't one, and crashes."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.commands import NAME
from gitbatch_tui.cli.output import print_json
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.errors import GitBatchError, WrongWord

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
USAGE = 2
INTERRUPTED = 130
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def show(error: Exception, *, details: bool = False, as_json: bool = False) -> int | None:
    """Say what happened on stderr and return the exit status; None for an error that isn't ours.

    Whoever asked for JSON gets an error object on stdout as well.
    """
    if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
        return show_full(error)
    status = _say(error, details=details)
    if as_json and status is not None:
        try:
            print_json({"error": _described(error, status)})
        except OSError:  # nobody reads it, or there is no room: stderr has said it
            _give_output_up()
    return status


def show_full(error: OSError) -> int:
    """Say that the output can't be written."""
    _give_output_up()
    return complain(
        f"The output can't be written: {error.strerror}. Make room, then again.", FAILED
    )


def _give_output_up() -> None:
    """Have nobody try to write it again when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _described(error: Exception, status: int) -> dict[str, str | int]:
    """The error for programs; the kind is a name of the tree in `errors`, or of click's."""
    return {
        "message": one_line(_sentence(error)),
        "kind": type(error).__name__,
        "status": status,
        "detail": clean(getattr(error, "detail", "")),
    }


def _sentence(error: Exception) -> str:
    match error:
        case click.exceptions.Abort():
            return interruption(error.__cause__)
        case click.ClickException():
            return error.format_message()
    return str(error)


def _say(error: Exception, *, details: bool) -> int | None:
    match error:
        case click.exceptions.Abort():
            return complain(_sentence(error), INTERRUPTED)
        case click.UsageError():
            return show_usage(error)
        case click.ClickException():
            return complain(error.format_message(), error.exit_code)
        case GitBatchError():
            return show_ours(error, details=details)
    return None


def show_ours(error: GitBatchError, *, details: bool) -> int:
    status = complain(str(error), USAGE if isinstance(error, WrongWord) else FAILED)
    if error.detail and details:
        click.echo(indented(error.detail), err=True)
    elif error.detail:
        click.echo(f"  `{NAME} --details ...` shows what was said.", err=True)
    return status


def show_usage(error: click.UsageError) -> int:
    if error.ctx:
        click.echo(clean(error.ctx.get_usage()), err=True)
    return complain(error.format_message(), USAGE)


def interruption(cause: BaseException | None) -> str:
    """Return what to say of ctrl+c, or of the end of the input where an answer was wanted."""
    what = "interrupted" if isinstance(cause, KeyboardInterrupt) else "no answer"
    said = " ".join(getattr(cause, "__notes__", [])) or "Nothing was changed."
    return f"{what}. {said}"


def complain(sentence: str, status: int) -> int:
    click.echo(f"{NAME}: {one_line(sentence)}", err=True)
    return status


def indented(text: str) -> str:
    return "\n".join(f"  | {line}" for line in clean(text).splitlines())


@contextmanager
def if_interrupted(sentence: str) -> Iterator[None]:
    """Let ctrl+c in here say what was and what wasn't done by then."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        interruption.add_note(sentence)
        raise
