"""Stands between ssh and sshd, and hands on everything so many seconds later, each way.

Arguments: seconds, then the command of the server.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from queue import SimpleQueue

_CHUNK = 65536


def delay(source: int, target: int, seconds: float) -> None:
    """Copy until the end of the source; what comes at once goes on at once, but later."""
    waiting: SimpleQueue[tuple[float, bytes]] = SimpleQueue()

    def read() -> None:
        while data := os.read(source, _CHUNK):
            waiting.put((time.monotonic() + seconds, data))
        waiting.put((time.monotonic() + seconds, b""))

    threading.Thread(target=read, daemon=True).start()
    while True:
        due, data = waiting.get()
        time.sleep(max(0, due - time.monotonic()))
        if not data:
            os.close(target)
            return
        while data:
            data = data[os.write(target, data) :]


def main() -> int:
    seconds, *command = sys.argv[1:]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        up = threading.Thread(
            target=delay, args=(0, os.dup(server.stdin.fileno()), float(seconds)), daemon=True
        )
        up.start()
        server.stdin.close()
        delay(server.stdout.fileno(), 1, float(seconds))
        return server.wait()


if __name__ == "__main__":
    sys.exit(main())
