"""Findings and publications of a person who signs commits by gpg."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call
from tests.support.gpg import Keyring, keyring
from tests.support.sharing import hire, make_origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project

pytestmark = pytest.mark.usefixtures("quick_python")

ADA = "Ada Lovelace <ada@example.org>"
THEN = ("--faked-system-time", "20200101T120000!")
"""A day that is over, with which gpg begins to count."""


@pytest.fixture
def keys(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyring]:
    """The keys of whoever calls the program, or git."""
    with keyring() as ring:
        project.world.env["GNUPGHOME"] = str(ring.home)
        monkeypatch.setenv("GNUPGHOME", str(ring.home))
        yield ring


def sign_by(project: Project, key: str, *options: str) -> None:
    """Let a clone sign by this key, gpg with these options."""
    script = project.world.root / "gpg"
    project.world.script(script, f'#!/bin/sh\nexec gpg {" ".join(options)} "$@"\n')
    settings = {"commit.gpgSign": "true", "user.signingKey": key, "gpg.program": str(script)}
    for name, value in settings.items():
        project.world.git("config", name, value)


def trust_of(project: Project) -> tuple[str, str, int, str]:
    """Who has signed that run 1 was verified, how far that is trusted, and all that is said."""
    said = call(project, "verify", "1", "--json")
    (signed,) = said.json["signed"]
    assert signed["what"] == "verified"
    return signed["by"], signed["trust"], said.status, call(project, "verify", "1").out


def test_a_finding_is_signed_by_gpg_and_verify_says_by_whom(
    project: Project, keys: Keyring
) -> None:
    sign_by(project, keys.make_key(ADA))
    project.finish("echo 1 >out")
    assert call(project, "verify", "1").status == 0
    by, trust, status, words = trust_of(project)
    assert (by, trust, status) == (ADA, "good", 0)
    assert f"  verified: signed by {ADA}\n" in words


def test_a_publication_is_told_by_what_gpg_knows_of_its_key(
    project: Project, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.make_key(ADA)
    sign_by(project, key)
    project.finish("echo 1 >out")
    make_origin(project)
    assert call(project, "publish", "--results").status == 0
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    with keyring() as theirs:
        monkeypatch.setenv("GNUPGHOME", str(theirs.home))
        words = f"  published: signed by the key {key[-16:]}, which git doesn't know here\n"
        assert words in colleague.call("verify", "1").out
        theirs.gpg("--import", stdin=keys.gpg("--export", key))
        words = f"  published: signed by {ADA}, whose key git doesn't trust here\n"
        assert words in colleague.call("verify", "1").out
        theirs.gpg("--import-ownertrust", stdin=f"{key}:6:\n".encode())
        assert f"  published: signed by {ADA}\n" in colleague.call("verify", "1").out


@pytest.mark.parametrize(
    ("lasts", "options"),
    [("1d", ()), ("never", ("--default-sig-expire", "1d"))],
    ids=["the key has", "the signature has"],
)
def test_what_has_expired_is_told_as_that(
    project: Project, keys: Keyring, lasts: str, options: tuple[str, ...]
) -> None:
    sign_by(project, keys.make_key(ADA, *THEN, lasts=lasts), *THEN, *options)
    project.finish("echo 1 >out")
    assert call(project, "verify", "1").status == 0
    project.world.git("config", "gpg.program", "gpg")
    by, trust, status, words = trust_of(project)
    assert (by, trust, status) == (ADA, "expired", 0)
    assert f"  verified: signed by {ADA}, but the signature or its key has expired\n" in words


def test_a_revoked_key_is_red(project: Project, keys: Keyring) -> None:
    key = keys.make_key(ADA)
    sign_by(project, key)
    project.finish("echo 1 >out")
    assert call(project, "verify", "1").status == 0
    keys.revoke(key)
    project.world.git("config", "commit.gpgSign", "false")
    by, trust, status, words = trust_of(project)
    assert (by, trust, status) == (ADA, "revoked", 1)
    assert "  ✖ signatures " in words


def test_a_signature_of_other_words_is_red(project: Project, keys: Keyring) -> None:
    sign_by(project, keys.make_key(ADA))
    project.finish("echo 1 >out")
    message = f"run 1: verified\n\nBy: {ADA}"
    signed = project.world.git("commit-tree", "-S", "-m", message, "HEAD^{tree}")
    raw = project.world.git("cat-file", "commit", signed) + "\n"
    altered = raw.replace("run 1: verified", "run 1: reproduced").encode()
    encoded = base64.b64encode(altered).decode()
    assert project.world.gitbatch("attest", "1", "verified", "Signature", encoded).status == 0
    by, trust, status, words = trust_of(project)
    assert (by, trust, status) == (ADA, "bad", 1)
    assert f"  verified: the signature of {ADA} is not of this\n" in words


def test_whoever_cannot_sign_is_told_and_nothing_is_published(
    project: Project, keys: Keyring
) -> None:
    assert keys.home.exists()
    project.finish("echo 1 >out")
    sign_by(project, "nobody@example.org")
    origin = make_origin(project)
    said = call(project, "publish")
    assert said.status == 1
    assert "git is set to sign commits (commit.gpgSign) and can't: fix that" in said.err
    assert project.world.git("for-each-ref", at=origin) == ""
    assert "git is set to sign commits" in call(project, "verify", "1").err
