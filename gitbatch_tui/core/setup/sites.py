"""Proposes where a batch remote could be made, and under which scheduler jobs could run there."""

from __future__ import annotations

import re
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.config import Site, read_config
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.hosts.location import BASE, Location
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.programs import SUBMITTERS, WHOSE, scheduler_of
from gitbatch_tui.core.server.calls import BOUNDS
from gitbatch_tui.errors import BadLocation, TimedOut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host


_SMALL = ("tsp", "at")
"""Schedulers of one machine, where the embedded one does as well."""
_DEEPEST = 16
"""Files that may include each other, as in ssh."""
_LARGEST = 1 << 20
_LINE = re.compile(r"\s*(?P<key>\w+)(?:\s*=\s*|\s+)(?P<value>.*?)\s*$")
_PATIENCE = 2
"""Seconds that a scheduler's programs have; they are asked at the same time."""
_LONGEST = 3
"""Seconds that all of it takes at most."""
_QUESTION = f"""{BASE}test ! -f "$base/profile" || . "$base/profile" >/dev/null 2>&1
patience=$2
shift 2
{BOUNDS}"""


@dataclass(frozen=True)
class ProposedSite:
    """A folder for a batch remote, and a name that is free for it."""

    name: str
    location: str
    words: str
    """What it is."""
    profile: str = ""
    scheduler: str = ""
    """The one that is configured for it; may be empty."""


def ready_made(clone: Clone) -> tuple[ProposedSite, ...]:
    """Propose this machine, the configured sites, the hosts of ~/.ssh/config.

    Raises `BadConfig`.
    """
    project = _project(clone)
    taken = set(clone.git("remote").split("\n"))
    known = {remote.location: remote.name for remote in clone.batch_remotes()}
    places = [_place(site, project, taken, known) for site in _sites()]
    return tuple(place for place in places if place)


def schedulers(tools: Collection[str]) -> tuple[str, ...]:
    """The schedulers whose programs are there; the embedded one always is."""
    found = dict.fromkeys(scheduler for tool, scheduler in SUBMITTERS.items() if tool in tools)
    large = [scheduler for scheduler in found if scheduler not in _SMALL]
    return (*large, "local", *(scheduler for scheduler in found if scheduler in _SMALL))


def schedulers_here() -> tuple[str, ...]:
    """The schedulers whose programs this machine has; the first is the one to begin with."""
    there = {tool for tool in SUBMITTERS if shutil.which(tool)}
    if "qsub" not in there:
        return schedulers(there)
    answer = LocalHost().run(f"patience=5\n{BOUNDS}{WHOSE}pbs_qstat")
    qsub = scheduler_of("qsub", answer.stdout.decode().strip())
    found = schedulers(there - {"qsub"})
    return found if qsub in found else (qsub, *found)


def best_first(host: Host, names: Sequence[str], base: str = "/dev/null") -> tuple[str, ...]:
    """These schedulers, but those at the end that don't answer.

    `names` are the best first. Those before `local` are asked about a job, after the profile of the
    batch remote in `base`, for no longer than three seconds: programs may be there without a
    cluster.
    """
    clusters = names[: names.index("local")]
    with ThreadPoolExecutor(max_workers=max(1, len(clusters))) as pool:
        answers = pool.map(lambda name: _answers(host, name, base), clusters)
        silent = [name for name, answered in zip(clusters, answers, strict=True) if not answered]
    return (*(name for name in names if name not in silent), *silent)


def _answers(host: Host, name: str, base: str) -> bool:
    adapter = adapters()[name]
    script, words = _QUESTION + adapter.ask, (base, str(_PATIENCE), "1")
    try:
        # Nobody needs to know that job: what counts is that something is said.
        adapter.read(host.run(script, *words, timeout=_LONGEST), ["1"])
    except (ValueError, TimedOut):
        return False
    return True


def _sites() -> Iterator[tuple[Site, str]]:
    yield Site("batch"), "this machine"
    configured = read_config().sites
    for site in configured:
        named = f", {site.scheduler}" if site.scheduler else ""
        yield site, f"from your configuration{named}"
    seen = {site.host for site in configured}
    for host in named_hosts():
        if host not in seen:
            yield Site(host, host), "from ~/.ssh/config"


def _place(
    described: tuple[Site, str], project: str, taken: set[str], known: dict[str, str]
) -> ProposedSite | None:
    site, words = described
    location = site.location(project)
    with suppress(BadLocation):
        location = str(Location.parse(location))
        if location in known:
            name = known[location]
            return ProposedSite(name, location, f"{words}; is {name} already", "", site.scheduler)
        name = _free(re.sub(r"[^\w.-]", "-", site.name).strip("-.") or "batch", taken)
        return ProposedSite(name, location, words, site.profile, site.scheduler)
    return None


def _free(name: str, taken: set[str]) -> str:
    names = (name, *(f"{name}{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def _project(clone: Clone) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", clone.path.name).strip("-.") or "project"


def named_hosts(file: Path | None = None) -> tuple[str, ...]:
    """The hosts that ssh's configuration names, in order, each once; none if it can't be read."""
    home = Path.home() / ".ssh"
    return tuple(dict.fromkeys(_hosts(file or home / "config", home, _DEEPEST)))


def _hosts(file: Path, home: Path, depth: int) -> Iterator[str]:
    for key, values in _settings(file):
        if key == "host":
            yield from (value for value in values if not re.search(r"[*?!]", value))
        elif key == "include" and depth:
            for value in values:
                for path in sorted(glob(str(home / Path(value).expanduser()))):  # noqa: PTH207  # it may be absolute
                    yield from _hosts(Path(path), home, depth - 1)


def _settings(file: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        if match := _LINE.match(line):
            yield match["key"].lower(), _words(match["value"])


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return []
