"""A proxy between ssh and sshd that cuts the line, once, after so many bytes in one direction.

It stands before the command of a ProxyCommand: `cutting.py FILE COMMAND...`. FILE says where, `up
5000` or `down 300`; bytes count from when it is there, and it is removed when the line is cut.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from pathlib import Path

READ = 512
"""Bytes at a time: a cut may come between any two of them."""


def main(file: Path, command: list[str]) -> None:
    """Hand on what comes, until either side has ended or the line is cut."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        ways = {0: ("up", server.stdin.fileno()), server.stdout.fileno(): ("down", 1)}
        try:
            hand_on(file, ways)
        except BrokenPipeError:
            pass
        finally:
            server.kill()


def hand_on(file: Path, ways: dict[int, tuple[str, int]]) -> None:
    left: int | None = None
    with selectors.DefaultSelector() as selector:
        for descriptor in ways:
            selector.register(descriptor, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                way, to = ways[key.fd]
                data = os.read(key.fd, READ)
                if not data:
                    return
                where = file.read_text().split() if file.exists() else []
                if where and where[0] == way:
                    left = (int(where[1]) if left is None else left) - len(data)
                    if left < 0:
                        file.unlink()
                        return
                os.write(to, data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
