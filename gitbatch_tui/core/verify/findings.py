"""What verifying and reproducing came to, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitbatch_tui.models import Finding


def finding_words(finding: Finding) -> str:
    """The badge, who gave it, and what differs; harmless, in one line."""
    words = str(finding.badge)
    if finding.by:
        words += f" by run {finding.by}"
    if finding.tolerance:
        words += f", tolerance {finding.tolerance}"
    if finding.differs:
        words += f": {', '.join(finding.differs)}"
    if finding.volatile:
        words += f" (may differ: {', '.join(finding.volatile)})"
    return words
