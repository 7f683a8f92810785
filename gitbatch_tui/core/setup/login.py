"""Finds the programs that are on PATH in a login shell of a server, and missing in its hook.

sshd starts the hook without a login: what /etc/profile or ~/.profile put on the PATH isn't there.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.schedulers.programs import SUBMITTERS
from gitbatch_tui.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitbatch_tui.core.hosts.host import Host

CONDA = "conda"
_PROGRAMS = (*SUBMITTERS, CONDA)
# What programs of schedulers want to know besides.
_VARIABLES = """SGE_ROOT SGE_CELL SGE_CLUSTER_NAME SGE_QMASTER_PORT SGE_EXECD_PORT
	SLURM_CONF CONDOR_CONFIG PBS_CONF_FILE PBS_SERVER FLUX_URI""".split()
_TIME = 40
"""Seconds; login files load modules and ask networks."""

# One line: csh, too, has to pass it on.
_LOOK = (
    f"for p in {' '.join(_PROGRAMS)}; do "
    'w=$(command -v "$p") && echo "gitbatch-found $p $w"; done; '
    f'test -z "$CONDA_EXE" || echo "gitbatch-found {CONDA} $CONDA_EXE"; '
    f"for v in {' '.join(_VARIABLES)}; do "
    'eval "w=\\${$v-}"; test -z "$w" || echo "gitbatch-found $v $w"; done'
)
_BOTH = (
    BASE
    + """GITBATCH_LOOK=$2
export GITBATCH_LOOK
test ! -f "$base/profile" || echo 'gitbatch-profile'
(
	test ! -f "$base/profile" || . "$base/profile" >/dev/null 2>&1
	exec sh -c "$GITBATCH_LOOK"
)
echo gitbatch-login
within=
! command -v timeout >/dev/null 2>&1 || within='timeout 20'
cd
echo 'exec sh -c "$GITBATCH_LOOK"' | $within "${SHELL:-/bin/sh}" -l 2>/dev/null
exit 0"""
)


@dataclass(frozen=True)
class Surroundings:
    """Programs and variables by name: to where they are, and what they hold."""

    hook: Mapping[str, str]
    """As schedule.sh has them, after BASE/profile."""
    login: Mapping[str, str]
    """As a person has them who logs in."""
    has_profile: bool

    def only_by_login(self) -> tuple[str, ...]:
        """The programs that the hook doesn't find."""
        return tuple(name for name in _PROGRAMS if name in self.login and name not in self.hook)

    def profile(self, programs: Iterable[str]) -> str:
        """The lines of BASE/profile that let the hook find these programs, too."""
        names = list(programs)
        folders = dict.fromkeys(str(PurePosixPath(self.login[name]).parent) for name in names)
        path = ":".join(["$PATH", *map(shlex.quote, folders)])
        new = [name for name in _VARIABLES if name in self.login and name not in self.hook]
        return "\n".join(
            [
                f"# For what a login finds, and the hook doesn't: {', '.join(names)}",
                f"PATH={path}",
                *(f"{name}={shlex.quote(self.login[name])}" for name in new),
                f"export {' '.join(['PATH', *new])}",
            ]
        )


NOTHING = Surroundings({}, {}, has_profile=False)


def look_around(host: Host, base: str) -> Surroundings:
    """Find the programs of the hook, and those of a login; none where login files take too long."""
    try:
        answer = host.run(_BOTH, base, _LOOK, timeout=_TIME)
    except TimedOut:
        return NOTHING
    text = answer.stdout.decode("utf-8", "surrogateescape")
    hook, _, login = text.partition("gitbatch-login\n")
    return Surroundings(_found(hook), _found(login), "gitbatch-profile\n" in hook)


def _found(text: str) -> dict[str, str]:
    words = (line.split(" ", 2) for line in text.splitlines())
    found = {line[1]: line[2] for line in words if len(line) == 3 and line[0] == "gitbatch-found"}  # noqa: PLR2004  # a mark and a pair
    return {name: at for name, at in found.items() if name in _VARIABLES or at.startswith("/")}
