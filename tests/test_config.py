"""The configuration file: what it may say, and what it gets told when it says something else."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from textwrap import dedent

import pytest

from gitbatch_tui.config import Config, ScreenConfig, Site, config_path, read_config
from gitbatch_tui.errors import BadConfig

SITES = """\
[[site]]
name = "here"

[[site]]
name = "sdil"
host = "me@sdil"
base = "~/runs/"
scheduler = "htcondor"
profile = "module load git"
"""

TROUBLES = {
    "no TOML": ("[[site]]\nname = \n", 2, "isn't TOML"),
    "an unknown section": ("[colours]\nred = 1\n", 1, "expected [[site]] or [screen]"),
    "an unknown key": ('[[site]]\nname = "a"\n\nhots = "b"\n', 4, "hots is unknown"),
    "a number for a text": ('[[site]]\nname = "a"\n[[site]]\nname = 7\n', 4, "in quotes"),
    "an unknown scheduler": ('[[site]]\nname = "a"\nscheduler = "cron"\n', 3, "local, at, slurm"),
    "a site without a name": ('[[site]]\nname = "a"\n[[site]]\nhost = "b"\n', 3, "needs a name"),
    "a relative base": ('[[site]]\nname = "a"\nbase = "b"\n', 3, "begin with / or ~/"),
    "an unknown key of the screen": ("[screen]\nbel = true\n", 2, "one of bell, title, desktop"),
    "a text for yes or no": ('[screen]\nbell = "yes"\n', 2, "true or false"),
    "the screen as a text": ('screen = "large"\n', 1, "expected [screen]"),
    "one site as a table": ('[site]\nname = "a"\n', 1, "expected [[site]]"),
}


def test_no_file_is_no_configuration() -> None:
    assert read_config() == Config()


def test_the_file_is_looked_for_where_xdg_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "gitbatch-tui" / "config.toml"


def test_sites_are_read_with_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SITES)
    here, sdil = read_config(path).sites
    assert here == Site("here")
    assert here.location("thesis") == "~/.batch/thesis"
    assert sdil.location("thesis") == "me@sdil:~/runs/thesis"
    assert (sdil.scheduler, sdil.profile) == ("htcondor", "module load git")


def test_the_example_of_the_documents_has_every_key(tmp_path: Path) -> None:
    documents = Path(__file__).parents[1] / "docs/scripts.md"
    (example,) = re.findall(
        r"(?m)^    \[\[site\]\]\n(?:    .*\n|\n)*", documents.read_text("utf-8")
    )
    path = tmp_path / "config.toml"
    path.write_text(dedent(example))
    config = read_config(path)
    assert config.sites[0].location("thesis") == "me@login.cluster.example:~/.batch/thesis"
    keys = [field.name for table in (Site, ScreenConfig) for field in fields(table)]
    assert [key for key in keys if f"\n    {key} = " not in example] == []


@pytest.mark.parametrize(("text", "line", "expected"), TROUBLES.values(), ids=TROUBLES)
def test_a_mistake_is_named_with_its_line_and_what_was_expected(
    tmp_path: Path, text: str, line: int, expected: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(BadConfig) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert expected in str(caught.value)
    assert path.read_text() == text


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadConfig, match="isn't UTF-8"):
        read_config(path)
