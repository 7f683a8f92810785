"""The commands that note something about runs, and tag them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from gitbatch_tui.cli.exclusive import Exclusive
from gitbatch_tui.cli.names import completing, run_argument, runs
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import say, status
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.runs.groups import expand
from gitbatch_tui.core.runs.remarks import note_facts, tag_facts
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

_GIVE_IT_AGAIN = "Some of it may be done; give it again."


@click.command(cls=Exclusive, exclusive=[("WORD...", "--remove")])
@run_argument
@click.argument("text", metavar="WORD...", nargs=-1)
@click.option("--remove", is_flag=True, help="Take the note away.")
def note(run: str, text: tuple[str, ...], *, remove: bool) -> None:
    """Note something about RUN; a new note replaces the old one.

    A note is kept with the history of runs, which every clone has: `show` shows it, and
    `runs --where note:WORD` finds it.
    """
    words = " ".join(text).strip()
    if not words and not remove:
        raise click.UsageError("Say what to note, or --remove to take a note away.")
    facts = note_facts(words)
    noted = f": {one_line(words)}" if words else " has no note now."
    _record((run,), facts, noted)


@click.command()
@click.argument("names", metavar="RUN... TAG", nargs=-1, shell_complete=completing(runs))
@click.option("--remove", is_flag=True, help="Take the tag away.")
def tag(names: tuple[str, ...], *, remove: bool) -> None:
    """Tag runs with a word, so that `runs --where tag:WORD` finds them.

    RUN is 42, 12-23, sweep:42, or a branch. A tag has letters, digits and _ . + -; like a note,
    it is kept with the history of runs.
    """
    if len(names) < 2:  # noqa: PLR2004  # a run and a tag
        raise click.UsageError("Name the runs, and then the tag: `tag 12-23 good`.")
    *chosen, word = names
    tagged = f" is not tagged {word} any more." if remove else f" is tagged {word}."
    _record(chosen, tag_facts([word], remove=remove), tagged)


def _record(words: Sequence[str], facts: Sequence[tuple[str, str]], done: str) -> NoReturn:
    """Record facts of runs, say of each that it is `done`, and end as that went."""
    failed: list[UnknownName] = []
    waiting = status(f"asking for {', '.join(words)}")
    with opened() as (clone, hosts), waiting, if_interrupted(_GIVE_IT_AGAIN):
        for name in expand(clone, hosts, words):
            remote, number = resolve(clone, name)
            server = server_of(hosts, remote)
            reach(server.host)
            try:
                server.remark(number, facts)
                say(f"{remote.name}#{number}{done}")  # at once: the next one may fail
            except UnknownName as error:  # its folder is gone
                failed.append(error)
    for why in failed:
        complain(str(why), 1)
    click.get_current_context().exit(int(bool(failed)))
