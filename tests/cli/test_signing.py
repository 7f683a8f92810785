"""Findings and publications of a person who signs commits by an ssh key."""

from __future__ import annotations

import base64
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call
from tests.support.sharing import hire, make_origin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.usefixtures("quick_python")

NAME = "ada@example.org"


@pytest.fixture
def signers(project: Project) -> Path:
    """The project's clone signs by a new key; the file by which git knows whose it is."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen isn't there")
    key = project.world.root / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    file = project.world.root / "signers"
    file.write_text(f"{NAME} {key.with_suffix('.pub').read_text()}")
    settings = {"commit.gpgSign": "true", "gpg.format": "ssh", "user.signingKey": str(key)}
    for name, value in {**settings, "gpg.ssh.allowedSignersFile": str(file)}.items():
        project.world.git("config", name, value)
    return file


@pytest.mark.usefixtures("signers")
def test_a_finding_is_signed_and_verify_says_by_whom(project: Project) -> None:
    project.finish("echo 1 >out")
    assert call(project, "verify", "1").status == 0
    said = call(project, "verify", "1", "--json").json
    assert (said["verified"], said["signed"]) == (
        True,
        [{"what": "verified", "by": NAME, "trust": "good"}],
    )
    assert f"  verified: signed by {NAME}\n" in call(project, "verify", "1").out


@pytest.mark.usefixtures("signers")
def test_a_commit_that_takes_results_is_signed(project: Project) -> None:
    project.finish("echo 1 >out")
    assert call(project, "pull", "1", "--take").status == 0
    assert project.world.git("log", "-1", "--format=%G? %GS") == f"G {NAME}"


@pytest.mark.usefixtures("signers")
def test_a_publication_is_signed_and_a_colleague_sees_by_whom(
    project: Project, signers: Path
) -> None:
    project.finish("echo 1 >out")
    make_origin(project)
    assert call(project, "publish", "--results").status == 0
    colleague = hire(project)
    colleague.call("setup", "--from", "origin")
    said = colleague.call("verify", "1").out
    assert "published: signed by somebody whom git doesn't know here" in said
    colleague.git("config", "gpg.ssh.allowedSignersFile", str(signers))
    assert f"  published: signed by {NAME}\n" in colleague.call("verify", "1").out


@pytest.mark.usefixtures("signers")
def test_a_signature_of_something_else_is_red(project: Project) -> None:
    project.finish("echo 1 >out")
    signed = project.world.git("commit-tree", "-S", "-m", "anything", "HEAD^{tree}")
    raw = project.world.git("cat-file", "commit", signed) + "\n"
    for forged in (base64.b64encode(raw.encode()).decode(), "no base64", "AAAA"):
        answer = project.world.gitbatch("attest", "1", "verified", "Signature", forged)
        assert answer.status == 0, answer.output
    said = call(project, "verify", "1")
    assert said.status == 1
    assert "  ✖ signatures " in said.out
    assert f"  verified: the signature of {NAME} is not of this\n" in said.out


def test_whoever_does_not_sign_needs_no_signature(project: Project) -> None:
    project.finish("echo 1 >out")
    for _ in range(2):
        said = call(project, "verify", "1", "--json")
        assert (said.status, said.json["signed"]) == (0, [])
