"""The scripts that ask HTCondor about jobs, and change them.

What the first one prints: `queue STATUS` and the ads of condor_q, `too-big CPUS MEMORY GPUS` for
what no machine of the pool has, `history STATUS` and the ads of condor_history, up to twice, and
`events` and what event logs hold.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.adapter import INSIDE
from gitbatch_tui.core.schedulers.condor_ads import ATTRIBUTES
from gitbatch_tui.core.schedulers.outcome import TELL

# Its programs take the name of a user, and -all, where a job is expected.
_JOBS = """jobs=
for job
do
	case $job in
	'' | *[!0-9.]*) ;;
	*) jobs="$jobs $job" ;;
	esac
done
set -- $jobs
test $# -gt 0 || {
	echo >&2 "HTCondor has no such job"
	exit 1
}
"""
ASK = (
    _JOBS
    + f"attributes={','.join(ATTRIBUTES)}"
    + r"""
queue () {
	answer=$(within 15 condor_q -json -attributes "$attributes" "$@" </dev/null)
	status=$?
	printf 'queue %s\n%s\n' "$status" "$answer"
	ads=$answer
}
history () {
	answer=$(within 10 condor_history -json -attributes "$attributes" \
		-limit 10000 "$@" </dev/null)
	printf 'history %s\n%s\n' "$?" "$answer"
	ads="$ads
$answer"
}
absent () {
	# KIND JOB...: those of which there is nothing among the ads, or not all
	printf '%s\n' "$ads" | awk -v kind="$1" -v jobs="$*" '
	{ sub(",$", "") }
	$1 == "\"ClusterId\":" { cluster = $2; seen[cluster]++ }
	$1 == "\"TotalSubmitProcs\":" { all[cluster] = $2 }
	END {
		count = split(jobs, names, " ")
		for (i = 2; i <= count; i++) {
			cluster = int(names[i])
			if (!seen[cluster] || kind == "parts" && seen[cluster] < all[cluster])
				print cluster
		}
	}'
}
machine () {
	# CONSTRAINT: the name of a slot for which it is true, if there is one
	within 4 condor_status -limit 1 -af Name -constraint "$1" </dev/null 2>/dev/null
}
too_big () {
	# Is there any machine with what the job asks for?  Nobody is told that
	# there is none by a pool that says nothing at all.
	printf '%s\n' "$ads" | awk '
	function told() { if (idle && cpus ~ /^[0-9]+$/) print cpus, memory + 0, gpus + 0 }
	{ sub(",$", "") }
	$1 == "\"ClusterId\":" { idle = cpus = memory = gpus = 0 }
	$1 == "\"JobStatus\":" { idle = $2 == 1 }
	$1 == "\"RequestCpus\":" { cpus = $2 }
	$1 == "\"RequestGPUs\":" { gpus = $2 }
	$1 == "\"RequestMemory\":" { memory = $2 }
	$1 == "}" { told() }' | sort -u | head -n 2 |
	while read -r cpus memory gpus
	do
		small="TotalSlotCpus < $cpus || TotalSlotMemory < $memory"
		fitting=$(machine "($small || TotalSlotGPUs < $gpus) =!= true") &&
		test -z "$fitting" && any=$(machine true) && test -n "$any" &&
		printf 'too-big %s %s %s\n' "$cpus" "$memory" "$gpus"
	done
}
logs () {
	# The event logs of these jobs, among the files of active runs
	pattern=$(printf '|0*%s' "$@")
	for run in "$base/active"/*
	do
		dir=$base/runs/${run##*/}
		for log in "$dir"/*log* "$dir"/tree/*log* "$dir"/tree/*/*log*
		do
			test -f "$log" &&
			head -c 65536 "$log" | grep -Eq "^0(00|35) \((${pattern#?})\." &&
			tail -c 1048576 "$log" && echo
		done
	done
}

queue "$@"
test "$status" != 0 || too_big
missing=$(absent parts "$@")
test -z "$missing" || history $missing
gone=$(absent all "$@")
test -z "$gone" || test "$status" != 0 || {
	# It may be on its way from the queue into the history.
	sleep 1
	history $gone
	gone=$(absent all "$@")
}
test "$status" = 0 || gone=$(absent parts "$@")
test -z "$gone" || {
	echo events
	logs $gone
}
:"""
)
FIND = (
    INSIDE
    + r"""mine="Owner == \"$(id -un)\""
{
	within 15 condor_q -constraint "$mine" -format '%d ' ClusterId -format '%s\n' Iwd &&
	within 5 condor_history -limit 100 -constraint "$mine" \
		-format '%d ' ClusterId -format '%s\n' Iwd
} </dev/null | inside "$1"
"""
)
# An order says what it is for, so that it acts on no more and no later than that.
_ORDER = (
    TELL
    + r"""for job
do
	of="ClusterId == ${job%.*}"
	test "$job" = "${job%.*}" || of="$of && ProcId == ${job#*.}"
	said=$(order "$job" "$of" 2>&1)
	status=$?
	case $said in
	*"Couldn't find"* | *' not found'*) tell gone "$job" ;;
	*) came "$job" "$status" "$said" ;;
	esac
done
exit "$trouble"
"""
)
CANCEL = f"""{_JOBS}order () {{
	within 20 condor_rm "$1"
}}
{_ORDER}"""
HOLD = f"""{_JOBS}order () {{
	within 20 condor_hold -constraint "$2 && JobStatus == 1"
}}
{_ORDER}"""
RELEASE = f"""{_JOBS}order () {{
	within 20 condor_release -constraint "$2 && JobStatus == 5"
}}
{_ORDER}"""
