"""Says in plain words why HTCondor holds a job."""

from __future__ import annotations

import re

from gitbatch_tui.core.base.text import one_line

_BY_USER, _ON_SUBMIT = 1, 15
_WORDS = {
    3: "by its own policy",
    4: "its credentials are not valid",
    5: "its own policy could not be evaluated",
    6: "its program could not be started",
    7: "its output file could not be opened",
    8: "its input file could not be opened",
    9: "its output file could not be opened",
    10: "its input file could not be opened",
    11: "a file transfer went wrong",
    12: "its output files could not be brought home",
    13: "its input files could not be sent",
    14: "its directory could not be entered",
    16: "its input files are being spooled",
    18: "a file transfer went wrong",
    19: "the site's preparation of the job failed",
    20: "its time to begin has passed",
    21: "by the policy of its machine",
    22: "its event log could not be written",
    23: "its user's account could not be used",
    26: "by the policy of the site",
    27: "the policy of the site could not be evaluated",
    32: "its input files are larger than the site allows",
    33: "its output files are larger than the site allows",
    34: "it used more than it had asked for",
    35: "its container image is not valid",
    36: "its checkpoint could not be written",
    45: "containers don't work on its machine",
    46: "it took longer than the site allows",
    47: "it ran longer than the site allows",
}
"""By HoldReasonCode; other codes are told in HTCondor's words alone."""
_USER = re.compile(r" ?\(by user ([^)]*)\)$")


def held(code: int | None, reason: str, owner: str = "") -> str:
    """`held by you: ...`, from HoldReasonCode and HoldReason of a job of this owner."""
    said = re.sub(r"^Error from \S+: ", "", one_line(reason).strip())
    if code == _ON_SUBMIT:
        return "held since it was submitted, as asked for"
    if code == _BY_USER:
        return _by_user(said, owner)
    words = _WORDS.get(code or 0)
    if not words:
        return f"held: {said}" if said else f"held (code {code})"
    begin = f"held {words}" if words.startswith("by ") else f"held: {words}"
    return f"{begin}: {said}" if said else begin


def _by_user(said: str, owner: str) -> str:
    match = _USER.search(said)
    who = match[1] if match else ""
    why = said[: match.start()] if match else said
    by = "you" if who and who == owner else who or "a user"
    return f"held by {by}" + ("" if why in {"", "via condor_hold"} else f": {why}")
