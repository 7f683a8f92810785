"""Commands in locales that aren't UTF-8."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.cli.signs import plain

if TYPE_CHECKING:
    from tests.support.project import Project


@pytest.mark.parametrize("command", ["runs", "show 1", "verify 1"])
def test_a_latin_1_locale_gets_plain_signs_and_its_own_letters(
    project: Project, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    project.finish_on("Größe-λ", "echo 1 >number")
    monkeypatch.setenv("PYTHONIOENCODING", "iso-8859-1")
    done = subprocess.run(
        [sys.executable, "-m", "gitbatch_tui", "-C", project.world.clone, *command.split()],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u" not in done.stdout
    assert b"\xe2" not in done.stdout
    assert {"runs": "Größe-?", "show 1": "Größe-?", "verify 1": "\n  + results "}[command].encode(
        "latin-1"
    ) in done.stdout


@pytest.mark.parametrize("said", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}])
def test_an_ascii_locale_gets_no_other_bytes(
    project: Project, monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    project.finish_on("Größe-λ", "echo 1 >number")
    # Python takes the locale C for UTF-8 where nobody forbids that.
    for name, value in {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", **said}.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run(
        [sys.executable, "-m", "gitbatch_tui", "-C", project.world.clone, "runs"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Gr??e-?" in done.stdout
    assert done.stdout.isascii()


def test_a_letter_that_an_encoding_does_not_have_is_a_question_mark() -> None:
    error = UnicodeEncodeError("latin-1", "a ✔λ… b", 2, 5, "no such letter")
    assert plain(error) == ("+?...", 5)
