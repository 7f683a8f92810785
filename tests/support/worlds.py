"""A real little world: a batch remote made by hooks/install, and a clone that pushes to it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.invariants import processes
from tests.support.templates import Template, common_folder
from tests.support.userland import Userland
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOOKS = Path(__file__).parents[2] / "hooks"
MARKER = "TEST_WORLD"
"""Every process of a world has the path of its BASE in this variable."""

RECEIPT = re.compile(r"gitbatch: run=(\d+) commit=([0-9a-f]+) state=(\w+) branch=(.*)")
FINAL = {"succeeded", "failed", "cancelled", "lost", "rejected"}

JOB_OF_ITS_OWN = '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n'
JOB_AT_ONCE = '#!/bin/sh\nexec "$GITBATCH" run ./run.sh\n'
NO_JOB = "#!/bin/sh\necho scheduled\n"


@dataclass(frozen=True)
class Receipt:
    run: int
    commit: str
    state: str
    branch: str


@dataclass(frozen=True)
class Answer:
    """How a program ended and what it said, both streams in one."""

    status: int
    output: str

    @property
    def lines(self) -> list[str]:
        return [line.removeprefix("remote: ").rstrip() for line in self.output.splitlines()]

    @property
    def receipts(self) -> list[Receipt]:
        found = [match for line in self.lines if (match := RECEIPT.fullmatch(line))]
        return [
            Receipt(int(run), commit, state, branch)
            for run, commit, state, branch in (match.groups() for match in found)
        ]

    @property
    def run(self) -> int:
        """The only run that this push started."""
        (receipt,) = self.receipts
        return receipt.run


SYSTEM = os.environ.get("GITBATCH_TEST_SYSTEM", "")
"""One of SYSTEMS, if all worlds are to be in it."""
OLD_BASH = "bash-3.2"
USERLANDS = {"posix": Userland(bsd=False), "bsd": Userland(bsd=True)}
SYSTEMS = ("mksh", "yash", "zsh", OLD_BASH, *USERLANDS)
"""What `make systems` runs the tests of hooks/ in, beside dash, bash and busybox."""
SHELLS = (SYSTEM,) if SYSTEM else ("dash", "bash", "busybox")
"""Those of tests that are run in each."""


def is_installed(name: str) -> bool:
    """Whether a shell or userland of this name can be made here."""
    return name in USERLANDS or shutil.which(name.partition("-")[0]) is not None


def shells_alone(folder: Path) -> Path:
    """Have nothing in a folder but shells, to be all of a PATH.

    A Korn shell hands over to one of them; yash has what is built in only where it is on PATH, too.
    """
    for name in "dash bash busybox test printf echo kill true false pwd".split():
        if program := shutil.which(name):
            (folder / name).symlink_to(program)
    return folder


@dataclass(frozen=True)
class Shell:
    """A shell that is `sh`, with the programs that come with it."""

    name: str
    sh: Path
    path: str
    has_proc: bool = True

    @property
    def reads_bytes(self) -> bool:
        """Whether it has names that are no text; yash reads them as characters."""
        return self.name != "yash"

    @classmethod
    @cache
    def named(cls, name: str) -> Shell:
        """A folder with a `sh` that is this shell.

        With busybox come its own find, sed, awk and so on: of the usual ones only git is left. A
        userland (`posix`, `bsd`) is dash with tools that know no other options, without /proc.
        """
        if name in USERLANDS:
            return cls._with_userland(name)
        program = shutil.which(name.partition("-")[0])
        if program is None:
            raise FileNotFoundError(name)
        folder = common_folder() / name
        folder.mkdir()
        path = os.environ["PATH"]
        applets = ["sh"]
        if name == "busybox":
            listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
            applets = listed.stdout.split()
            path = ""
            git = shutil.which("git")
            assert git is not None
            for tool in Path(git).parent.glob("git*"):
                (folder / tool.name).symlink_to(tool)
        for applet in applets if name != OLD_BASH else ():
            (folder / applet).symlink_to(program)
        if name == OLD_BASH:
            (folder / "sh").write_text(
                f'#!{program}\nBASH_COMPAT=3.2 exec {program} --posix "$@"\n'
            )
            (folder / "sh").chmod(0o755)
        return cls(name, folder / "sh", f"{folder}:{path}".rstrip(":"))

    @classmethod
    def _with_userland(cls, name: str) -> Shell:
        folder = common_folder() / name
        USERLANDS[name].make(folder, "/bin/sh")
        return cls(name, folder / "sh", str(folder), has_proc=False)


def usual_shell() -> Shell | None:
    """The system's own sh, which has no name here, unless all worlds are to be in another one."""
    return Shell.named(SYSTEM) if SYSTEM else None


