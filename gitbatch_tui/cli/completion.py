"""Prints the script that completes commands in a shell."""

from __future__ import annotations

from typing import ClassVar

import click
from click.shell_completion import BashComplete, add_completion_class, get_completion_class

from gitbatch_tui.cli.commands import NAME
from gitbatch_tui.cli.frame import cli

VARIABLE = "_GITBATCH_TUI_COMPLETE"
_OFFERED = "COMPREPLY+=($value)"
_QUOTED = """COMPREPLY+=("$(printf %%q "$value")")
            case $value in */) compopt -o nospace ;; esac"""


@add_completion_class
class Bash(BashComplete):
    """Offers names with blanks and brackets as bash reads them, and goes on within a folder."""

    source_template: ClassVar[str] = BashComplete.source_template.replace(_OFFERED, _QUOTED)


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
