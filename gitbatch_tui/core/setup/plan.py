"""Makes a batch remote on some machine and adds it to a clone: first a plan, then its steps."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui import __version__
from gitbatch_tui.core.base.data import hooks_dir
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.setup.install import Installed, inspect, install, write_profile
from gitbatch_tui.core.setup.login import NOTHING, Surroundings, look_around
from gitbatch_tui.core.setup.sites import schedulers
from gitbatch_tui.errors import BadLocation, Refused, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.base.cancellation import Cancellation
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host

# What config sections, RUN (batch#42, 42) and command lines take without doubt.
_NAME = re.compile(r"(?!-)(?![0-9]+$)[^#\s:]+")


@dataclass(frozen=True)
class SetupRequest:
    """The batch remote that is to be made."""

    name: str
    location: Location
    profile: str = ""
    """The text of BASE/profile where there is none yet; empty: none is written."""
    replace_hook: bool = False
    """Whether a hook of somebody else's may be moved aside; it is kept under another name."""
    shared: str = ""
    """The group that is to push there, too; empty: as it is."""


@dataclass(frozen=True)
class Step:
    """One step of a plan."""

    words: str
    command: str
    """What a person would type for the same."""
    action: Callable[[], str] = field(repr=False, compare=False)
    """Does it, and returns what there is to say about it; may be empty."""


@dataclass(frozen=True)
class SetupPlan:
    """The steps that are taken when it is applied."""

    wanted: SetupRequest
    found: Installed
    """What is on the server before."""
    notes: tuple[str, ...]
    """What a person may want to know before."""
    steps: tuple[Step, ...]


def plan(clone: Clone, wanted: SetupRequest, host: Host) -> SetupPlan:
    """Look at both sides and say what has to be done; changes nothing.

    Raises `Refused` for a name that can't be one, or that is taken by another remote.
    """
    _check_name(clone, wanted.name)
    found = inspect(host, wanted.location.path)
    # An older git echoes what it doesn't know.
    sha256 = clone.try_git("rev-parse", "--show-object-format") == "sha256"
    kind = "sha256" if sha256 else "sha1"
    flags = (
        f"--object-format={kind}",
        *(("--replace-hook",) if wanted.replace_hook else ()),
        *((f"--shared={wanted.shared}",) if wanted.shared else ()),
    )
    if found.owner and wanted.shared:
        raise Refused(f"{found.base} belongs to {found.owner}, and only they can share it.")
    # Of a group's batch remote, only its owner changes the programs.
    steps = [] if found.owner else [_install_step(wanted, host, found, flags)]
    # On this machine the hook finds what whoever pushes finds.
    around = look_around(host, wanted.location.path) if wanted.location.host else NOTHING
    profile = wanted.profile or _profile(around)
    if profile and not found.owner:
        steps.append(_profile_step(replace(wanted, profile=profile), host))
    steps += _remote_steps(clone, wanted, found)
    notes = (*_within(clone, wanted, found), *_notes(found, host), *_schedulers(around, host))
    return SetupPlan(wanted, found, notes, tuple(steps))


def apply(
    plan: SetupPlan, on_step: Callable[[Step, str], None], stop: Cancellation | None = None
) -> None:
    """Do it all; `on_step` gets each step when it is done, with what there is to say.

    Raises `Stopped` where a person wants no other step to begin.
    """
    for number, step in enumerate(plan.steps):
        if stop and stop.asked:
            raise Stopped(
                f"Setting up was stopped: {number} of {len(plan.steps)} steps are done. Doing it "
                "again does the others."
            )
        on_step(step, step.action())


def _check_name(clone: Clone, name: str) -> None:
    fits = _NAME.fullmatch(name) and one_line(name) == name
    if not fits or clone.ask("check-ref-format", f"refs/remotes/{name}/x").status:
        raise Refused(
            f"{one_line(name) or 'An empty text'} can't be the name of a remote: use letters, "
            "digits, dots and dashes, such as batch."
        )


def _within(clone: Clone, wanted: SetupRequest, found: Installed) -> list[str]:
    """Say what git would do with a batch remote that is among the files of the clone."""
    base, own = Path(os.path.realpath(found.base)), [clone.path.resolve(), clone.git_dir.resolve()]
    is_among_files = base.is_relative_to(own[0]) and not base.is_relative_to(own[1])
    if wanted.location.host or not is_among_files:
        return []
    # Of the work tree itself, only what is in it can be ignored.
    if clone.ask("check-ignore", "--quiet", "--", str(base / "repo.git")).status == 0:
        return []
    said = "within this clone, where `git add .` and snapshots take its files, too"
    return [f"{found.base} is {said}: choose a folder outside, or let .gitignore name it."]


