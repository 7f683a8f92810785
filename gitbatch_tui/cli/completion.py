"""Prints the script that completes commands in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gitbatch_tui.cli.commands import NAME
from gitbatch_tui.cli.frame import cli

VARIABLE = "_GITBATCH_TUI_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a shell's completion script.

    In ~/.bashrc: eval "$(gitbatch-tui completion bash)"

    In ~/.zshrc: eval "$(gitbatch-tui completion zsh)"

    In ~/.config/fish/config.fish: gitbatch-tui completion fish | source
    """
    kind = get_completion_class(shell)
    if kind:
        click.echo(kind(cli, {}, NAME, VARIABLE).source())
