"""A git that fails at one question, until it is mended."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

_GIT = """#!/bin/sh
case "$*" in
*'{question}'*)
	test ! -e {broken} || {{
		echo "fatal: Out of memory" >&2
		exit 128
	}}
	;;
esac
exec {git} "$@"
"""


class FailingGit:
    """It stands in a folder of its own, and is found with `env`, or by jobs of `schedule`."""

    def __init__(self, world: World, folder: Path, question: str) -> None:
        """The question is a part of the command line."""
        self._broken = folder / "broken"
        self._broken.touch()
        git = shutil.which("git", path=world.env["PATH"])
        text = _GIT.format(question=question, broken=self._broken, git=git)
        world.script(folder / "git", text)
        self.env = {"PATH": f"{folder}:{world.env['PATH']}"}
        self.schedule = f'#!/bin/sh\nPATH="{folder}:$PATH" exec "$GITBATCH" spawn ./run.sh\n'

    def mend(self) -> None:
        self._broken.unlink()
