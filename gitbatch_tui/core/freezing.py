"""Freezes and verifies data where it is: on this machine, or through the python3 of a host."""

from __future__ import annotations

import base64
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.frozen import FrozenError
from gitbatch_tui.core.frozen.program import answer
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.server.calls import SITE, Calls, lines_of
from gitbatch_tui.errors import CommandFailed, NoPython, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.core.hosts.host import Host

    Tell = Callable[[object], object]

_NO_PYTHON = 67
_OLD_PYTHON = 68
_PARTS = (
    "dirhash frozen frozen.manifest frozen.verify frozen.copy frozen.use frozen.refusals "
    "frozen.freeze frozen.program".split()
)
"""What is sent, each after what it imports."""
_LOADER = f"""
import base64, json, sys, types, zlib
if sys.version_info < (3, 6):
    sys.exit({_OLD_PYTHON})
def load(name, source=""):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, module)
    exec(compile(source, name, "exec"), module.__dict__)
    return module
load("gitbatch_tui")
load("gitbatch_tui.core")
for name, source in json.loads(zlib.decompress(base64.b64decode(sys.argv[1])).decode()):
    module = load("gitbatch_tui.core." + name, source)
sys.exit(module.main(sys.argv[2]))
"""
_ASK = f"""{SITE}command -v python3 >/dev/null 2>&1 || exit {_NO_PYTHON}
exec python3 -c "$1" "$2" "$3"
"""


@dataclass(frozen=True)
class Frozen:
    """The result of freezing a directory."""

    hash: str
    how: str
    """`moved`, `copied`, `linked` (it was in the archive already) or `finished` (what an
    interrupted command had begun)."""
    link: str
    """Where the directory was, and the link is now."""
    data: str
    """Where the link leads."""
    unseen: str = ""
    """What could not be looked at before, since the system doesn't tell it; mostly empty."""


@dataclass(frozen=True)
class FrozenCheck:
    """The result of checking some frozen data."""

    hash: str
    data: str
    """Where it is."""
    good: bool
    """Whether it is what its name says."""
    actual: str
    """Its hash as it is now."""
    altered: dict[str, str] = field(default_factory=dict)
    """By path, how it differs; empty where that isn't known, or all is well."""
    why: str = ""
    """Why the files can't be named; empty otherwise."""


@dataclass(frozen=True)
class FreezeClient:
    """A machine with data, as far as a batch remote on it is concerned."""

    host: Host
    base: str = ""
    """Of the batch remote whose settings hold; without one it is this machine."""
    bases: tuple[str, ...] = ()
    """Of those whose runs may use the data."""

    def freeze(
        self,
        directory: str,
        archive: str = "",
        *,
        algorithm: str = "sha256",
        block: str = "128M",
        tell: Tell = lambda _: None,
    ) -> Frozen:
        """Move a directory into the archive, and leave a link; raises `Refused` with the reason.

        Without an archive it is what gitbatch.archive says, or `archive` beside the directory.
        """
        what = {"algorithm": algorithm, "block": block, "archive": self._checked(archive)}
        where = {"path": self._checked(directory), "base": self.base, "bases": self.bases}
        return Frozen(**self._ask({"do": "freeze", **what, **where}, tell))

    def verify(self, path: str, tell: Tell = lambda _: None) -> tuple[FrozenCheck, ...]:
        """Check an archive, data in one, or a link to it; raises `Refused` where there is none."""
        found = self._ask({"do": "verify", "path": self._checked(path)}, tell)
        return tuple(FrozenCheck(**each) for each in found["data"])

    @property
    def _is_here(self) -> bool:
        return isinstance(self.host, LocalHost)

    def _checked(self, path: str) -> str:
        if path and not self._is_here and not path.startswith(("/", "~/")):
            shown = one_line(path)
            raise Refused(f"The path {shown} on {self.host.name} has to be written from / or ~/.")
        return path

    def _ask(self, request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        if not self._is_here:
            return self._ask_there(request, tell)
        try:
            return answer(request, tell)
        except FrozenError as error:
            raise Refused(str(error)) from error

    def _ask_there(self, request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        calls = Calls(self.host, self.base)
        with calls.stream(_ASK, _LOADER, _program(), json.dumps(request)) as stream:
            told = (_read(line, tell) for line in lines_of(stream))
            said = deque((f for f in told if f.keys() & {"error", "result"}), maxlen=1)
        for fields in said:
            if "error" in fields:
                raise Refused(one_line(str(fields["error"])))
            return dict(fields["result"])
        if stream.status in {_NO_PYTHON, _OLD_PYTHON}:
            raise self._no_python(stream.status)
        calls.check(stream)
        raise CommandFailed(f"python3 on {self.host.name} said nothing.", status=1)

    def _no_python(self, status: int) -> NoPython:
        older = " that is 3.6 or newer" if status == _OLD_PYTHON else ""
        return NoPython(
            f"There is no python3{older} on {self.host.name}, which has to read the data there "
            f"(what puts one on PATH can stand in {self.base}/profile). "
            "What can be read from here, too, can be hashed here: leave out --on."
        )


def _program() -> str:
    """The sources of what answers a request, as one word."""
    core = Path(__file__).parent
    sources = []
    for part in _PARTS:
        path = core.joinpath(*part.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        sources.append((part, file.read_text("utf-8")))
    packed = zlib.compress(json.dumps(sources).encode(), 9)
    return base64.b64encode(packed).decode()


def _read(line: str, tell: Tell) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(fields, dict):
        return {}
    if "progress" in fields:
        tell(one_line(str(fields["progress"])))
    return fields
