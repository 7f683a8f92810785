"""Every tool that hooks/ uses gets options of POSIX alone, or has another way beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.userland import OPTIONS, PRIMARIES, PS_NAMES
from tests.support.worlds import HOOKS

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = sorted(path for path in HOOKS.rglob("*") if path.is_file() and path.suffix in {".sh", ""})
WORDS = "then|do|else|if|while|until|exec|elif"
BEGINS = rf"(?:^|[|;&({{!`]|\$\(|\b(?:{WORDS})\b)\s*"
WORD = r"""(?:'[^']*'|"[^"]*"|[^\s|;&()<>'"]+)"""
COMMAND = re.compile(
    rf"{BEGINS}(?:[A-Z_]+=\S*\s+)*(?P<tool>(?!(?:{WORDS})\b)[a-z]+)"
    rf"(?P<words>(?:[ \t]+{WORD})*)",
    re.MULTILINE,
)
NOT_POSIX = {
    "stat": r"stat( -L)? -[cf] .*(stat |\|\|)|stat -[cf] %[sz] / |stat -[cf] \"%|stat -c %u",
    "setsid": r"exec setsid|setsid\?\*\)|setsid=\$\(command -v setsid\)",
    "flock": r"command -v flock",
    "timeout": r"timeout \"\$allowed\"",
    "nproc": r"\|\| nproc",
    "sysctl": r"sysctl -n ",
}
"""Tools that not every system has, and the lines in which they may be: all try another, too."""
EXTENSIONS = {
    "find": {"-mmin": "old () counts days where find has no minutes"},
    "readlink": {"-f": "the link's own target is told"},
    "ps": {"lstart": "process () takes the number alone", "stat": "so does it without states"},
}


def source(path: Path) -> str:
    """A script without comments, and with its continued lines in one."""
    text = path.read_text().replace("\\\n", " ")
    return re.sub(r"(?m)^\s*#.*$", "", text)


def calls(path: Path) -> list[tuple[str, list[str]]]:
    """The tools that a script calls, with their words."""
    return [
        (match["tool"], re.findall(r"'[^']*'|\"[^\"]*\"|\S+", match["words"]))
        for match in COMMAND.finditer(source(path))
    ]


def strange(tool: str, words: list[str]) -> list[str]:
    """What among these words POSIX doesn't know."""
    if tool == "find":
        known = PRIMARIES | EXTENSIONS["find"].keys()
        end = words.index("-exec") if "-exec" in words else len(words)
        return [word for word in words[:end] if re.match(r"-[a-z]", word) and word not in known]
    if tool == "ps":
        names = {word.rstrip("=") for word in words if word.endswith("=")}
        return sorted(names - {*PS_NAMES, *EXTENSIONS["ps"]})
    if tool == "kill":
        return []  # a signal is an option there
    options = OPTIONS[tool]
    found = []
    for word in words:
        if not re.fullmatch(r"-[A-Za-z0-9].*|--.+", word):
            break
        letters = word[1:]
        for at, letter in enumerate(letters):
            if letter not in options.replace(":", ""):
                found += [word] if word not in EXTENSIONS.get(tool, {}) else []
                break
            if f"{letter}:" in options:
                break
            assert at < len(letters)
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name} {path.name}")
def test_tools_get_options_of_posix(path: Path) -> None:
    said = {
        f"{tool} {' '.join(words)}": strange(tool, words)
        for tool, words in calls(path)
        if tool in OPTIONS or tool in EXTENSIONS
    }
    assert {line: why for line, why in said.items() if why} == {}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name} {path.name}")
def test_every_locale_has_the_letters_of_a_program(path: Path) -> None:
    # yash reads no others where its locale is C.
    assert path.read_bytes().isascii()


def test_a_special_builtin_that_can_not_print_ends_no_shell() -> None:
    # On a full disk yash and mksh would leave in the middle of a function.
    lines = [line for path in SCRIPTS for line in source(path).splitlines()]
    prints = [line for line in lines if re.search(r"\btimes;", line)]
    assert prints
    assert [line for line in prints if "command times;" not in line] == []


@pytest.mark.parametrize("tool", NOT_POSIX)
def test_a_tool_that_not_every_system_has_stands_where_there_is_another_way(tool: str) -> None:
    lines = [
        line
        for path in SCRIPTS
        for line in source(path).splitlines()
        if any(call["tool"] == tool for call in COMMAND.finditer(line))
    ]
    wrong = [line for line in lines if not re.search(NOT_POSIX[tool], line)]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "tool", "why"),
    [
        ("sed -i 's/a/b/' file", "sed", "-i"),
        ("x=$(date -d yesterday)", "date", "-d"),
        ("a | xargs -0 rm", "xargs", "-0"),
        ('find "$1" -maxdepth 1', "find", "-maxdepth"),
        ("if grep -P x y", "grep", "-P"),
        ("ps -o etimes= -p 1", "ps", "etimes"),
        ("cp -a x y", "cp", "-a"),
    ],
)
def test_an_extension_is_found(tmp_path: Path, line: str, tool: str, why: str) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\n{line}\n")
    ((called, words),) = [call for call in calls(script) if call[0] == tool]
    assert strange(called, words) == [why]
