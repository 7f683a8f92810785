"""Files in which the program remembers things by itself, such as what a server said last."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path


def state_home() -> Path:
    """The folder of these files."""
    home = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(home) if home.startswith("/") else Path.home() / ".local" / "state"
    return folder / "gitbatch-tui"


def keep(file: Path, content: bytes) -> None:
    """Write a whole file, and its folder; where that fails, nothing is kept and nothing is said."""
    draft = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(file)


def hash_of(*words: str) -> str:
    """The SHA-256 of these words, in hexadecimal digits: a name for what is kept of them."""
    from hashlib import sha256  # noqa: PLC0415  # OpenSSL is large, and `state_home` needs none

    return sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()
