"""Linux asks us before a program, or one that it has started, makes certain system calls.

This is seccomp's user notification (seccomp_unotify(2)): each call waits until it is answered, and
is then made or fails. Numbers are those of x86-64.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

PATIENCE = 60
"""Seconds that a program may take."""

CALLS = {
    "write": 1,
    "pwrite64": 18,
    "writev": 20,
    "fsync": 74,
    "fdatasync": 75,
    "truncate": 76,
    "ftruncate": 77,
    "rename": 82,
    "mkdir": 83,
    "rmdir": 84,
    "link": 86,
    "unlink": 87,
    "symlink": 88,
    "chmod": 90,
    "fchmod": 91,
    "openat": 257,
    "mkdirat": 258,
    "unlinkat": 263,
    "renameat": 264,
    "linkat": 265,
    "symlinkat": 266,
    "fchmodat": 268,
    "utimensat": 280,
    "renameat2": 316,
    "copy_file_range": 326,
}
"""Those that may change a file."""
_NAMES = {number: name for name, number in CALLS.items()}

_ARCHITECTURE = 0xC000003E
_NO_NEW_PRIVILEGES = 38
_SECCOMP = 317
_SET_MODE_FILTER = 1
_NEW_LISTENER = 1 << 3
_WAIT_KILLABLE = 1 << 5  # once it is told, a call isn't interrupted and told again
_ASK = 0x7FC00000
_ALLOW = 0x7FFF0000
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _ARCH, _THIRD_ARGUMENT = 0, 4, 32
"""Where they stand in what a filter sees."""

_RECEIVE = 0xC0502100
_SEND = 0xC0182101
_SET_FLAGS = 0x40082104
_TAKE_TURNS = 1
"""Whoever asks sleeps until it is answered: both can do with one processor, which is faster."""
_REQUEST = struct.Struct("=QIIiIQ6Q")
_RESPONSE = struct.Struct("=QqiI")
_GO_ON = 1


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("true", ctypes.c_uint8),
        ("false", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


class Kind(NamedTuple):
    """Which calls are alike."""

    name: str
    flags: int
    """Of one that opens a file."""


@dataclass(frozen=True)
class Call:
    """One that waits for its answer."""

    key: int
    process: int
    name: str
    arguments: tuple[int, ...]

    def __str__(self) -> str:
        """As people are told of it."""
        try:
            words = Path(f"/proc/{self.process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            words = []
        return f"{self.name} of {os.fsdecode(b' '.join(words[:4]))}"

    @property
    def changes(self) -> bool:
        """Whether it is more than the opening of a file that is there."""
        return self.name != "openat" or bool(self.arguments[2] & (os.O_CREAT | os.O_TRUNC))

    @property
    def kind(self) -> Kind:
        return Kind(self.name, self.arguments[2] if self.name == "openat" else 0)

    def text(self, number: int) -> str:
        """An argument that is a path; empty where it can't be read any more."""
        try:
            memory = os.open(f"/proc/{self.process}/mem", os.O_RDONLY)
        except OSError:
            return ""
        try:
            return os.fsdecode(os.pread(memory, 4096, self.arguments[number]).partition(b"\0")[0])
        except OSError:
            return ""
        finally:
            os.close(memory)


