"""Signs the verdicts of verifying and reproducing, and says who has signed one, or published a run.

A finding is signed as a commit of its own, whose message names the run, its commit and its results;
the record of the finding carries that commit, in base64.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.signing import Signer, Trust, signer_of, signing
from gitbatch_tui.core.runs.published import history_called
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Badge, BatchRemote, Run

_KEY = "Signature"
_UNKNOWN_KEY = f"a finding has no {_KEY}"
"""How a server of an older version answers."""

_WORDS = {
    Trust.GOOD: "signed by {name}",
    Trust.BAD: "the signature of {name} is not of this",
    Trust.EXPIRED: "signed by {name}, but the signature or its key has expired",
    Trust.REVOKED: "signed by {name}, whose key was revoked",
}


@dataclass(frozen=True)
class Signed:
    """Something about a run that somebody has signed."""

    about: str
    """`verified`, `published`, ..."""
    signer: Signer

    def __str__(self) -> str:
        key = f"the key {self.signer.key}" if self.signer.key else "an unknown key"
        words = _WORDS.get(self.signer.trust) or self._unknown()
        return f"{self.about}: {words.format(name=self.signer.name or key)}"

    @property
    def by(self) -> str:
        """The name of the signer; where it isn't known, the id of the key."""
        return self.signer.name or self.signer.key

    def _unknown(self) -> str:
        if self.signer.name:
            return "signed by {name}, whose key git doesn't trust here"
        known = "signed by {name}, which git doesn't know here"
        return known if self.signer.key else "signed by somebody whom git doesn't know here"


def attest(batch: Batch, run: Run, badge: Badge, facts: Sequence[tuple[str, str]] = ()) -> None:
    """Record a finding on the server, signed where the person signs commits."""
    by = dict(facts).get("By", "")
    signature = _signature(batch.clone, _statement(run, badge, by))
    more = ((_KEY, signature),) if signature else ()
    try:
        batch.server.attest(run.number, badge, [*facts, *more])
    except CommandFailed as error:
        if not more or _UNKNOWN_KEY not in f"{error} {error.detail}":
            raise
        batch.server.attest(run.number, badge, facts)


def signatures(clone: Clone, remote: BatchRemote, run: Run) -> tuple[Signed, ...]:
    """Everything about a run that is signed; needs no network."""
    found = []
    for finding in run.findings:
        if finding.signature:
            statement = _statement(run, finding.badge, finding.by)
            found.append(Signed(finding.badge, _signer(clone, finding.signature, statement)))
    history = history_called(clone, remote.name) if remote.published else None
    signer = signer_of(clone, history.statement.commit) if history else None
    return (*found, *((Signed("published", signer),) if signer else ()))


def _statement(run: Run, badge: Badge, by: str) -> str:
    lines = (
        f"run {run.number}: {badge}",
        "",
        f"Run: {run.number}",
        f"Finding: {badge}",
        f"Commit: {run.commit}",
        f"Result: {run.result}",
        f"By: {one_line(by)}",
    )
    return "\n".join(lines) + "\n"


def _signature(clone: Clone, statement: str) -> str:
    """The signed statement as a record takes it; empty where the person doesn't sign."""
    options = signing(clone)
    if not options:
        return ""
    tree = clone.git("mktree")
    data = statement.encode("utf-8", "replace")
    commit = clone.git("commit-tree", *options, tree, stdin=data)
    raw = clone.ask("cat-file", "commit", commit).check("git can't read what it has signed.")
    return base64.b64encode(raw).decode("ascii")


def _signer(clone: Clone, signature: str, statement: str) -> Signer:
    """The signer of just this statement; a bad one where another statement, or none, was signed."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return Signer(Trust.BAD, "")
    answer = clone.ask("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw)
    commit = answer.stdout.decode("ascii", "replace").strip()
    signer = None if answer.status else signer_of(clone, commit)
    if signer is None:
        return Signer(Trust.BAD, "")
    said = raw.partition(b"\n\n")[2].decode("utf-8", "replace")
    return signer if said == statement else replace(signer, trust=Trust.BAD)
