"""Which variables the functions of a POSIX sh program set that others read.

sh has no variables of a function's own: what one sets, all others read. What a program does is
followed here through its calls, in the order of its lines, as if each were reached once; branches,
loops and subshells are read like any other lines. A name that is made up while it runs
(`eval "place_$key=..."`) is not seen. Names in capitals are the environment, and not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOP = "outside of functions"

_FUNCTION = re.compile(r"(?m)^((?:#.*\n)*)(\w+) \(\) \{\n((?:.*\n)*?\}.*)$")
_SETS = re.compile(r"(?m)^# sets: (.*)$")
_RUN_LATER = re.compile(r"""\b(?:trap|eval) (['"])(.*?)(?<!\\)\1""", re.DOTALL)
_ARITHMETIC = re.compile(r"\$\(\((.*?)\)\)")
_TOKEN = re.compile(
    r"(?P<skip>\\.|'[^']*'|(?<!\S)\#[^\n]*)|(?P<opens>\$?\(|\")|(?P<closes>\))|.", re.DOTALL
)
_TOKEN_IN_QUOTES = re.compile(
    r"(?P<skip>\\.)|(?P<opens>\$\()|(?P<closes>\")|(?P<kept>\$\{?\#?\w+|[a-z]+_(?=\$))|.", re.DOTALL
)

_NAME = "[a-z_][a-z0-9_]*"
_EVENT = re.compile(
    rf"""
    \$\{{?\#?(?P<read>{_NAME})
    | (?<![\w$/.-])(?P<set>{_NAME})=
    | \bread[ ](?:-r[ ])?(?P<words>{_NAME}(?:[ ]{_NAME})*)
    | \bfor[ ](?P<each>{_NAME})\b
    | \$\{{?\d\}}?(?P<ends>_[a-z]+)      # "$1_whole"
    | \b(?P<begins>[a-z]+_)(?=\$)        # "log_$what"
    | (?<![\w$/.\{{-])(?P<call>{_NAME})(?![\w=/.-])
    """,
    re.VERBOSE | re.MULTILINE,
)


@dataclass
class Function:
    """One function, or what is outside of all."""

    declared: frozenset[str]
    """What `# sets: NAME...` directly above it says."""
    events: list[tuple[str, str]]
    """("set" or "read" or "call", name), in the order of its lines."""
    takes: set[str] = field(default_factory=set)
    """What it, or what it calls, reads and nothing in it has set."""
    leaves: dict[str, set[str]] = field(default_factory=dict)
    """What is set after a call of it, and by which functions."""

    @property
    def sets(self) -> set[str]:
        return {name for event, name in self.events if event == "set"}


def program(text: str) -> dict[str, Function]:
    """Read a program's functions, by name, and under TOP what is outside of them."""
    found = _FUNCTION.findall(text)
    names = {name for _, name, _ in found}
    functions = {
        name: Function(_declared(comment), list(_events(body, names)))
        for comment, name, body in found
    }
    top = Function(frozenset(), list(_events(_FUNCTION.sub("", text), names)))
    return {**functions, TOP: top}


def read_by_others(functions: Mapping[str, Function]) -> dict[str, set[str]]:
    """What each function sets that another one reads afterwards, or that is read outside of all."""
    found: dict[str, set[str]] = {name: set() for name in functions}
    before = -1
    while before != (before := _size(functions, found)):
        for name in functions:
            _follow(name, functions, found)
    return found


def _follow(name: str, functions: Mapping[str, Function], found: dict[str, set[str]]) -> None:
    """Go through one function with what is known by now of those that it calls."""
    function = functions[name]
    setters: dict[str, set[str]] = {}

    def read(variable: str, reader: str) -> None:
        if variable not in setters:
            function.takes.add(variable)
        for setter in setters.get(variable, set()) - {reader}:
            found[setter].add(variable)

    for event, word in function.events:
        if event == "set":
            setters[word] = {name}
        elif event == "read":
            read(word, name)
        else:
            for variable in sorted(functions[word].takes):
                read(variable, word)
            for variable, by in functions[word].leaves.items():
                setters[variable] = setters.get(variable, set()) | by
    function.leaves = setters


def _size(functions: Mapping[str, Function], found: Mapping[str, set[str]]) -> int:
    """A number that grows as long as something new is found."""
    return sum(map(len, found.values())) + sum(
        len(each.takes) + sum(map(len, each.leaves.values())) for each in functions.values()
    )


def _declared(comment: str) -> frozenset[str]:
    return frozenset(name for names in _SETS.findall(comment) for name in names.split())


def _events(body: str, functions: set[str]) -> Iterator[tuple[str, str]]:
    for found in _EVENT.finditer(_code(body)):
        if read := found["read"]:
            yield "read", read
        elif end := found["ends"]:
            yield from (("call", name) for name in sorted(functions) if name.endswith(end))
        elif start := found["begins"]:
            yield from (("call", name) for name in sorted(functions) if name.startswith(start))
        elif called := found["call"]:
            yield from (("call", name) for name in functions & {called})
        else:
            names = found["set"] or found["words"] or found["each"]
            yield from (("set", name) for name in names.split())


def _code(body: str) -> str:
    """What is run of it: traps, too; of words in quotes only the variables and commands."""
    text = _RUN_LATER.sub(lambda match: f" ; {match[2]} ", body)
    text = _ARITHMETIC.sub(lambda match: re.sub(rf"(?<![$\w]){_NAME}", r"$\g<0>", match[1]), text)
    kept, inside, at = [], [""], 0
    while at < len(text):
        quoted = inside[-1] == '"'
        token = (_TOKEN_IN_QUOTES if quoted else _TOKEN).match(text, at)
        assert token
        at = token.end()
        if token["opens"]:
            inside.append(token[0][-1])
        elif token["closes"] and len(inside) > 1:
            inside.pop()
        shown = token["kept"] if quoted else not token["skip"]
        kept.append(token[0] if shown else " ")
    return "".join(kept)