class Supervised:
    """A program whose calls are asked about, and all that it starts."""

    def __init__(  # noqa: PLR0913  # all that a process begins with
        self,
        what: list[str] | Callable[[], object],
        *,
        at: Path,
        env: Mapping[str, str],
        stdin: BinaryIO,
        output: BinaryIO,
        only: Kind | None = None,
    ) -> None:
        """Start a program; or have a fork of ours do a function, as if it were one.

        `only`: ask about calls of this kind alone, which is several times as fast.
        """
        ours, theirs = socket.socketpair()

        def begin() -> None:
            _ask_about_calls(theirs, _those(only) if only else _all())
            if callable(what):
                _do_as_program(what, env)

        with ours, theirs:
            self.process = subprocess.Popen(
                [sys.executable] if callable(what) else what,
                cwd=at,
                env=env,
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=begin,  # noqa: PLW1509  # no thread runs here
            )
            _, (self._listener,), _, _ = socket.recv_fds(ours, 1, 1)
        with contextlib.suppress(OSError):  # before Linux 6.6
            fcntl.ioctl(self._listener, _SET_FLAGS, _TAKE_TURNS)

    def calls(self) -> Iterator[Call]:
        """Each call before it is made, until all processes have ended; answer it first."""
        deadline = time.monotonic() + PATIENCE
        waiting = select.poll()
        waiting.register(self._listener, select.POLLIN)
        try:
            while True:
                self.process.poll()  # one that has ended counts until it is collected
                for _, events in waiting.poll(100):
                    if events & select.POLLIN:
                        yield from self._received()
                    elif events & select.POLLHUP:
                        return
                if time.monotonic() > deadline:
                    os.killpg(self.process.pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(self.process.args, PATIENCE)
        finally:
            os.close(self._listener)
            self.process.wait()

    def _received(self) -> Iterator[Call]:
        request = bytearray(_REQUEST.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, request)
        except OSError as error:
            if error.errno != errno.ENOENT:  # its process was killed meanwhile
                raise
            return
        key, process, _, number, _, _, *arguments = _REQUEST.unpack(request)
        yield Call(key, process, _NAMES[number], tuple(arguments))

    def answer(self, call: Call, error: int = 0) -> None:
        """Let a call be made, or fail with this error."""
        response = bytearray(_RESPONSE.pack(call.key, 0, -error, 0 if error else _GO_ON))
        try:
            fcntl.ioctl(self._listener, _SEND, response)
        except OSError as failure:
            if failure.errno != errno.ENOENT:  # its process was killed meanwhile
                raise


def _all() -> list[tuple[int, int, int, int]]:
    """A filter that asks about all CALLS."""
    numbers = sorted(CALLS.values())
    return [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 0, len(numbers) + 1, _ARCHITECTURE),
        (_LOAD, 0, 0, _NUMBER),
        *((_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ASK),
    ]


def _those(kind: Kind) -> list[tuple[int, int, int, int]]:
    """A filter that asks about calls of a kind."""
    wanted = [(_ARCH, _ARCHITECTURE), (_NUMBER, CALLS[kind.name])]
    if kind.name == "openat":
        wanted.append((_THIRD_ARGUMENT, kind.flags & 0xFFFFFFFF))
    lines = []
    for left, (place, value) in zip(range(len(wanted), 0, -1), wanted, strict=True):
        lines += [(_LOAD, 0, 0, place), (_EQUAL, 0, 2 * left - 1, value)]
    return [*lines, (_RETURN, 0, 0, _ASK), (_RETURN, 0, 0, _ALLOW)]


def _ask_about_calls(parent: socket.socket, lines: list[tuple[int, int, int, int]]) -> None:
    """Have this process, and what it will start, ask; the parent gets the questions."""
    instructions = [_Instruction(*line) for line in lines]
    program = _Program(len(lines), (_Instruction * len(lines))(*instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    flags = _NEW_LISTENER | _WAIT_KILLABLE
    listener = libc.syscall(_SECCOMP, _SET_MODE_FILTER, flags, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    socket.send_fds(parent, [b"."], [listener])
    os.close(listener)


def _do_as_program(main: Callable[[], object], env: Mapping[str, str]) -> NoReturn:
    """Do it here and end with it. Whoever forked us waits until nothing but its streams is open."""
    os.closerange(3, 1 << 16)
    os.environ.clear()
    os.environ.update(env)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", errors="surrogateescape") for number in (1, 2))
    status = 1
    try:
        main()
        status = 0
    except SystemExit as end:
        sys.stderr.write(f"{end}\n")
    except BaseException:  # noqa: BLE001  # a program would end with it, and so do we
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@cache
def why_not() -> str:
    """Why calls can't be asked about here; empty where they can."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "system calls are asked about on Linux on x86-64 only"
    try:
        with Path(os.devnull).open("r+b") as null:
            program = Supervised(["true"], at=Path("/"), env=os.environ, stdin=null, output=null)
            for call in program.calls():
                program.answer(call)
    except (OSError, subprocess.SubprocessError) as error:
        return f"seccomp's notifications don't work here: {error!r}"
    return ""
