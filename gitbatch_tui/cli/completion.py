"""Shell completion: the script for a shell, and the names it offers without asking a network."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gitbatch_tui.cli.frame import NAME, cli

VARIABLE = "_GITBATCH_TUI_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    r"""Print a shell's completion script.

    \b
    bash:  echo 'eval "$(gitbatch-tui completion bash)"' >>~/.bashrc
    zsh:   echo 'eval "$(gitbatch-tui completion zsh)"' >>~/.zshrc
    fish:  gitbatch-tui completion fish >~/.config/fish/completions/gitbatch-tui.fish
    """
    kind = get_completion_class(shell)
    if kind:
        click.echo(kind(cli, {}, NAME, VARIABLE).source())
