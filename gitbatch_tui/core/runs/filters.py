"""The grammar that runs are chosen by: `state:failed lr<0.1 age<2d by:anna tag:good -branch:old`.

Words are joined by "and"; a comma within a value means "or", a dash before a word "not". A name
that isn't a fact of runs is a parameter's, or a metric's of a run without such a parameter. A word
without a sign is looked for in name, branch, subject, parameters, submitter, tags and note.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from math import isnan
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.facts import (
    FACTS,
    LENGTHS,
    NUMBERS,
    VALUES,
    has_fact,
    length_of,
)
from gitbatch_tui.core.runs.parameters import parameters_of
from gitbatch_tui.errors import WrongWord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from gitbatch_tui.models import Run

    TextOf = Callable[[Run], str]
    MetricsOf = Callable[[Run], Mapping[str, object]]

# Names of metrics may have slashes and dashes; before a colon that is a text, as a path.
_NAME = r"[A-Za-z_][A-Za-z0-9_.]*|[A-Za-z_][A-Za-z0-9_./@-]*(?=[<>=!])"
_TERM = re.compile(rf"(-?)({_NAME})(<=|>=|!=|==|[:=<>])(.*)", re.DOTALL)
_SIGNS = frozenset("< > = <= >= != ==".split())
_COMMIT = re.compile("[0-9a-fA-F]+")
_WHOLE = re.compile(r"[+-]?[0-9]{1,300}")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)([smhdwy]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_ORDERS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_KNOWN = frozenset({"", *FACTS})


@dataclass(frozen=True)
class _Term:
    """One word of a filter."""

    negated: bool
    name: str
    """Empty for a word that is looked for everywhere."""
    sign: str
    values: tuple[str, ...]

    def matches(self, run: Run, now: datetime, text: TextOf, metrics: MetricsOf) -> bool:
        holds = (self._holds(run, now, text, metrics, value) for value in self.values)
        return any(holds) is not self.negated

    def _holds(self, run: Run, now: datetime, text: TextOf, metrics: MetricsOf, value: str) -> bool:
        name, sign = self.name, self.sign
        if not name:
            return value.lower() in text(run)
        if name in LENGTHS:
            length = length_of(run, name, now)
            return length is not None and _compared(length, sign, _seconds(value))
        if name in NUMBERS:
            number = NUMBERS[name](run)
            return number is not None and _compared(number, sign, float(value))
        if name in FACTS:
            return has_fact(run, name, value.lower())
        have = parameters_of(run).get(name)
        if have is None and (measured := metrics(run).get(name)) is not None:
            have = str(measured)
        return _number_or_word_is(have, sign, value)


@dataclass(frozen=True)
class Filter:
    """Conditions on runs; an empty one lets all pass."""

    terms: tuple[_Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def is_plain(self) -> bool:
        """True where there are only words to be found, so that another word leaves fewer runs."""
        return not any(term.name or term.negated for term in self.terms)

    def metrics_among(self, runs: Iterable[Run]) -> tuple[str, ...]:
        """The names that are no facts, and no parameters of any of these runs: metrics."""
        asked = dict.fromkeys(term.name for term in self.terms if term.name not in _KNOWN)
        if not asked:
            return ()
        taken = {name for run in runs for name in parameters_of(run)}
        return tuple(name for name in asked if name not in taken)

    def matches(
        self,
        run: Run,
        now: datetime,
        text: TextOf | None = None,
        metrics: MetricsOf | None = None,
    ) -> bool:
        """True for a run that all words are true of; `now` is by the server's clock.

        `text` gives what words without a sign are looked for in, in lower case; `metrics` what a
        run has measured.
        """
        text, metrics = text or _haystack, metrics or _nothing_measured
        return all(term.matches(run, now, text, metrics) for term in self.terms)


def parse(text: str) -> Filter:
    """Read a filter; raises `WrongWord` with what was expected."""
    try:
        words = shlex.split(text)
    except ValueError:
        # A quote that is still open, as while somebody types.
        words = text.replace('"', " ").replace("'", " ").split()
    return Filter(tuple(map(_term, words)))


def _term(word: str) -> _Term:
    found = _TERM.fullmatch(word)
    if word in _SIGNS:
        raise WrongWord(word, "there are no blanks around it, as in lr<0.1")
    if not found:
        negated = word.startswith("-") and len(word) > 1
        return _Term(negated, "", ":", (word.removeprefix("-") if negated else word,))
    dash, name, sign, text = found.groups()
    values = tuple(value for value in text.split(",") if value) or ("",)
    negated = bool(dash) is not (sign == "!=")
    sign = ":" if sign in {"=", "==", "!="} else sign
    name = name.lower() if name.lower() in FACTS else name
    for value in values:
        _check(word, name, sign, value)
    # The value of a parameter may have a comma itself.
    whole = (text,) if name not in FACTS and sign == ":" and "," in text else ()
    return _Term(negated, name, sign, values + whole)


def _check(word: str, name: str, sign: str, value: str) -> None:
    shown = one_line(word)
    if name in VALUES and value.lower() not in VALUES[name]:
        raise _no_such(shown, name, value.lower())
    if name == "commit" and not _COMMIT.fullmatch(value):
        raise WrongWord(shown, "the id of a commit has digits and the letters a to f")
    if name in LENGTHS and not _LENGTH.fullmatch(value):
        raise WrongWord(shown, "a length of time is 90s, 5m, 2h, 3d or 1w")
    if name in NUMBERS and not _WHOLE.fullmatch(value):
        raise WrongWord(shown, "a whole number was expected")
    if sign in _ORDERS and name not in FACTS and not _has_size(value):
        raise WrongWord(shown, "a number was expected")
    if sign in _ORDERS and name in FACTS and name not in (*NUMBERS, *LENGTHS):
        raise WrongWord(shown, f"{name} has no order: write {name}:{value}")


def _no_such(word: str, name: str, value: str) -> WrongWord:
    """Name those that may have been meant, else all."""
    known = VALUES[name]
    near = [each for each in known if value and each.startswith(value)]
    if not near:
        from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

        near = get_close_matches(value, known)
    if near:
        return WrongWord(word, f"perhaps {' or '.join(near)}?")
    none = f"no such {name}"
    return WrongWord(word, f"{none}; `runs --help` has all", f"{none}, but {', '.join(known)}")


def _has_size(value: str) -> bool:
    number = _number(value)
    # What is not a number is neither less nor more.
    return number is not None and not isnan(number)


def _nothing_measured(_: Run) -> Mapping[str, object]:
    return {}


def _haystack(run: Run) -> str:
    texts = (run.name, run.branch, run.subject, run.submitter, run.note, *run.options, *run.tags)
    return "\n".join(texts).lower()


def _seconds(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _SECONDS[found[2]] if found else 0.0


def _compared(have: float, sign: str, want: float) -> bool:
    return _ORDERS[sign](have, want) if sign in _ORDERS else have == want


def _number(text: str) -> float | None:
    # Floating point has no room for all the digits of a large seed.
    try:
        return int(text) if _WHOLE.fullmatch(text) else float(text)
    except ValueError:
        return None


def _number_or_word_is(have: str | None, sign: str, want: str) -> bool:
    """Numbers by their size, 0.10 is 0.1; everything else as it is written."""
    if have is None:
        return False
    mine, theirs = _number(have), _number(want)
    if mine is not None and theirs is not None:
        return _compared(mine, sign, theirs)
    return sign not in _ORDERS and have == want
