"""Finds the batch remotes among a clone's remotes, in git's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.errors import BadLocation, NotABatchRemote, UnknownName
from gitbatch_tui.models import BatchRemote

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PATTERN = r"^(remote\..*\.(gitbatch|url)|url\..*\.insteadof)$"
"""The settings that `git config --get-regexp` has to show."""


def parse_settings(text: str) -> dict[str, list[str]]:
    """Read the output of `git config --null --get-regexp`: values by key, in their order."""
    settings: dict[str, list[str]] = {}
    for entry in text.split("\0"):
        key, newline, value = entry.partition("\n")
        if newline:
            settings.setdefault(key, []).append(value)
    return settings


def batch_remotes_in(settings: dict[str, list[str]]) -> tuple[BatchRemote, ...]:
    """The batch remotes among the settings, by name."""
    found = []
    for key, values in sorted(settings.items()):
        section, _, variable = key.rpartition(".")
        urls = settings.get(f"{section}.url")
        if section.startswith("remote.") and variable == "gitbatch" and urls:
            url = _rewritten(urls[0], settings)
            name = section.removeprefix("remote.")
            found.append(BatchRemote(name, _location(url, values[-1]), values[-1], url))
    return tuple(found)


def plain_remotes_in(settings: dict[str, list[str]]) -> set[str]:
    """The names of all remotes that have an address."""
    urls = (key for key in settings if key.startswith("remote.") and key.endswith(".url"))
    return {key.removeprefix("remote.").removesuffix(".url") for key in urls}


def choose(
    name: str | None, remotes: Sequence[BatchRemote], plain: Collection[str] = ()
) -> BatchRemote:
    """The batch remote of that name; None means the only one there is."""
    for remote in remotes:
        if remote.name == name or (name is None and len(remotes) == 1):
            return remote
    names = ", ".join(one_line(remote.name) for remote in remotes)
    if name in plain:
        raise NotABatchRemote(
            f"{name} is a remote, but no batch remote: `gitbatch-tui setup NAME LOCATION` "
            "makes one.",
        )
    if not remotes:
        raise UnknownName(
            "There is no batch remote here yet: `gitbatch-tui setup NAME LOCATION` makes one.",
        )
    if name is None:
        raise UnknownName(f"There are several batch remotes: name one of {names}.")
    raise UnknownName(f"There is no batch remote {one_line(name)} here; known: {names}.")


def _rewritten(url: str, settings: dict[str, list[str]]) -> str:
    """The address after git's url.<base>.insteadOf, the longest that fits."""
    fits = [
        (prefix, key.removeprefix("url.").rpartition(".")[0])
        for key, prefixes in settings.items()
        if key.startswith("url.")
        for prefix in prefixes
        if url.startswith(prefix)
    ]
    if not fits:
        return url
    prefix, base = max(fits, key=lambda fit: len(fit[0]))
    return base + url.removeprefix(prefix)


def _location(url: str, base: str) -> str:
    try:
        place = Location.parse(url)
    except BadLocation:
        # git takes relative paths, too; whatever else it is says what is wrong when it is used.
        return url if ":" in url else base
    return str(Location(place.host, base, place.port))