def _notes(found: Installed, host: Host) -> list[str]:
    if found.owner:
        return [f"{found.base} is {found.owner}'s: it is used as it is."]
    if not found.version:
        return []
    if found.version != __version__:
        return [f"gitbatch {found.version} is installed on {host.name}; this is {__version__}."]
    if not found.differing:
        return []
    differ = "differs from ours and is" if len(found.differing) == 1 else "differ from ours and are"
    return [f"On {host.name}, {' and '.join(found.differing)} {differ} replaced."]


def _profile(around: Surroundings) -> str:
    """The text for BASE/profile; empty where the hook finds all that a login finds."""
    programs = around.only_by_login()
    return around.profile(programs) if programs and not around.has_profile else ""


def _schedulers(around: Surroundings, host: Host) -> list[str]:
    names = schedulers({*around.hook, *around.login})
    return [f"Schedulers on {host.name}: {', '.join(names)}."] if len(names) > 1 else []


def _install_step(
    wanted: SetupRequest, host: Host, found: Installed, flags: tuple[str, ...]
) -> Step:
    base = wanted.location.path
    verb = "upgrade" if found.version else "make"
    if found.version == __version__ and not found.differing:
        verb = "check"
    return Step(
        f"{verb} the batch remote {base} on {host.name}",
        _install_command(wanted, flags),
        lambda: install(host, base, *flags),
    )


def _install_command(wanted: SetupRequest, flags: tuple[str, ...]) -> str:
    needed = [flag for flag in flags if flag != "--object-format=sha1"]
    run = " ".join(["sh install", *needed, _quoted(wanted.location.path)])
    hooks = shlex.quote(str(hooks_dir()))
    if wanted.location.host is None:
        return f"cd {hooks} && {run}"
    there = f'd=$(mktemp -d) && tar -xC "$d" && cd "$d" && {run}'
    return f"tar -cC {hooks} . | {_ssh(wanted.location)} {shlex.quote(there)}"


def _quoted(path: str) -> str:
    # A tilde in quotes is no home.
    return f"~/{shlex.quote(path[2:])}" if path.startswith("~/") else shlex.quote(path)


def _ssh(location: Location) -> str:
    port = () if location.port is None else ("-p", str(location.port))
    return shlex.join(["ssh", *port, location.host or ""])


def _profile_step(wanted: SetupRequest, host: Host) -> Step:
    def action() -> str:
        write_profile(host, wanted.location.path, wanted.profile)
        return ""

    text = shlex.quote(wanted.profile.rstrip())
    path = f"{wanted.location.path}/profile"
    command = f"printf '%s\\n' {text} >{_quoted(path)}"
    if wanted.location.host is not None:
        command = f"{_ssh(wanted.location)} {shlex.quote(command)}"
    return Step(f"write {path}, unless it is there", command, action)


def _remote_steps(clone: Clone, wanted: SetupRequest, found: Installed) -> list[Step]:
    name, base = wanted.name, wanted.location.path
    steps = []
    there = clone.try_git("config", "--get", f"remote.{name}.url")
    if there is None:
        add = ("remote", "add", name, wanted.location.git_url(f"{base}/repo.git"))
        steps.append(_git_step(clone, f"add the remote {name} to this clone", add))
    elif not _is_same(there, wanted.location, found):
        program = "gitbatch-tui" if clone.config(f"remote.{name}.gitbatch") else "git remote"
        raise Refused(
            f"There is a remote {name} here already, and it points to {one_line(there)}: choose "
            f"another name, or remove it with `{program} remove {name}`."
        )
    elif clone.config(f"remote.{name}.fetch") is None:  # a kill between git's two settings
        fetch = ("config", f"remote.{name}.fetch", f"+refs/heads/*:refs/remotes/{name}/*")
        steps.append(_git_step(clone, f"complete the remote {name}", fetch))
    if clone.config(f"remote.{name}.gitbatch") != base:
        note = ("config", f"remote.{name}.gitbatch", base)
        steps.append(_git_step(clone, f"note that {name} is a batch remote", note))
    return steps


def _git_step(clone: Clone, words: str, command: tuple[str, ...]) -> Step:
    def action() -> str:
        with locked(clone, f"setting up a batch remote ({words})"):
            adds = command[:2] == ("remote", "add")
            if adds and clone.config(f"remote.{command[2]}.url") is not None:
                return "another gitbatch-tui has done it meanwhile"
            return clone.git(*command)

    return Step(words, shlex.join(["git", *command]), action)


def _is_same(url: str, location: Location, found: Installed) -> bool:
    """True if an address that is there already means the repository we are about to make."""
    try:
        there = Location.parse(url)
    except BadLocation:
        return False
    repositories = {f"{base}/repo.git" for base in (location.path, found.base)}
    same_host = (there.host, there.port) == (location.host, location.port)
    return same_host and there.path in repositories
