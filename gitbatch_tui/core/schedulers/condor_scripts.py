"""The scripts that ask HTCondor about jobs, and change them.

What the first one prints: `queue STATUS` and the ads of condor_q; `too-big`, `unmet` or `busy` and
the jobs for which the pool has no machine, none that meets their requirements, or none just now;
`history STATUS` and the ads of condor_history, up to twice; `nodes STATUS` and those of the nodes
of workflows that failed; `factories STATUS` and the clusters that have jobs to make; and `events`
and what event logs hold.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.condor_ads import ATTRIBUTES
from gitbatch_tui.core.schedulers.outcome import TELL

# Its programs take the name of a user, and -all, where a job is expected.
JOBS = """jobs=
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
    JOBS
    + f"attributes={','.join(ATTRIBUTES)}"
    + r"""
tab=$(printf '\t')
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
	$1 == "\"TotalSubmitProcs\":" || $1 == "\"JobMaterializeLimit\":" {
		if ($2 > all[cluster]) all[cluster] = $2
	}
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
	within 4 condor_status -limit 1 -af Name -constraint "($1) =?= true" </dev/null 2>/dev/null
}
fits () {
	# Is there any machine for what waits?  Nobody is told that there is none
	# by a pool that says nothing at all.  What a machine has in all counts,
	# not what it has left; what it doesn't tell of, it hasn't.
	printf '%s\n' "$ads" | awk '
	function value() {
		sub(/^ *"[A-Za-z]+": /, "")
		sub(/,$/, "")
		return $0
	}
	function plain(text) {
		if (text !~ /^"\\\/Expr\(.*\)\\\/"$/) return ""
		text = substr(text, 9, length(text) - 12)
		gsub(/\\\//, "/", text)
		gsub(/\\"/, "\"", text)
		gsub(/\\\\/, "\\", text)
		return text
	}
	function told(size, asks, name) {
		if (!idle || cpus !~ /^[0-9]+$/) return
		size = "TotalSlotCpus >= " cpus " && TotalSlotMemory >= " memory + 0
		size = size " && TotalSlotDisk >= " disk + 0
		if (gpus + 0) size = size " && TotalSlotGPUs >= " gpus + 0
		asks = plain(requirements)
		gsub(/RequestCpus/, cpus, asks)
		gsub(/RequestMemory/, memory + 0, asks)
		gsub(/RequestDisk/, disk + 0, asks)
		gsub(/RequestGPUs/, gpus + 0, asks)
		gsub(/MY\.FileSystemDomain/, domain, asks)
		gsub(/TARGET\.Cpus/, "TotalSlotCpus", asks)
		gsub(/TARGET\.Memory/, "TotalSlotMemory", asks)
		gsub(/TARGET\.Disk/, "TotalSlotDisk", asks)
		gsub(/TARGET\.GPUs/, "TotalSlotGPUs", asks)
		gsub(/TARGET\./, "", asks)
		# What depends on more of the job is for HTCondor to know.
		if (asks == "" || asks ~ /MY\./) asks = "true"
		jobs[size "\t" asks] = jobs[size "\t" asks] " " cluster "." proc
	}
	$1 == "{" { idle = cpus = memory = disk = gpus = requirements = 0; domain = "\"\"" }
	$1 == "\"ClusterId\":" { cluster = value() }
	$1 == "\"ProcId\":" { proc = value() }
	$1 == "\"JobStatus\":" { idle = value() == 1 }
	$1 == "\"RequestCpus\":" { cpus = value() }
	$1 == "\"RequestGPUs\":" { gpus = value() }
	$1 == "\"RequestMemory\":" { memory = value() }
	$1 == "\"RequestDisk\":" { disk = value() }
	$1 == "\"FileSystemDomain\":" { domain = value() }
	$1 == "\"Requirements\":" { requirements = value() }
	$1 ~ /^}/ { told() }
	END { for (each in jobs) print each "\t" jobs[each] }' | head -n 3 |
	while IFS="$tab" read -r size asks jobs
	do
		fitting=$(machine "$size && ($asks)") || continue
		test -z "$fitting" || {
			printf 'busy %s\n' "$jobs"
			continue
		}
		any=$(machine true) && test -n "$any" || continue
		fitting=$(machine "$size") || continue
		test -n "$fitting" && word=unmet || word=too-big
		printf '%s %s\n' "$word" "$jobs"
	done
}
dags () {
	# The workflows that failed
	printf '%s\n' "$ads" | awk '
	{ sub(",$", "") }
	$1 == "{" { universe = code = 0 }
	$1 == "\"ClusterId\":" { cluster = $2 }
	$1 == "\"ExitCode\":" { code = $2 }
	$1 == "\"JobUniverse\":" { universe = $2 }
	$1 ~ /^}/ && universe == 7 && code { print cluster }'
}
nodes () {
	for dag
	do
		answer=$(within 5 condor_history -json -limit 10000 \
			-attributes DAGManJobId,DAGNodeName,JobStatus,ExitCode,ExitBySignal,ExitSignal \
			-constraint "DAGManJobId == $dag" </dev/null)
		printf 'nodes %s\n%s\n' "$?" "$answer"
	done
}
factories () {
	# Those that still have jobs to make
	answer=$(within 5 condor_q -factory -json -attributes "$attributes" "$@" </dev/null 2>/dev/null)
	printf 'factories %s\n%s\n' "$?" "$answer"
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
test "$status" != 0 || fits
missing=$(absent parts "$@")
test -z "$missing" || history $missing
gone=$(absent all "$@")
test -z "$gone" || test "$status" != 0 || {
	# It may be on its way from the queue into the history.
	sleep 1
	history $gone
}
broken=$(dags)
test -z "$broken" || nodes $broken
gone=$(absent parts "$@")
test -z "$gone" || {
	test "$status" != 0 || factories $gone
	echo events
	logs $gone
}
:"""
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
CANCEL = f"""{JOBS}order () {{
	within 20 condor_rm "$1"
}}
{_ORDER}"""
HOLD = f"""{JOBS}order () {{
	within 20 condor_hold -constraint "$2 && JobStatus == 1"
}}
{_ORDER}"""
RELEASE = f"""{JOBS}order () {{
	within 20 condor_release -constraint "$2 && JobStatus == 5"
}}
{_ORDER}"""
