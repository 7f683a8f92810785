"""Reads ~/.config/gitbatch-tui/config.toml, a person's own; nothing here ever writes it.

[[site]]                      # any number of them; `gitbatch-tui setup sdil` uses this one
name = "sdil"
host = "me@login.cluster.example"  # left out: this machine
base = "~/.batch"             # the folder of batch remotes, one a project; this is the default
scheduler = "htcondor"        # the first for which the screen offers to write a schedule.sh
profile = "module load git"   # becomes BASE/profile where there is none

[screen]                      # what a terminal need not do
bell = true                   # rings when a run ends
title = true                  # says what runs and waits
desktop = true                # notifications of the desktop, also through tmux; false: never.
                              # left out: where the terminal is known to have them
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from gitbatch_tui.errors import BadConfig

SCHEDULERS = ("local", "at", "slurm", "htcondor", "sge", "pbs", "lsf", "oar", "flux", "tsp")


@dataclass(frozen=True)
class Site:
    """A place where batch remotes can be made."""

    name: str
    host: str = ""
    """As ssh takes it; empty means this machine."""
    base: str = "~/.batch"
    """The folder that holds a folder a project."""
    scheduler: str = ""
    """Offered first where the screen writes a schedule.sh; empty: what is found there decides."""
    profile: str = ""
    """The text of BASE/profile; empty: none is written."""

    def location(self, project: str) -> str:
        """The place of a project's batch remote, as `Location.parse` reads it."""
        path = f"{self.base.rstrip('/')}/{project}"
        return f"{self.host}:{path}" if self.host else path


@dataclass(frozen=True)
class ScreenConfig:
    """Settings of the screen."""

    bell: bool = False
    """Whether the terminal's bell rings when a run ends."""
    title: bool = False
    """Whether the terminal's title says what runs and waits."""
    desktop: bool | None = None
    """Whether runs that end are told on the desktop; None: where the terminal has that."""


@dataclass(frozen=True)
class Config:
    """All that a person has configured."""

    sites: tuple[Site, ...] = ()
    screen: ScreenConfig = ScreenConfig()


def config_path() -> Path:
    """The path of the configuration file, whether it exists or not."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    root = Path(folder) if folder.startswith("/") else Path.home() / ".config"
    return root / "gitbatch-tui" / "config.toml"


def read_config(path: Path | None = None) -> Config:
    """Read the configuration; raises `BadConfig` with the line and what was expected there."""
    path = path or config_path()
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise BadConfig(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path} isn't UTF-8 text, as TOML has to be.") from error
    return _Reader(path, text).config()


class _Reader:
    """Checks every value of a file, and knows the line it stands on."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        try:
            self._values = tomli.loads(text)
        except tomli.TOMLDecodeError as error:
            raise self._bad(error.lineno, f"this isn't TOML: {error.msg}") from error

    def config(self) -> Config:
        for key in self._values.keys() - {"site", "screen"}:
            raise self._bad(self._line(key), f"{key} is unknown; expected [[site]] or [screen]")
        sites = self._values.get("site", [])
        if not isinstance(sites, list) or not all(isinstance(site, dict) for site in sites):
            raise self._bad(self._line("site"), "expected [[site]], a table for each site")
        found = tuple(self._site(number, site) for number, site in enumerate(sites, 1))
        return Config(found, self._screen(self._values.get("screen", {})))

    def _screen(self, values: Any) -> ScreenConfig:
        if not isinstance(values, dict):
            raise self._bad(self._line("screen"), "expected [screen], a table")
        for key, value in values.items():
            line = self._line(key)
            self._check_known(key, ScreenConfig, line)
            if not isinstance(value, bool):
                raise self._bad(line, f"{key} has to be true or false")
        return ScreenConfig(**values)

    def _site(self, number: int, values: dict[str, Any]) -> Site:
        for key, value in values.items():
            line = self._line(key, number)
            self._check_known(key, Site, line)
            if not isinstance(value, str):
                raise self._bad(line, f'{key} has to be a text in quotes, like "..."')
        self._check_words(number, values)
        return Site(**values)

    def _check_known(self, key: str, table: type[Site | ScreenConfig], line: int) -> None:
        if key not in table.__dataclass_fields__:
            known = ", ".join(table.__dataclass_fields__)
            raise self._bad(line, f"{key} is unknown; expected one of {known}")

    def _check_words(self, number: int, values: dict[str, str]) -> None:
        if not values.get("name"):
            raise self._bad(self._line("name", number), "a site needs a name")
        if values.get("scheduler", "local") not in SCHEDULERS:
            expected = ", ".join(SCHEDULERS)
            raise self._bad(self._line("scheduler", number), f"expected one of {expected}")
        if not values.get("base", "~/").startswith(("/", "~/")):
            raise self._bad(self._line("base", number), "base has to begin with / or ~/")

    def _line(self, key: str, site: int = 0) -> int:
        """The line of a key in the site of that number, or where that site begins."""
        seen, begin = 0, 1
        for number, line in enumerate(self._lines, 1):
            if re.match(r"\s*\[+\s*site\s*\]", line):
                seen += 1
                begin = number if seen == site else begin
            if seen >= site and re.match(rf"""[\[\s'"]*{re.escape(key)}['"]?\s*[\]=.]""", line):
                return number
        return begin

    def _bad(self, line: int, what: str) -> BadConfig:
        return BadConfig(f"{self._path}, line {line}: {what}.")
