"""The arguments that commands share, and the names a shell may complete for them.

Completing names asks the clone only, never a network; paths in run trees are their server's.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.shell_completion import CompletionItem

    from gitbatch_tui.core.git.repo import Clone

F = TypeVar("F", bound="Callable[..., object]")

_JSON = 'Print JSON; where it fails: {"error": {"message", "kind", "status", "detail"}}.'
RECENT = 200
"""How many records are looked at for the numbers of runs."""


def remotes(clone: Clone) -> list[str]:
    return [remote.name for remote in clone.batch_remotes()]


def branches(clone: Clone) -> list[str]:
    return [branch.name for branch in clone.branches()]


def published(clone: Clone) -> list[str]:
    """The names of what others have published, which can only be looked at."""
    from gitbatch_tui.core.runs.published import histories  # noqa: PLC0415  # only completing needs it

    return [history.remote.name for history in histories(clone)]


def runs(clone: Clone) -> list[str]:
    """The newest runs that are known here, as `batch#42`, and as `42` where that is enough."""
    return _runs_of(clone, remotes(clone))


def all_runs(clone: Clone) -> list[str]:
    """All runs, published ones too; `42` is one of these where there are no others."""
    own, others = runs(clone), _runs_of(clone, published(clone))
    return [*own, *(name for name in others if "#" in name or not remotes(clone))]


def _runs_of(clone: Clone, names: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        log = ("log", f"-{RECENT}", "--format=%s", f"refs/gitbatch/{name}/log", "--")
        for number in re.findall(r"^run (\d+) ", clone.try_git(*log) or "", re.MULTILINE):
            found[f"{name}#{number}"] = None
            if len(names) == 1:
                found[number] = None
    return list(found)


def origins(clone: Clone) -> list[str]:
    """The ordinary git remotes."""
    from gitbatch_tui.core.publish.adopt import git_remotes  # noqa: PLC0415  # as above

    return git_remotes(clone)


def sites(_: Clone) -> list[str]:
    """The names of the sites in the person's configuration."""
    from gitbatch_tui.config import read_config  # noqa: PLC0415  # only completing needs it

    return [site.name for site in read_config().sites]


def completing(
    *kinds: Callable[[Clone], list[str]],
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Make the `shell_complete` of a parameter that takes these kinds of names."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
        from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # only completing needs it

        folder = Path(ctx.find_root().params.get("directory") or ".")
        with suppress(GitBatchError), open_clone(folder) as clone:
            names = [name for kind in kinds for name in kind(clone)]
            return [name for name in names if name.startswith(incomplete)]
        return []

    return complete


def run_or_file(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The runs that there are, or else files, which the shell knows."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415  # only completing needs it

    names = completing(all_runs)(ctx, parameter, incomplete)
    return [*map(CompletionItem, names)] or [CompletionItem(incomplete, type="file")]


def remote_argument(command: F) -> F:
    """A batch remote of the clone, or the only one."""
    return click.argument("remote", required=False, shell_complete=completing(remotes))(command)


def run_argument(command: F) -> F:
    """One run, of a batch remote."""
    return click.argument("run", shell_complete=completing(runs))(command)


def any_run_argument(command: F) -> F:
    """One run, which may be one that others have published."""
    return click.argument("run", shell_complete=completing(all_runs))(command)


def runs_argument(command: F) -> F:
    """Runs: `42`, `batch#42`, `12-23`, `sweep:42`, or a branch, all of whose runs are meant."""
    return _runs_argument(runs)(command)


def any_runs_argument(command: F) -> F:
    """Add an argument for one or more runs, which may be published by others."""
    return _runs_argument(all_runs)(command)


def _runs_argument(*kinds: Callable[[Clone], list[str]]) -> Callable[[F], F]:
    return click.argument(
        "names", metavar="RUN...", nargs=-1, required=True, shell_complete=completing(*kinds)
    )


def from_option(purpose: str) -> Callable[[F], F]:
    """An ordinary git remote, where others have published runs; `purpose` is the help."""
    return click.option(
        *("--from", "origin"),
        metavar="GITREMOTE",
        shell_complete=completing(origins),
        help=purpose,
    )


def option_option(command: F) -> F:
    """Parameters of a run."""
    return click.option(
        "-o",
        "options",
        metavar="NAME=VALUE",
        multiple=True,
        help="A parameter: $GITBATCH_OPTION_NAME in schedule.sh. May be repeated.",
    )(command)


def json_option(command: F) -> F:
    """Output for programs."""
    return click.option("--json", "as_json", is_flag=True, help=_JSON)(command)


def _svg_only(_: click.Context, __: click.Parameter, target: Path | None) -> Path | None:
    if target and target.suffix.lower() not in {".svg", ""}:
        raise Refused(
            f"{one_line(str(target))}: pictures are written as SVG, not as {target.suffix[1:]}: "
            f"`-o {one_line(target.stem)}.svg`. Nothing was written."
        )
    return target


def svg_option(command: F) -> F:
    """A picture to write."""
    return click.option(
        *("-o", "--output", "target"),
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE.svg",
        callback=_svg_only,
        help="Write the picture as SVG.",
    )(command)


def yes_option(command: F) -> F:
    """Consent given beforehand."""
    return click.option("--yes", "-y", is_flag=True, help="Don't ask.")(command)
