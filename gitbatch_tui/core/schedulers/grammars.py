"""Writes the grammars of a site's schedulers, as the server's programs read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers import adapters

if TYPE_CHECKING:
    from gitbatch_tui.core.schedulers.adapter import Adapter

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COMMAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def site_grammars() -> dict[str, bytes]:
    """The files that `install` takes besides ours, by their path below `hooks`.

    An adapter brings its part along as `commands`, the programs that submit jobs, and `grammar`,
    functions in sh as hooks/gitbatch.d/27-grammar.sh describes them. One without both, or of a
    name that sh can't say, has none: its jobs are known where schedule.sh names them.
    """
    written = {
        f"schedulers/site/{adapter.name}.sh": _written(adapter) for adapter in adapters().values()
    }
    return {path: text.encode() for path, text in written.items() if text}


def _written(adapter: Adapter) -> str:
    grammar = getattr(adapter, "grammar", "")
    commands = [word for word in getattr(adapter, "commands", ()) if _COMMAND.fullmatch(word)]
    if not _NAME.fullmatch(adapter.name) or not (grammar or commands):
        return ""
    return f"{adapter.name}_commands='{' '.join(commands)}'\n\n{grammar.strip()}\n"
