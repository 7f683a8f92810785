"""The program on the server is one file that a push reads only the first half of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.worlds import HOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PARTS = HOOKS / "gitbatch.d"
LAST_OF_A_PUSH = "26-where"
"""A push ends in this part: what comes after it has not been read."""

_FUNCTION = re.compile(r"(?ms)^(\w+) \(\) \{\n(.*?)^\}")
_SAID = re.compile(r"""'[^']*'|"(?:[^"\\$]|\\.|\$(?!\()|\$\((?=\())*"|(?m:(?<![^\s])#.*$)""")
"""Text that isn't run: quotes without a command in them, and comments."""
_WORD = re.compile(r"(?<![\w$/.{-])[a-z_]+(?![\w=/.-])")


def parts() -> list[str]:
    """As install joins them."""
    text = (HOOKS / "install").read_text()
    listed = re.search(r"(?ms)^parts='(.*?)'$", text)
    assert listed
    return listed[1].split()


def functions(names: list[str]) -> Mapping[str, str]:
    """The functions of some parts, each with what it runs."""
    text = "".join((PARTS / f"{name}.sh").read_text() for name in names)
    return {name: _SAID.sub(" ", body) for name, body in _FUNCTION.findall(text)}


def reached(first: str, known: Mapping[str, str]) -> Iterator[tuple[str, set[str]]]:
    """Each function that the first one may come to, with the words of its commands."""
    seen, left = {first}, [first]
    while left:
        name = left.pop()
        words = set(_WORD.findall(known[name]))
        yield name, words
        new = (words & known.keys()) - seen
        seen |= new
        left += new


def test_all_parts_are_joined_once_and_in_order() -> None:
    assert parts() == sorted(path.stem for path in PARTS.glob("*.sh"))


def test_no_two_functions_have_one_name() -> None:
    text = "".join((PARTS / f"{name}.sh").read_text() for name in parts())
    names = [name for name, _ in _FUNCTION.findall(text)]
    assert sorted(names) == sorted(set(names))


def test_a_push_calls_nothing_that_it_has_not_read() -> None:
    cut = parts().index(LAST_OF_A_PUSH) + 1
    early, late = functions(parts()[:cut]), functions(parts()[cut:])
    calls = {
        f"{name} calls {word}"
        for name, words in reached("receive", early)
        for word in words & late.keys()
    }
    assert not calls


def test_every_function_is_called() -> None:
    text = "".join(path.read_text() for path in sorted(HOOKS.rglob("*.sh")))
    text = re.sub(r"(?m)(?<![^\s])#.*$", "", text)
    words = re.findall(r"\w+", text)
    composed = tuple(re.findall(r"\b(\w+_)\$", text))  # "log_$what"
    names = functions(parts())
    assert not [name for name in names if words.count(name) < 2 and not name.startswith(composed)]
