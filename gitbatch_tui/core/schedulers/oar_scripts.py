"""The scripts that ask OAR about jobs, and change them.

The first one prints what oarstat says in JSON, and at last `gitbatch: ` with its exit status.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.grammar import functions_of
from gitbatch_tui.core.schedulers.outcome import TELL

WAITS = "Waiting toAckReservation toLaunch"
_LIVES = f"{WAITS} Hold Launching Running Suspended Resuming"
_SITE = r"""export LC_ALL=C
command -v oarstat >/dev/null || {
	echo >&2 "there is no oarstat on the PATH: BASE/profile can set it"
	exit 1
}
""" + functions_of("schedulers/oar.sh", "oar_apart", "oar_until")
ASK = (
    _SITE
    + r"""for job
do
	shift
	case $job in
	'' | *[!0-9]*) ;;
	*) set -- "$@" -j "$job" ;;
	esac
done
test $# -gt 0 || {
	printf '\ngitbatch: 0\n'
	exit 0
}
oar_apart 20 oarstat -f -J "$@"
"""
)
_ORDER = (
    TELL
    + _SITE
    + r"""for job
do
	# 4711: Waiting
	now=$(oar_apart 10 oarstat -s -j "$job" 2>&1)
	case $now in
	*"$job: "*) state=${now##*"$job: "} state=${state%%[!A-Za-z]*} ;;
	*'gitbatch: 0'*) state=gone ;;
	*)
		came "$job" 1 "$now"
		continue
		;;
	esac
	case " $which " in
	*" $state "*) ;;
	*)
		tell gone "$job"
		continue
		;;
	esac
	said=$(oar_apart 10 "$program" "$job" 2>&1)
	case $said in
	*'gitbatch: 0'* | *'already killed'*) tell "done" "$job" ;;
	*'not in the right state'*) tell gone "$job" ;;
	*) came "$job" 1 "$(printf '%s\n' "$said" | grep -v '^gitbatch: ')" ;;
	esac
done
exit "$trouble"
"""
)


def _script(program: str, which: str) -> str:
    return f"program={program} which='{which}'\n{_ORDER}"


CANCEL = _script("oardel", _LIVES)
HOLD = _script("oarhold", WAITS)
RELEASE = _script("oarresume", "Hold")
