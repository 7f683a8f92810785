"""A Python that has imported the program already, and forks to run it.

What runs is a process like any other, with an environment, folder, streams and end of its own. It
is spared its imports, which are most of what a short command does.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import selectors
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import gitbatch_tui.cli
import gitbatch_tui.core

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that a command may take."""
ORDER = 1 << 20
"""Bytes that tell what to run, at most."""


def run(words: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Do what `python -m gitbatch_tui WORDS` does in the root of the source."""
    if sys.platform != "linux":  # others have no sockets that keep messages apart
        argv = [sys.executable, "-m", "gitbatch_tui", *words]
        return subprocess.run(argv, cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False)
    order = json.dumps([words, dict(os.environ)]).encode()
    out, its_out = os.pipe()
    err, its_err = os.pipe()
    line, its_line = socket.socketpair()
    with line:
        its = [its_out, its_err, its_line.detach()]
        socket.send_fds(_python(_variables()), [order], its)
        for descriptor in its:
            os.close(descriptor)
        said = _read(out, err)
        return subprocess.CompletedProcess(words, int(line.recv(9)), *said)


def _read(*pipes: int) -> list[bytes]:
    """All that comes out of them."""
    said = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as waiting:
        for pipe in pipes:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(PATIENCE)
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                data = os.read(key.fd, 1 << 16)
                said[key.fd] += data
                if not data:
                    waiting.unregister(key.fd)
                    os.close(key.fd)
    return list(said.values())


def _variables() -> tuple[tuple[str, str], ...]:
    """Those that Python heeds only when it starts."""
    names = ("LANG", "LC_", "PYTHON")
    return tuple(sorted(item for item in os.environ.items() if item[0].startswith(names)))


@cache
def _python(_: tuple[tuple[str, str], ...]) -> socket.socket:
    """Where one that was started with these variables takes orders, as long as we run."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        argv = [sys.executable, "-m", __name__]
        python = subprocess.Popen(argv, cwd=ROOT, stdin=theirs.fileno(), stdout=subprocess.DEVNULL)

    def end() -> None:
        ours.close()
        python.wait()

    atexit.register(end)
    return ours


def serve() -> None:
    """Fork for each order; returns where the program is to run."""
    for package in (gitbatch_tui.cli, gitbatch_tui.core):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that report
    with socket.socket(fileno=0) as orders:
        while True:
            order, descriptors, _, _ = socket.recv_fds(orders, ORDER, 3)
            if not order:
                sys.exit()
            if os.fork() == 0:
                break
            for descriptor in descriptors:
                os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out, err, line = descriptors
    become(out, err, *json.loads(order)) if os.fork() == 0 else report(line, out, err)


def report(line: int, *not_ours: int) -> None:
    """Tell how the program ended."""
    for descriptor in not_ours:
        os.close(descriptor)
    _, status = os.wait()
    os.write(line, b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(out: int, err: int, words: list[str], env: dict[str, str]) -> None:
    """Have streams, environment and arguments as a program has that was just started."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.set_inheritable(0, True)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.argv[1:] = words


if __name__ == "__main__":
    serve()
    gitbatch_tui.cli.main()
