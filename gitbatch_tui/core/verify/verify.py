"""Finds out whether a run is still what it claims to be, and records it.

One question to the server; and a fetch, where the clone lacks records or commits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.git.signing import Trust
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.verify.check import Case, Check, Colour
from gitbatch_tui.core.verify.checks import CLAIMS
from gitbatch_tui.core.verify.data_checks import check_data
from gitbatch_tui.core.verify.signatures import attest, signatures
from gitbatch_tui.errors import CommandFailed, GitBatchError, NotABatchRemote, Refused, Unreachable
from gitbatch_tui.models import Badge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.server.verification_report import VerificationReport
    from gitbatch_tui.core.verify.signatures import Signed
    from gitbatch_tui.models import Run


_CHECKS = (*CLAIMS, check_data)


@dataclass(frozen=True)
class Verification:
    """The results of all checks of a run."""

    run: Run
    checks: tuple[Check, ...]
    signed: tuple[Signed, ...] = ()
    """Who has signed what about it, before this."""
    unrecorded: str = ""
    """Why the verdict could not be recorded; empty where it was, or needn't be."""

    @property
    def holds(self) -> bool:
        return all(check.colour is Colour.GREEN for check in self.checks)

    @property
    def refuted(self) -> bool:
        return any(check.colour is Colour.RED for check in self.checks)


def verify(
    batch: Batch,
    number: int,
    *,
    with_data: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Every check, also where the server can't be asked; then some of them can't be done.

    `tell` hears how far the hashing of frozen data is, which `with_data` can leave out. An answer
    that changes what the run's history says is recorded. Raises `Refused` for a run that has not
    ended, `UnknownName` where there is none.
    """
    case = replace(_open(batch, number, tell), with_data=with_data, tell=tell)
    signed = signatures(batch.clone, batch.remote, case.run)
    checks = (*(check(case) for check in _CHECKS), *_forged(signed))
    verification = Verification(case.run, checks, signed)
    if not case.report or case.trouble:
        return verification
    try:
        _record(batch, verification)
    except GitBatchError as error:
        return replace(verification, unrecorded=str(error))
    return verification


def _open(batch: Batch, number: int, tell: Callable[[str], None]) -> Case:
    report, trouble = None, None
    try:
        report = _report(batch, number, tell)
        _fetch(batch, report)
    except (Unreachable, NotABatchRemote, CommandFailed) as error:
        trouble = error
    run = records.read_one(batch.clone, batch.remote.name, number)
    name = f"{batch.remote.name}#{number}"
    if report and not report.live.is_home:
        raise Refused(f"{name} {report.live.state.phrase}: it can be verified when it has ended.")
    if run is None or not run.settled:
        raise trouble or Refused(f"{name} has no record of its end, so nothing can be verified.")
    return Case(batch, run, report, trouble)


def _report(batch: Batch, number: int, tell: Callable[[str], None]) -> VerificationReport:
    """Ask the server for its report, once the results of a run that has ended are home."""
    report = batch.server.verify(number)
    if report.live.is_home or not report.live.state.final:
        return report
    find_home(batch, number, tell)
    return batch.server.verify(number)


def _fetch(batch: Batch, report: VerificationReport) -> None:
    """Bring the records and the commits that aren't here, all at once."""
    clone, remote = batch.clone, batch.remote.name
    wanted = {report.result, report.live.commit} - {""}
    missing = sorted(commit for commit in wanted if clone.commit_of(commit) is None)
    if missing or report.log_tip != records.tip(clone, remote):
        records.fetch(clone, batch.host, remote, *missing)


def _forged(signed: Sequence[Signed]) -> Iterator[Check]:
    """A red check for a signature of something else, or of a revoked key; others aren't needed."""
    if bad := [str(each) for each in signed if each.signer.trust in {Trust.BAD, Trust.REVOKED}]:
        yield Check("signatures", Colour.RED, f"{'; '.join(bad)}.")


def _record(batch: Batch, verification: Verification) -> None:
    """Note a verdict that the history doesn't have already; nobody withdraws what nobody gave."""
    run = verification.run
    before = next((f.badge for f in run.findings if not f.badge.is_of_reproduction), None)
    if verification.holds and before is not Badge.VERIFIED:
        attest(batch, run, Badge.VERIFIED)
    elif verification.refuted and before is Badge.VERIFIED:
        attest(batch, run, Badge.UNVERIFIED)
