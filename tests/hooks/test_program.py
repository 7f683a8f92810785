"""The program on the server is one file, of which pushes and jobs that wait read a part only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.schedulers import adapters
from tests.support.shell_variables import TOP, program, read_by_others
from tests.support.worlds import HOOKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PARTS = HOOKS / "gitbatch.d"
LAST_PARTS = {"receive": "26-where", "spawn": "27-enter", "wait_turn": "27-enter"}
"""The parts in which these end: what comes after them has not been read."""

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


@pytest.mark.parametrize("first", LAST_PARTS)
def test_what_ends_early_calls_nothing_that_it_has_not_read(first: str) -> None:
    cut = parts().index(LAST_PARTS[first]) + 1
    early, late = functions(parts()[:cut]), functions(parts()[cut:])
    calls = {
        f"{name} calls {word}"
        for name, words in reached(first, early)
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


def test_the_program_begins_again_only_as_it_was_begun() -> None:
    again = re.findall(r'(?m)^.*"\$helper_dir/gitbatch" [a-z].*$', the_program())
    assert again
    restored = ("as_begun ", "detach ", "check-link ")  # of a find that restore_locale precedes
    assert [line for line in again if not any(word in line for word in restored)] == []


def test_clients_can_ask_just_the_schedulers_of_which_the_program_says_so() -> None:
    judge = (PARTS / "30-judge.sh").read_text()
    listed = re.search(r"(?ms)^has_adapter \(\) \{.*?^\}", judge)
    assert listed
    asked = {name for name, adapter in adapters().items() if adapter.ask}
    assert set(re.findall(r"'(\w+) '\*", listed[0])) == asked


def the_program() -> str:
    """All parts, and the grammars of schedulers, which are read as a part of it."""
    paths = [PARTS / f"{name}.sh" for name in parts()]
    return "".join(
        path.read_text() for path in [*paths, *sorted((HOOKS / "schedulers").glob("*.sh"))]
    )


def undeclared(text: str, names: Iterable[str]) -> list[str]:
    """The lines that are missing above some functions of a program."""
    known = program(text)
    found = read_by_others(known)
    missing = {name: sorted(found[name] - known[name].declared) for name in names}
    return [f"{name} needs: # sets: {' '.join(sets)}" for name, sets in missing.items() if sets]


def test_what_a_function_sets_for_others_is_declared_above_it() -> None:
    assert undeclared(the_program(), functions(parts())) == []


def test_what_is_declared_is_set_there() -> None:
    known = program(the_program())
    wrong = {name: each.declared - each.sets for name, each in known.items()}
    assert {name: names for name, names in wrong.items() if names} == {}


def test_a_declaration_that_is_missing_is_found() -> None:
    without = re.sub(r"(?m)^# sets: process\n", "", the_program(), count=1)
    assert undeclared(without, functions(parts())) == ["process needs: # sets: process"]


@pytest.mark.parametrize(
    ("body", "after", "sets"),
    [
        ("value=1", 'echo "$value"', "value"),
        ("value=1", "echo $((value + 1))", "value"),
        ("read -r value rest", 'echo "${value:-none} $rest"', "rest value"),
        ("for value in 1 2\ndo\n:\ndone", 'echo "$(echo "$value")"', "value"),
        ("trap 'value=1' TERM", 'test -z "$value"', "value"),
        ("value=1", "printf '%s' '$value'", ""),
        ("value=1", 'value=2\necho "$value"', ""),
        ("value=1\necho $value", ":", ""),
        ("# value=1", 'echo "$value"', ""),
        ('echo "it\'s value=1"', 'echo "$value"', ""),
    ],
)
def test_what_others_read_is_told_from_what_they_do_not(body: str, after: str, sets: str) -> None:
    text = f"setter () {{\n{body}\n}}\n\nuser () {{\nsetter\n{after}\n}}\n\nuser\n"
    found = read_by_others(program(text))
    assert " ".join(sorted(found["setter"])) == sets
    assert not found["user"] | found[TOP]
