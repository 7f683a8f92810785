"""What must hold of a batch remote after whatever happened to it, checked from the outside."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.worlds import Receipt

STATES = set("submitted queued running succeeded failed cancelled lost rejected unknown".split())
FINAL = {"succeeded", "failed", "cancelled", "lost", "rejected"}


class Outside:
    """The files below some folders, but for those below others, as they are now."""

    def __init__(self, folder: Path, *but: Path) -> None:
        self.folder = folder
        self.but = but
        self.before = self.now()

    def now(self) -> dict[str, str]:
        found: dict[str, str] = {}
        but = {*map(str, self.but)}
        for here, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if f"{here}/{name}" not in but]
            found.update((f"{here}/{name}", digest(f"{here}/{name}")) for name in folders)
            found.update((f"{here}/{name}", digest(f"{here}/{name}")) for name in files)
        return found

    def changes(self) -> list[str]:
        now = self.now()
        return sorted(
            path
            for path in self.before.keys() | now.keys()
            if self.before.get(path) != now.get(path)
        )


def digest(path: str) -> str:
    """What a path is and holds."""
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return f"-> {Path(path).readlink()}"
    if stat.S_ISDIR(mode):
        return "directory"
    if stat.S_ISREG(mode):
        with open(path, "rb") as file:  # noqa: PTH123  # of many, quickly
            return hashlib.sha256(file.read()).hexdigest()
    return "special"


def processes(base: Path) -> dict[int, str]:
    """The living processes that were started in a batch remote's world, or stand in it.

    One look may miss a process that another one is just becoming.
    """
    return look_for_processes(base) or look_for_processes(base)


_NOBODY: set[tuple[str, int]] = set()
"""The dead and the kernel's own, half of all, by number and inode: they become nothing else."""


def look_for_processes(base: Path) -> dict[int, str]:
    """Look once."""
    found: dict[int, str] = {}
    own, inside = os.fsencode(base), f"{base}/"
    # It is asked often, and pathlib takes three times as long.
    with os.scandir("/proc") as entries:
        everybody = {(entry.name, entry.inode()) for entry in entries if entry.name.isdigit()}
    for process in everybody - _NOBODY:
        place = f"/proc/{process[0]}"
        try:
            here = os.readlink(f"{place}/cwd")  # noqa: PTH115  # of many, quickly
            if f"{here}/".startswith(inside) or own in _contents(f"{place}/environ"):
                words = _contents(f"{place}/cmdline").replace(b"\0", b" ")
                found[int(process[0])] = words.decode(errors="replace")
        except ProcessLookupError:
            _NOBODY.add(process)
        except OSError:
            continue  # it ended meanwhile, is somebody else's, or a zombie
    return found


def _contents(path: str) -> bytes:
    """All of a file that tells no size."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(descriptor, 1 << 16), b""))
    finally:
        os.close(descriptor)


def is_alive(process: str) -> bool:
    """Whether there is a process of this number that isn't dead and unreaped."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False  # the latter where it ended between opening and reading
    return status.rpartition(")")[2].split()[0] != "Z"


def check_invariants(
    base: Path,
    receipts: Iterable[Receipt] = (),
    *,
    outside: Outside | None = None,
    probe: bool = True,
    killed: bool = False,
) -> None:
    """Fail with a list of everything about `base` that isn't as it has to be.

    `killed`: programs were killed, so that git may have left unfinished objects behind.
    """
    wait_until(lambda: not processes(base), what=lambda: f"the end of {processes(base)}")
    inspection = Inspection(base)
    for part in (
        inspection.own_check(),
        inspection.receipts(receipts),
        inspection.runs(),
        inspection.objects(),
        inspection.leftovers(killed=killed),
        inspection.outside(outside),
        inspection.probe() if probe else (),
    ):
        inspection.problems += part
    assert not inspection.problems, "\n".join(inspection.problems)


