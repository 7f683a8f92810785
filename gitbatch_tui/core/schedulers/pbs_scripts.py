"""The scripts that ask PBS about jobs, and change them.

The first one prints what `qstat -f` says of each job, an attribute a line, and at last `gitbatch: `
with qstat's exit status and `history` or `current`: whether it could tell of ended jobs, too.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.grammar import functions_of
from gitbatch_tui.core.schedulers.outcome import TELL

WHOSE = functions_of("schedulers/pbs.sh", "pbs_qstat")
"""sh: `pbs_qstat` prints whose program qstat is: `pbs`, `torque`, `slurm`, or nothing."""

# qstat is also a program of Grid Engine, and of Slurm for people who are used to it. Without -w
# (-1) a job could make up attributes by line ends in its variables.
_SITE = (
    WHOSE
    + functions_of("schedulers/pbs.sh", "pbs_words")
    + r"""export LC_ALL=C TZ=UTC0
command -v qstat >/dev/null || {
	echo >&2 "there is no qstat on the PATH: BASE/profile can set it"
	exit 1
}
pbs_words || {
	echo >&2 "the qstat on the PATH doesn't say that it is that of PBS: try \`qstat --version\`"
	exit 1
}
"""
)
ASK = (
    _SITE
    + r"""ask () {
	# shellcheck disable=SC2086 # none, or one
	{
		trouble=$(within 20 qstat $history -t -f "$wide" "$@" 2>&1 >&3 3>&-)
		status=$?
	} 3>&1
}
ask "$@"
case $trouble in
*'not configured to maintain job history'*)
	history=
	ask "$@"
	;;
esac
printf '%s\n' "$trouble" >&2
printf 'gitbatch: %s %s\n' "$status" "$(test -n "$history" && echo history || echo current)"
"""
)
# qhold marks what runs, too, and qrls of somebody else's hold says that all is well.
_ORDER = (
    TELL
    + _SITE
    + r"""for job
do
	now=$(within 10 qstat -f "$wide" "$job" 2>&1)
	status=$?
	case $now in
	*'Unknown Job Id'* | *'has finished'*)
		tell gone "$job"
		continue
		;;
	esac
	test "$status" = 0 || {
		came "$job" "$status" "$now"
		continue
	}
	state=$(printf '%s\n' "$now" | sed -n 's/^    job_state = //p' | head -n 1)
	holds=$(printf '%s\n' "$now" | sed -n 's/^    Hold_Types = //p' | head -n 1)
	case "$state $holds" in
	$which) ;;
	*)
		tell gone "$job"
		continue
		;;
	esac
	said=$(within 10 "$program" "$job" 2>&1)
	status=$?
	case $said in
	*'has finished'* | *'Unknown Job Id'*) tell gone "$job" ;;
	*) came "$job" "$status" "$said" ;;
	esac
done
exit "$trouble"
"""
)
CANCEL = f"program=qdel which='[!CFX] *'\n{_ORDER}"
HOLD = f"program=qhold which='[QWB] *'\n{_ORDER}"
RELEASE = f"program=qrls which='[HB] *u*'\n{_ORDER}"