@dataclass
class World:
    """BASE, a clone with the remote `batch`, and what was promised by receipts so far."""

    root: Path
    shell: Shell | None = field(default_factory=usual_shell)
    base: Path = field(init=False)
    clone: Path = field(init=False)
    env: dict[str, str] = field(init=False)
    receipts: list[Receipt] = field(init=False, default_factory=list)
    patience: float = field(init=False, default=60)
    """Seconds that a program may take."""
    killed: bool = field(init=False, default=False)
    """Programs were killed here, so that git may have left unfinished objects behind."""

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.base = self.root / "base"
        self.clone = self.root / "clone"
        self.env = dict(os.environ) | {MARKER: str(self.base), "LOGNAME": "tester"}
        if self.shell:
            self.env["PATH"] = self.shell.path

    @property
    def repo(self) -> Path:
        return self.base / "repo.git"

    @property
    def sh(self) -> str:
        return str(self.shell.sh) if self.shell else "/bin/sh"

    def build(self, *options: str) -> World:
        """Have a batch remote and a clone: a copy, where both are in their usual places."""
        if self.base == self.root / "base":
            _template(self.shell, self.env["PATH"], options).copy(self.root)
        else:
            self.make(*options)
        return self

    def make(self, *options: str) -> None:
        """Install the batch remote and make a clone."""
        answer = self.install(*options)
        assert answer.status == 0, answer.output
        self.new_clone(self.clone)

    def hooks(self) -> Path:
        """The project's hooks, their first line naming this world's shell."""
        if not self.shell:
            return HOOKS
        folder = self.root / "hooks"
        if not folder.exists():
            for path in sorted(HOOKS.rglob("*")):
                if path.is_file():
                    self.script(folder / path.relative_to(HOOKS), path.read_text())
        return folder

    def script(self, path: Path, text: str) -> None:
        """Write a program that runs in this world's shell."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # One that something is just starting can't be written to.
        new = path.with_name(f"{path.name}.new")
        new.write_text(self.adapted(text))
        new.chmod(0o755)
        new.replace(path)

    def adapted(self, text: str) -> str:
        """A program as it has to be in this world."""
        if self.shell and not self.shell.has_proc:
            text = text.replace("/proc/", "/no-proc/")
        return re.sub(r"\A#!/bin/sh$", f"#!{self.sh}", text, flags=re.MULTILINE)

    def install(self, *arguments: str) -> Answer:
        return self.call(self.sh, self.hooks() / "install", *arguments, self.base, at=self.root)

    def new_clone(self, path: Path) -> None:
        self.call("git", "init", "-q", "-b", "master", path, at=self.root)
        self.git("remote", "add", "batch", str(self.repo), at=path)

    # Programs

    def call(
        self,
        *command: str | Path,
        at: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 0,
    ) -> Answer:
        """Run a program to its end."""
        done = subprocess.run(
            command,
            cwd=at or self.clone,
            env=self.env | dict(env or {}),
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=timeout or self.patience,
            check=False,
        )
        return Answer(done.returncode, done.stdout)

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """What git prints; it has to succeed."""
        answer = self.call("git", *arguments, at=at)
        assert answer.status == 0, f"git {' '.join(arguments)}: {answer.output}"
        return answer.output.rstrip("\n")

    def bare(self, *arguments: str) -> str:
        return self.git(f"--git-dir={self.repo}", *arguments)

    def gitbatch(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        return self.call(self.repo / "gitbatch/gitbatch", *arguments, at=self.root, env=env)

    def process_name(self, pid: int) -> str:
        """How the server names a process."""
        named = '. "$1"; this_host; process "$2"; printf %s "$process"'
        part = self.hooks() / "gitbatch.d/14-processes.sh"
        answer = self.call(self.sh, "-c", named, "sh", part, str(pid), at=self.root)
        assert answer.output.startswith(f"{pid} "), answer.output
        return answer.output

    def tell(self, run: int, *words: str) -> Answer:
        """Say what schedulers know: `job=slurm 7 state=failed` and so on, a tab before each key."""
        lines = "".join(f"{word}\n" for word in words)
        helper = self.repo / "gitbatch/gitbatch"
        return self.call(helper, "tell", str(run), at=self.root, stdin=lines)

    # Pushing

    def write(self, files: Mapping[str, str]) -> None:
        """Write files into the clone; a script becomes executable."""
        for name, text in files.items():
            path = self.clone / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("#!"):
                self.script(path, text)
            else:
                path.write_text(text)

    def commit(self, files: Mapping[str, str], *, branch: str = "", date: str = "") -> str:
        """Commit these files too, on a new branch if one is named; the commit's id."""
        if branch:
            self.git("checkout", "-q", "-B", branch)
        self.write(files)
        self.git("add", "--all", "--force")
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
        # It tells the commit's id, which else one more git would have to be asked for.
        commit = ("git", "-c", "core.abbrev=40", "commit", "--allow-empty", "-m", "a change")
        done = self.call(*commit, env=env)
        told = re.search(r" ([0-9a-f]{40})\] ", done.output)
        assert done.status == 0, done.output
        assert told, done.output
        return told[1]

    def push(self, *refs: str, options: Iterable[str] = (), at: Path | None = None) -> Answer:
        """Push to the batch remote, and remember the receipts."""
        flags = [f"--push-option={option}" for option in options]
        answer = self.call("git", "push", *flags, "batch", *(refs or ("HEAD",)), at=at)
        self.receipts += answer.receipts
        return answer

    def submit(self, files: Mapping[str, str], **branch: str) -> int:
        """Commit, push, and give the number of the run that this started."""
        self.commit(files, **branch)
        answer = self.push()
        assert answer.status == 0, answer.output
        return answer.run

    # Runs

    def run(self, number: int) -> Path:
        return self.base / "runs" / str(number)

    def facts(self, number: int, name: str = "settled") -> dict[str, str]:
        """A file of a run, or nothing where there is none."""
        try:
            text = (self.run(number) / name).read_text(errors="surrogateescape")
        except FileNotFoundError:
            return {}
        return dict(line.partition(": ")[::2] for line in text.splitlines())

    def status(self, number: int) -> dict[str, str]:
        """What the helper says of a run."""
        answer = self.gitbatch("status", str(number))
        assert answer.output.endswith("end\n"), answer.output
        line = answer.output.splitlines()[1]
        return dict(part.partition("=")[::2] for part in line.split("\t"))

    def waits_for_nothing(self) -> None:
        """Let the server believe at once what else it believes only after a while."""
        wait_only(self.repo, "grace", 0)

    def kills_soon(self) -> None:
        """Let cancel give jobs a second for ending by themselves, not ten."""
        wait_only(self.repo, "kill_after", 1)

    def settled(self, number: int, timeout: float = 20) -> dict[str, str]:
        """Wait for the end of a run; its final facts."""
        wait_until(
            lambda: self.facts(number) and not (self.base / "active" / str(number)).exists(),
            timeout,
            f"run {number} to be settled",
        )
        return self.facts(number)

    def settled_by_contact(self, number: int) -> dict[str, str]:
        """The same for a run that ended without a word: it is settled when somebody asks."""

        def settled() -> bool:
            self.gitbatch("status")
            return not (self.base / "active" / str(number)).exists()

        wait_until(settled, what=f"run {number} to be settled")
        return self.facts(number)

    def unsettle(self, number: int) -> None:
        """Take back that a run is settled, as if the machine had stopped before it was kept."""
        self.left_alone(number)
        (self.run(number) / "settled").unlink()
        (self.base / "active" / str(number)).touch()

    def left_alone(self, number: int) -> None:
        """Wait until whoever settled a run is through, and nobody else would settle it."""
        held = self.run(number) / "settling"
        wait_until(
            lambda: not held.exists() and not self.push_goes_on(),
            what=f"everybody to be through with run {number}",
        )

    def push_goes_on(self) -> bool:
        """Tell whether anything that a push does, or starts at its end, is still at work."""
        found = " ".join(processes(self.base).values())
        return "gitbatch receive" in found or "gitbatch settle-ended" in found

    def tip(self, branch: str) -> str:
        """The commit of a branch of the batch remote, or nothing."""
        return self.call(
            "git", f"--git-dir={self.repo}", "rev-parse", "-q", "--verify", f"refs/heads/{branch}"
        ).output.strip()


def wait_only(repo: Path, what: str, seconds: int) -> None:
    """Change how long the server waits for something."""
    program = repo / "gitbatch/gitbatch"
    text, changed = re.subn(rf"(?m)^{what}=\d+", f"{what}={seconds}", program.read_text())
    assert changed == 1
    # Somebody may be starting it, who then can't, or keeps others from writing it.
    new = program.with_suffix(".new")
    new.write_text(text)
    shutil.copymode(program, new)
    shutil.chown(new, program.stat().st_uid, program.stat().st_gid)
    new.replace(program)


@cache
def _template(shell: Shell | None, path: str, options: tuple[str, ...]) -> Template:
    """A world as `install` makes it in this shell with the programs of this PATH."""
    del path  # it decides which programs there are

    def make(root: Path) -> None:
        World(root, shell).make(*options)
        # Of git; two fifths of all files, to be made and removed for each test.
        for sample in root.rglob("hooks/*.sample"):
            sample.unlink()

    return Template.made_by(make)
