"""Names the settings of git's, on both sides, that keep a push from arriving."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.complaints import sentence_for
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.submit.push import PushCut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.errors import GitBatchError

# What git says, and the settings that make it say that: of this clone, or over there.
_HERE = {
    r"transport '[\w-]+' not allowed|not to use [\w-]+ \(": r"^protocol\.(.*\.)?allow$",
    r"--signed push": r"^push\.gpgsign$",
    r"--mirror": r"^remote\..*\.mirror$",
    r"aborted by hook": r"^core\.hookspath$",
}
_THERE = {
    r"hidden ref|hides its branches": r"^(transfer|receive)\.hiderefs$",
    r"hidden from fetches": r"^(transfer|uploadpack)\.hiderefs$",
    r"uploadpack\.packObjectsHook": r"^uploadpack\.packobjectshook$",
    r"proc-receive": r"^receive\.procreceiverefs$",
    r"maximum allowed size": r"^receive\.maxinputsize$",
}
_ADDRESSES = r"^(url\..*\.(pushinsteadof|insteadof)|remote\..*\.pushurl)$"
_ASK = ("config", "--null", "--show-origin", "--get-regexp")
_ASK_THERE = f'{BASE}cd / && git --git-dir="$base/repo.git" {" ".join(_ASK)} "$2"'


def explained(batch: Batch, trouble: GitBatchError | PushCut | str) -> str:
    """Why git doesn't get through, without a full stop, with the settings that lead to that."""
    said = _whole(trouble)
    why = (sentence_for(said) or str(trouble)).rstrip(".")
    found = ", ".join(one_line(text) for text in _settings(batch, said))
    return f"{why} ({found})" if found else why


def _whole(trouble: GitBatchError | PushCut | str) -> str:
    """The whole error in one text: our words and git's."""
    if isinstance(trouble, str):
        return trouble
    said = trouble.said if isinstance(trouble, PushCut) else (trouble.detail,)
    return "\n".join((str(trouble), *said))


def _settings(batch: Batch, said: str) -> Iterator[str]:
    for symptom, pattern in _HERE.items():
        if re.search(symptom, said):
            if symptom.startswith("transport") and (only := os.environ.get("GIT_ALLOW_PROTOCOL")):
                yield f"the variable GIT_ALLOW_PROTOCOL is {only}"
            else:
                yield from _with_origins(batch.clone.try_git(*_ASK, pattern) or "")
            return
    for symptom, pattern in _THERE.items():
        if re.search(symptom, said):
            answer = batch.host.run(_ASK_THERE, batch.remote.base, pattern)
            text = answer.stdout.decode("utf-8", "surrogateescape")
            yield from (f"{setting} on {batch.host.name}" for setting in _with_origins(text))
            return
    yield from _addresses(batch)


def _addresses(batch: Batch) -> Iterator[str]:
    """The settings by which git pushes to another address than the one that was set up."""
    name = batch.remote.name
    url = batch.clone.config(f"remote.{name}.url") or ""
    if batch.clone.try_git("remote", "get-url", "--push", name) == url:
        return
    for setting in _with_origins(batch.clone.try_git(*_ASK, _ADDRESSES) or ""):
        key, _, value = setting.partition(" = ")
        rewrites = key.startswith("url.") and url.startswith(value.rpartition(" in ")[0])
        if rewrites or key == f"remote.{name}.pushurl":
            yield setting


def _with_origins(listed: str) -> Iterator[str]:
    """Each setting as `KEY = VALUE in FILE`, but for those of this program."""
    parts = listed.split("\0")
    for origin, setting in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = setting.partition("\n")
        if not (origin.startswith("command line") or value.startswith("refs/gitbatch")):
            yield f"{key} = {value} in {origin.removeprefix('file:')}"