_OF_A_CONTENT = re.compile(r"error in \w+ \w+: [a-z]+[A-Z]\w*: ")
"""What git's fsck says of what a job made, which is no damage."""


@dataclass
class Inspection:
    """Looks at one aspect after the other; each yields what is wrong with it."""

    base: Path
    problems: list[str] = field(default_factory=list)

    @property
    def repo(self) -> Path:
        return self.base / "repo.git"

    def git(self, *arguments: str | Path, at: Path | None = None, loud: bool = False) -> str:
        """What git prints; also what it says if it fails, or is `loud`."""
        done = subprocess.run(
            ("git", *(() if at else ("--git-dir", self.repo)), *arguments),
            cwd=at,
            env=os.environ | {"LC_ALL": "C"},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
        return (done.stdout + done.stderr * (done.returncode != 0 or loud)).strip("\n")

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.repo / "gitbatch/gitbatch", *arguments],
            # In any other locale, each program of twenty reads a dozen files before it begins.
            env=os.environ | {"LC_ALL": "C"},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )

    def own_check(self) -> Iterator[str]:
        answer = self.call("check")
        if (answer.returncode, answer.stdout) != (0, "ok\n"):
            yield f"gitbatch check: {answer.stdout}{answer.stderr}"

    def folders(self) -> list[Path]:
        return sorted(path for path in (self.base / "runs").iterdir() if path.is_dir())

    def facts(self, folder: Path, name: str) -> dict[str, str]:
        try:
            text = (folder / name).read_text(errors="surrogateescape")
        except FileNotFoundError:
            return {}
        return dict(line.partition(": ")[::2] for line in text.splitlines())

    def receipts(self, receipts: Iterable[Receipt]) -> Iterator[str]:
        seen: set[int] = set()
        for receipt in receipts:
            if receipt.run in seen:
                yield f"two receipts for run {receipt.run}"
            seen.add(receipt.run)
            request = self.facts(self.base / "runs" / str(receipt.run), "request")
            if (request.get("commit"), request.get("branch")) != (receipt.commit, receipt.branch):
                yield f"{receipt} has no such run, but {request}"

    def runs(self) -> Iterator[str]:
        reachable = set(self.git("rev-list", "--all").split())
        recorded = self.records()
        folders = self.folders()
        told = self.call("status", *(folder.name for folder in folders)).stdout if folders else ""
        for folder in folders:
            run = folder.name
            request = self.facts(folder, "request")
            if not request:
                yield f"run {run} has no request"
                continue
            wanted = {"input": request["commit"]}
            wanted["result"] = self.facts(folder, "delivered").get("result", "")
            settled = self.facts(folder, "settled")
            wanted["settled result"] = settled.get("result", "")
            for what, commit in wanted.items():
                if commit and commit not in reachable:
                    yield f"the {what} of run {run} can not be reached: {commit}"
            yield from self.state(folder, told, settled, recorded.get(run, []))

    def records(self) -> dict[str, list[str]]:
        """The states of each run in the history, oldest first."""
        found: dict[str, list[str]] = {}
        for subject in self.git("log", "--reverse", "--format=%s", "refs/gitbatch/log").split("\n"):
            if match := re.fullmatch(r"run (\d+) (\w+)", subject):
                found.setdefault(match[1], []).append(match[2])
        return found

    def state(
        self, folder: Path, told: str, settled: dict[str, str], recorded: list[str]
    ) -> Iterator[str]:
        run = folder.name
        states = re.findall(rf"^run={run}\tstate=(\w+)\tended=(\w+)\t", told, re.MULTILINE)
        if len(states) != 1 or states[0][0] not in STATES:
            yield f"run {run} is in the states {states}: {told}"
            return
        state, ended = states[0]
        active = (self.base / "active" / run).exists()
        if (ended == "settled") == active:
            yield f"run {run} is {ended} and {'active' if active else 'not active'}"
        if recorded[:1] != ["submitted"]:
            yield f"run {run} has the records {recorded}"
        if settled and (recorded[-1] != state or settled["state"] != state or state not in FINAL):
            yield f"run {run} is {state}, {settled['state']} in its file, {recorded} in history"
        if settled and not self.evidence(folder, state):
            yield f"nothing shows that run {run} is {state}"

    def evidence(self, folder: Path, state: str) -> bool:
        """Do the files of a run show that it ended like this?"""
        exits = [
            status
            for path in folder.glob("finished*")
            if path.suffix != ".tmp" and (status := self.facts(folder, path.name).get("exit"))
        ]
        told = {self.facts(path.parent, path.name).get("state") for path in folder.glob("told/*")}
        return {
            "succeeded": (bool(exits) and set(exits) == {"0"})
            or (folder / "delivered").exists()
            or "succeeded" in told,
            "failed": bool({*exits, self.facts(folder, "settled").get("exit", "0")} - {"0"})
            or "failed" in told,
            "cancelled": (folder / "cancelled").exists()
            or "cancelled" in told
            or "never began" in self.facts(folder, "settled").get("reason", "")
            or any(
                self.facts(folder, path.name).get("ended") == "cancelled"
                for path in folder.glob("finished*")
            ),
            "lost": bool(self.facts(folder, "settled").get("reason")),
            "rejected": self.facts(folder, "scheduled").get("exit") != "0",
        }[state]

    def objects(self) -> Iterator[str]:
        # It would start two more gits, for indexes that `check` has just looked at.
        indexes = ("-c", "core.commitGraph=false", "-c", "core.multiPackIndex=false")
        said = self.git(*indexes, "fsck", "--no-dangling", "--no-progress").splitlines()
        lines = [line for line in said if not _OF_A_CONTENT.match(line)]
        if lines:
            yield f"git fsck: {lines}"

    def leftovers(self, *, killed: bool) -> Iterator[str]:
        runs, queue, objects = (
            f"{self.base}/{name}" for name in ("runs", "queue", "repo.git/objects")
        )
        for here, folders, files in os.walk(self.base):
            if os.path.dirname(os.path.dirname(here)) == runs:  # noqa: PTH120  # pathlib is slow
                folders.clear()  # a run tree is its job's own
                continue
            among_objects = f"{here}/".startswith(f"{objects}/")
            for name in (*folders, *files):
                if among_objects:
                    left = not killed and re.match(r"tmp_|incoming-", name)
                else:
                    left = re.search(r"\.(tmp|lock)$|^settling", name)
                if left or here == queue:
                    yield f"left over: {here}/{name}"

    def outside(self, outside: Outside | None) -> Iterator[str]:
        for path in outside.changes() if outside else []:
            yield f"changed outside {self.base}: {path}"

    def probe(self) -> Iterator[str]:
        """Push a new branch, wait for its run, fetch what it made, and delete the branch."""
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            self.git("init", "-q", at=here)
            script = here / "schedule.sh"
            script.write_text('#!/bin/sh\n"$GITBATCH" run -- sh -c "echo $$ >probe"\n')
            script.chmod(0o755)
            self.git("add", ".", at=here)
            self.git("commit", "-q", "-m", "probe", at=here)
            branch = f"probe-{os.getpid()}-{len(self.folders())}"
            said = self.git("push", self.repo, f"HEAD:refs/heads/{branch}", at=here, loud=True)
            match = re.search(r"gitbatch: run=(\d+) commit=\w+ state=submitted", said)
            if not match:
                yield f"a push starts no run any more: {said}"
                return
            run = self.base / "runs" / match[1]
            wait_until((run / "settled").exists, what=f"run {match[1]} to be settled")
            self.git("fetch", "-q", self.repo, f"refs/heads/{branch}", at=here)
            if "probe" not in self.git("ls-tree", "--name-only", "FETCH_HEAD", at=here).split():
                yield f"the result of run {match[1]} could not be fetched"
            self.git("push", "-q", self.repo, f":refs/heads/{branch}", at=here)
