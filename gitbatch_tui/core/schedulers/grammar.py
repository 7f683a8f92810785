"""Takes functions out of the server's sh programs, for scripts that are sent to a server.

What has to be known of a scheduler on both sides is written once: in hooks/schedulers/NAME.sh.
"""

from __future__ import annotations

import re
from functools import cache

from gitbatch_tui.core.base.data import hooks_dir

_CALL = """export LC_ALL=C
{}_find "$1" || echo 'it can not be asked'
"""
"""A line that is no id says that nothing is known."""


def find_of(scheduler: str, *needed: str) -> str:
    """The script `find` of an adapter, from the grammar of its scheduler.

    With the functions of that grammar which `SCHEDULER_find` needs besides.
    """
    functions = functions_of(f"schedulers/{scheduler}.sh", *needed, f"{scheduler}_find")
    return INSIDE + functions + _CALL.format(scheduler)


def functions_of(path: str, *names: str) -> str:
    """The text of functions in a file below `hooks_dir()`."""
    found = dict(re.findall(r"(?ms)^((?=(\w+) \(\) \{$).*?^\}$\n)", _read(path)))
    return "".join(text for text, name in found.items() if name in names)


@cache
def _read(path: str) -> str:
    return (hooks_dir() / path).read_text(encoding="utf-8")


INSIDE = functions_of("gitbatch.d/46-search.sh", "time_of_acceptance", "inside")
"""What a script `find` can pipe its list through: `inside FOLDER`."""
