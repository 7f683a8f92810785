"""A home of gpg that is thrown away, with keys that have no passphrase."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Keyring:
    """The keys of a person; in a short path, since sockets of gpg's agent are in it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def gpg(self, *words: str, stdin: bytes = b"") -> bytes:
        """What gpg says."""
        done = subprocess.run(
            ["gpg", "--batch", "--yes", "--quiet", "--passphrase", "", *words],
            input=stdin,
            env={**os.environ, "GNUPGHOME": str(self.home)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make_key(self, person: str, *when: str, lasts: str = "never") -> str:
        """Make a key to sign with, at once or at another time (options of gpg); its id."""
        self.gpg(*when, "--quick-generate-key", person, "ed25519", "sign", lasts)
        listed = self.gpg("--list-keys", "--with-colons", person).decode()
        return next(line.split(":")[9] for line in listed.split("\n") if line.startswith("fpr"))

    def revoke(self, key: str) -> None:
        """Revoke a key by the certificate that gpg has made for it."""
        text = (self.home / f"openpgp-revocs.d/{key}.rev").read_text()
        self.gpg("--import", stdin=text.replace(":-----BEGIN", "-----BEGIN").encode())


@contextmanager
def keyring() -> Iterator[Keyring]:
    """A new one; its agent ends with it."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg isn't there")
    home = Path(tempfile.mkdtemp(prefix="gpg-", dir="/tmp"))
    try:
        yield Keyring(home)
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)
