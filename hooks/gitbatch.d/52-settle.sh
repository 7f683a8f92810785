# --- Settling

settle_run () {
	# [STATE [EXIT [REASON]]]: idempotent; 3 where the run has not ended.
	settle_once "$@"
	settled=$?
	test "$settled" = 3 || return "$settled"
	# Nobody who settles it, too, waits for a scheduler.
	if seems_over && search
	then
		settle_once
		settled=$?
	elif seems_over
	then
		postpone
	fi
	test "$settled" != 3 || echo "run $run has not ended: $state_so_far"
	return "$settled"
}

# sets: me
settle_once () {
	test "$has_git" = yes || {
		echo "run $run is settled where there is git: none is on the PATH here"
		return 1
	}
	check_own
	process $$
	me=$process
	lock "$dir/settling" 30
	case $? in
	1)
		echo "run $run is being settled"
		return 1
		;;
	2)
		one_line "$trouble"
		echo "run $run can not be settled yet: $one_line"
		return 1
		;;
	esac
	settling=$dir/settling
	trap 'rm -f "$settling" "$dir/$draft.tmp"' EXIT
	came_to=
	settle_locked "$@"
	settled=$?
	rm -f "$settling" "$dir/$draft.tmp"
	trap - EXIT
	test -z "$came_to" || tell_end
	return "$settled"
}

# sets: came_to results state_so_far
settle_locked () {
	# [STATE [EXIT [REASON]]]: what a person says of the run
	reload_request || {
		echo "run $run was never accepted"
		return 1
	}
	case "${1:-}" in
	succeeded | failed | cancelled | lost) note_word "$@" ;;
	esac
	judge
	results=
	field "$dir/settled" results && results=$value
	case "$ended:$results" in
	settled:undelivered*) ;;
	settled:*)
		rm -f "$base/active/$run" "$base/undelivered/$run"
		echo "run $run: $state"
		return 0
		;;
	no:*)
		! test -f "$dir/settled" || reopen
		state_so_far=$state
		deliver_early
		return 3
		;;
	esac
	before="$ended:$results"
	gather
	case "$before/$results" in
	settled:undelivered*/undelivered*)
		postpone
		sweep_temporaries
		echo "run $run: $state, its results are $results"
		return 1
		;;
	esac
	write_record || {
		heart_of "$trouble"
		postpone
		echo "run $run can not be settled yet: $one_line"
		return 1
	}
	free_slots
	# What is left in the queue is of jobs that were killed there.
	rm -f "$base/active/$run" "$base/queue/$run" "$base/queue/$run".[0-9]* \
		"$base/undelivered/$run" "$dir/postponed"
	postpone_delivery
	announce "$run"
	came_to=$state
	echo "run $run: $state"
}

deliver_early () {
	# All that is known of the run is over; its scheduler has to be asked whether
	# that is all.  What there is doesn't wait for that.
	seems_over || return 0
	judge_finished
	gather
}

note_word () {
	# STATE [EXIT [REASON]]: of whatever of the run is not known better
	clock
	one_line "${3:-}"
	mkdir -p "$dir/told" &&
	put "$dir/told/run" "state: $1
exit: ${2:-}
reason: $one_line
time: $now
by: ${LOGNAME:-${USER:-$(id -un)}}"
}

reopen () {
	# A run that seemed over has something to say after all.
	activate
	test ! -f "$dir/settled" || mv -f "$dir/settled" "$dir/settled.before"
	announce "$run"
}

postpone () {
	# The next contacts let it be for 10 s, 20 s and so on, an hour at most.
	tries=0
	! field "$dir/postponed" tries || tries=$value
	clock
	pause_now=$((tries < 8 ? 10 << tries : 3600))
	put "$dir/postponed" "tries: $((tries + 1))
until: $((epoch + pause_now))"
}

postpone_delivery () {
	# What there was no room for is tried again, by whoever comes next.
	case "$results" in
	undelivered*) ;;
	*) return 0 ;;
	esac
	printf '%s\n' "$results" | grep -qi "$of_the_disk" || return 0
	mkdir -p "$base/undelivered" &&
	printf '' >"$base/undelivered/$run" && postpone
}

# sets: elsewhere ignored ignored_bytes ignored_files place result results
# sets: trouble
gather () {
	# What the job left, committed and delivered.  A failed job's own commits
	# show on the branch; what it left half-done is only kept.
	results=none result='' place='' ignored='' warning='' trouble='' elsewhere=''
	ignored_files=0 ignored_bytes=0
	test -d "$dir/tree" || return 0
	if ! { ask open_for_results && gather_by_state; }
	then
		heart_of "$trouble"
		results="undelivered: $one_line"
		# No record may lead to what the repository doesn't have.
		result='' elsewhere=
	elif test -n "$result$elsewhere" || test -s "$dir/large"
	then
		results=delivered
	fi
	close_mirror
	note_delivery
}

# sets: facts lines
fact () {
	# KEY NAME VALUE: for the record by its KEY, for the file by its NAME
	test -n "$3" || return 0
	facts="$facts$newline$1: $3"
	lines="$lines$newline$2: $3"
}

