"""The program itself: finds the command, runs it, and shows what went wrong in one place."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from gitbatch_tui import __version__
from gitbatch_tui.cli.commands import COMMANDS, NAME, SECTIONS
from gitbatch_tui.cli.signs import use_plain_signs

if TYPE_CHECKING:
    from types import FrameType


class GlobalOptions:
    """The options before a command; every command finds them as its context's object."""

    def __init__(self) -> None:
        self.details = False
        """Whether to show what programs said when they fail."""
        self.as_json = False
        """Whether the command prints JSON, and so has to say what is wrong in JSON, too."""


class LazyGroup(click.Group):
    """Knows its commands by name and help; imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click gives it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry:
            module = importlib.import_module(f"gitbatch_tui.cli.{entry.module}")
            command: click.Command = getattr(module, cmd_name.replace("-", "_"))
            return command
        if not ctx.resilient_parsing and not cmd_name.startswith("-"):
            ctx.fail(no_such_command(cmd_name))
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; no word of its line may be empty, as that of a variable not set is.

        What an empty word would mean can be anything: to a path it is the current folder.
        """
        if not ctx.resilient_parsing and any(map(_is_empty, args, ["", *args])):
            ctx.fail(f"A word after {args[0]} is empty: is a variable not set? Nothing was done.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click gives it
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.help) for name, entry in entries.items()])


def _is_empty(word: str, before: str) -> bool:
    """True for `''` and `--option=`; an empty filter is one that everything matches."""
    option, _, value = word.partition("=") if word.startswith("--") else (before, "", word)
    return not value and option != "--where" and (not word or word.endswith("="))


def no_such_command(name: str) -> str:
    """The sentence for a command that isn't in the table."""
    from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

    near = get_close_matches(name, COMMANDS, n=1)
    advice = f"did you mean {near[0]}?" if near else f"`{NAME} --help` lists them."
    return f"There is no command {name}; {advice}"


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.option(
    "-C", "directory", metavar="DIR", help="Work in the repository of DIR instead of this one."
)
@click.option(
    "--details",
    is_flag=True,
    help="Show what programs said when something fails; so does GITBATCH_TUI_DETAILS=1.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _option, wanted: show_version(ctx) if wanted else None,
    help="Show the versions of this program and of Python, Textual and git, and end.",
)
@click.pass_context
def cli(ctx: click.Context, directory: str | None, *, details: bool) -> None:
    """Push a branch and it runs as a batch job; watch its log, pull its results as commits.

    A RUN is batch#42, or just 42 where there is one batch remote. A REMOTE may be left out
    where there is only one; `remove` alone wants it named.
    """
    ctx.ensure_object(GlobalOptions).details = details or bool(
        os.environ.get("GITBATCH_TUI_DETAILS")
    )
    if directory is not None:
        change_directory(directory)
    if ctx.invoked_subcommand is None:
        ctx.exit(show_screen(ctx))


def show_version(ctx: click.Context) -> NoReturn:
    from gitbatch_tui.core.setup.versions import versions  # noqa: PLC0415  # only asked here

    click.echo(f"{NAME} {__version__} ({versions()})")
    ctx.exit()


def show_screen(ctx: click.Context) -> int:
    """Open the screen where there is a terminal for it, else say what can be done."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(ctx.get_help())
        return 0
    from gitbatch_tui.ui.start import open_screen  # noqa: PLC0415  # commands need no screen

    return open_screen()


def change_directory(directory: str) -> None:
    try:
        os.chdir(directory)
    except OSError as error:
        raise click.UsageError(f"-C {directory}: {error.strerror}.") from error


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program with the arguments of its command line, and end it."""
    frame = GlobalOptions()
    use_plain_signs()
    # Read here, so that a command line which can't be understood gets its answer in JSON, too.
    frame.as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_by_signal)
    try:
        status = cli.main(arguments, prog_name=NAME, obj=frame, standalone_mode=False)
    except Exception as error:
        from gitbatch_tui.cli.trouble import show  # noqa: PLC0415  # only trouble needs it

        status = show(error, details=frame.details, as_json=frame.as_json)
        if status is None:
            raise
    sys.exit(status if isinstance(status, int) else 0)


def end_by_signal(number: int, _: FrameType | None) -> NoReturn:
    """Leave as an exception does, so that whatever is running is ended, too."""
    sys.exit(128 + number)
