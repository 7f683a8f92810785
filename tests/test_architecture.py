"""ARCHITECTURE.md maps the core: every module is named in it, and none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import gitbatch_tui
from gitbatch_tui.config import SCHEDULERS

CORE = Path(gitbatch_tui.__file__).parent / "core"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", re.MULTILINE)
OF_A_SCHEDULER = re.compile(rf"({'|'.join((*SCHEDULERS, 'condor'))})(_\w+)?")


def mapped() -> dict[str, set[str]]:
    """The modules that the map names, by their package."""
    text = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text("utf-8")
    rows = {package: set(re.findall(r"`(\w+)`", words)) for package, words in ROW.findall(text)}
    return {package: names for package, names in rows.items() if (CORE / package).is_dir()}


def there() -> dict[str, set[str]]:
    """The modules of each package of core."""
    folders = {path.parent for path in CORE.glob("*/*.py")}
    return {
        folder.name: {path.stem for path in folder.glob("*.py")} - {"__init__"}
        for folder in folders
    }


def test_every_package_has_a_row() -> None:
    # `frozen` shares one with the modules that stand beside it.
    assert there().keys() - mapped().keys() == {"frozen"}


def test_every_module_is_named_and_none_that_is_gone() -> None:
    modules = there()
    modules["schedulers"] = {
        name for name in modules["schedulers"] if not OF_A_SCHEDULER.fullmatch(name)
    }
    named = mapped()
    assert {
        package: sorted(names ^ modules[package])
        for package, names in named.items()
        if names != modules[package]
    } == {}
