"""The scripts that ask Grid Engine about jobs, and change them.

What the first one prints, in parts that begin with a line `gitbatch: ` and a word: what qacct has
of each job that isn't in the queue (`ended 7`), the `queue`, the `details` of qstat -j, the `slots`
of all queues, and the jobs that are `gone`.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.outcome import TELL

# What qstat -j tells of a job that its owner made up is left out, but for these.
ASK = r"""export LC_ALL=C TZ=UTC0
refuse () {
	test "$1" != 124 || echo >&2 "qstat gave no answer in time"
	exit 1
}
described () {
	while IFS= read -r line
	do
		value=${line#*:}
		value=${value#"${value%%[! ]*}"}
		case $line in
		job_number:*) home='' folder='' ;;
		sge_o_home:*) home=$value folder=$value ;;
		cwd:*) folder=$value ;;
		std*_path_list:*)
			path=${value#*:*:}
			path=${path%%,*}
			case $path in
			'$HOME'*) path=$home${path#?HOME} ;;
			/*) ;;
			*) path=$folder/$path ;;
			esac
			test ! -d "$path" || path=$path/
			line=${line%%:*}": $path"
			;;
		esac
		printf '%s\n' "$line"
	done
}
command -v qstat >/dev/null || {
	echo >&2 "there is no qstat on the PATH: BASE/profile can set it"
	exit 1
}
list=$(IFS=,; echo "$*")
details=$(within 20 qstat -j "$list" 2>&1)
status=$?
case $status:$details in
0:* | *'not exist'*) ;;
*)
	printf '%s\n' "$details" >&2
	refuse "$status"
	;;
esac
details=$(printf '%s\n' "$details" | awk '
	/^[^ ]/ { told = 0 }
	/^(job_number|job_name|owner|sge_o_home|cwd|merge|std(out|err)_path_list):/ { told = 1 }
	/^(submission|execution)_time:|^jid_predecessor_list: |^job-array tasks:/ { told = 1 }
	/^error reason |^scheduling info:/ { told = 1 }
	told')
owners=$(printf '%s\n' "$details" | sed -n 's/^owner: *//p' | sort -u | tr '\n' ',')
queue=
test -z "$owners" || queue=$(within 20 qstat -xml -u "${owners%,}") || refuse $?
arrays=" $(printf '%s\n' "$details" |
	awk '$1 == "job_number:" { job = $2 } /^job-array tasks:/ { print job }' | tr '\n' ' ')"
begun=$(date +%s)
for job
do
	case $queue$arrays in
	*"_number>$job<"*" $job "*) ;;
	*"_number>$job<"*) continue ;;
	esac
	echo "gitbatch: ended $job"
	if test "$(($(date +%s) - begun))" -gt 20
	then
		echo "there was no time to ask qacct"
	else
		within 20 qacct -j "$job" 2>&1 || test $? != 124 || echo "qacct gave no answer in time"
	fi
done
printf 'gitbatch: queue\n%s\ngitbatch: details\n' "$queue"
printf '%s\n' "$details" | described
echo 'gitbatch: slots'
case $queue in
*'state="pending"'*) within 10 qstat -g c 2>/dev/null ;;
esac
echo 'gitbatch: gone'
within 20 qstat -xml -s z -u '*' 2>/dev/null
echo 'gitbatch: end'"""
CANCEL = (
    TELL
    + r"""export LC_ALL=C
for job
do
	said=$(within 10 qdel "$job" 2>&1)
	status=$?
	case $said in
	*'does not exist'*) tell gone "$job" ;;
	*'for deletion'* | *'has deleted'* | *'in deletion'*) tell "done" "$job" ;;
	*) came "$job" "$status" "$said" ;;
	esac
done
exit "$trouble"
"""
)
# What runs would be held, too, and stay so where it has to begin again: only those tasks are named
# that wait.
_ORDER = (
    TELL
    + r"""export LC_ALL=C
listed=$(within 10 qstat -xml -s p -u '*') || {
	echo >&2 "qstat gave no answer"
	exit 1
}
for job
do
	task=${job#"${job%.*}"}
	tasks=$(printf '%s\n' "$listed" | awk -F '[<>]' -v job="${job%.*}" -v task="${task#.}" '
		function waits(range, part, ends, step, n) {
			if (task == "" || range == "") return range
			n = split(range, part, ",")
			for (; n; n--) {
				split(part[n], step, ":")
				if (split(step[1], ends, "-") == 1) ends[2] = ends[1]
				if (task >= ends[1] + 0 && task <= ends[2] + 0) return task
			}
			return "no"
		}
		$2 == "JB_job_number" { mine = $3 == job; tasks = "" }
		$2 == "state" { state = $3 }
		$2 == "tasks" { tasks = $3 }
		$2 == "/job_list" && mine && state ~ '"$which"' {
			tasks = waits(tasks)
			if (tasks == "") print job
			n = split(tasks, part, ",")
			for (i = 1; i <= n; i++) if (tasks != "no") print job "." part[i]
		}')
	test -n "$tasks" || {
		tell gone "$job"
		continue
	}
	# shellcheck disable=SC2086 # one word each
	said=$(within 10 "$program" $tasks 2>&1)
	came "$job" "$?" "$said"
done
exit "$trouble"
"""
)
HOLD = f"which='/^[Rq]*w$/' program=qhold\n{_ORDER}"
RELEASE = f"which='/h.*w/' program=qrls\n{_ORDER}"