gather_by_state () {
	# Where nobody told of a job, only commits can be told from half-done work.
	if test "$begun" = 0 && test -z "$has_told"
	then
		bring_home yes
	elif test "$state" = succeeded
	then
		collect Results && bring_home yes
	else
		# No branch moves to what a settle of before committed of a failed job.
		own=yes
		test "$(tree_git log -1 --format=%s)" != "Partial results of run $run" || own=no
		bring_home "$own" && collect 'Partial results' && bring_home no
	fi
}

# sets: parts record_tree
make_record_tree () {
	# Sets $record_tree: what belongs to the record, and is too long for a line
	record_tree=
	parts=
	for part in environment large tasks
	do
		test -s "$dir/$part" || continue
		blob=$(bare hash-object -w --no-filters -- "$dir/$part") || {
			warn "its $part could not be recorded"
			continue
		}
		parts="${parts}100644 blob $blob$tab$part$newline"
	done
	test -n "$parts" || return 0
	record_tree=$(printf %s "$parts" | bare mktree) &&
	# mktree ends well also where it could not write.
	bare cat-file -e "$record_tree" || {
		record_tree=
		warn 'its environment, large files and tasks could not be recorded'
	}
}

# sets: lines
write_record () {
	clock
	facts='' lines=
	fact Exit exit "$exit"
	fact Reason reason "$reason"
	fact Result result "$result"
	fact Place place "$place"
	fact Results results "$results"
	test -z "$elsewhere" || while IFS= read -r line
	do
		fact Elsewhere elsewhere "$line"
	done <<-EOT
	$elsewhere
	EOT
	test ! -s "$dir/large" || fact Large large "$(grep -c '' "$dir/large")"
	fact Ignored ignored "$ignored"
	test "$ignored_files" = 0 || {
		fact Ignored-Files ignored-files "$ignored_files"
		fact Ignored-Bytes ignored-bytes "$ignored_bytes"
	}
	list_tasks
	make_record_tree
	test "$refusals" = 0 || test "$known" = 0 || {
		tell_refusals
		warn "$refusal"
	}
	test ! -f "$dir/unaskable" || warn_unasked
	one_line "$warning"
	fact Warning warning "$one_line"
	fact Job job "$job"
	fact Jobs jobs "$known"
	fact Wrappers wrappers "$wrappers"
	fact Host host "$hosts"
	fact Started started "$first"
	fact Finished finished "$last"
	fact Used used "$(sum_usage)"
	facts_of_links
	fact Time time "$now"
	# The first record of a rejected run, which keeps its commit, may be missing.
	kept=$result
	test "$state" != rejected || kept="$commit $result"
	recorded || exclusively record "$state" "$kept" "$facts" || return 1
	count_told
	put "$dir/settled" "run: $run
state: $state
branch: $branch
commit: $commit$lines
told: $told_words" ||
	return 1
	sweep_temporaries
}

# sets: each
sweep_temporaries () {
	# Of a run that is over: what processes have left that were killed as they
	# wrote it.  A run tree that could not be removed is told of by prune.
	set -- "$dir"/submits/.*.pipe "$dir"/submits/.*.end
	for each in "$dir"/*.tmp "$dir"/told/*.tmp
	do
		writer=${each%.tmp}
		writer=${writer##*.}
		test "$each" = "$dir/pruned.tmp" || is_somebody "$writer" || set -- "$@" "$each"
	done
	rm -rf "$@"
}

is_somebody () {
	# PID: else than this program, and alive?
	number "$1" && test "$1" != "$$" && {
		process "$1" || { test -n "$pids_hidden" && kill -0 "$1" 2>/dev/null; }
	}
}

warn_unasked () {
	read -r unasked_queue <"$dir/unaskable"
	warn "$unasked_queue can't be asked whether there are more jobs: it isn't here"
}

recorded () {
	# Did a settle that died get as far as this very record?
	test -n "$died" &&
	bare log -1 --format=%B --fixed-strings \
		--grep="run $run $state" refs/gitbatch/log 2>/dev/null |
	grep -qx "Result: $result"
}

# --- A run whose directory was removed

# sets: dir run
was_removed () {
	# RUN: sets $run and $dir
	run=${1##*#}
	dir=$base/runs/$run
	number "$run" && test -f "$base/active/$run" && test ! -d "$dir"
}

# sets: submitted
settle_removed () {
	# Its end is noted where its beginning was: in the history.
	submitted=$(bare log -1 --format=%B --all-match --grep="^Run: $run\$" \
		--grep='^State: submitted$' refs/gitbatch/log)
	test -n "$submitted" || {
		rm -f "$base/active/$run"
		echo "run $run was never accepted"
		return
	}
	mkdir -p "$dir" && put "$dir/request" "run: $run
$(printf '%s\n' "$submitted" | sed -n '
	s/^Branch: /branch: /p
	s/^Commit: /commit: /p
	s/^Tree: /tree: /p
	s/^Subject: /subject: /p
	s/^Submitter: /submitter: /p
	s/^Origin: /origin: /p
	s/^Sweep: /sweep: /p
	s/^Time: /time: /p')" && settle_run lost '' 'its directory was removed'
}
