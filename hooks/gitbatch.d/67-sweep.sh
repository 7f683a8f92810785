# --- Sweeps
#
# Many runs of one commit, each with parameters of its own, in one go.  A sweep
# may have to be tried several times.  Its KEY, which the client makes of what
# is wanted, sees to it that each of its rows is one run all the same:
# runs/.sweep.KEY has a line "ROW RUN" for each that has begun; of a row
# that was interrupted before its schedule.sh, the last line counts.
#
# What failed of a sweep is run again by clients that each saw another part of
# it fail.  runs/.sweep.again.SWEEP has their lines, "OLD RUN", whatever the KEY.

at_once=50 # runs that are recorded at once; meanwhile none starts

# sets: claimed lanes pids room share submitter
start_sweep () {
	# Reads key=, branch=, commit=, and what may be left out: sweep=, the one
	# that is added to, and at-most=; then for each row a line row=NUMBER (and
	# "of RUN" where it is that one again) with lines option=NAME=VALUE; and
	# end.  Prints a line a row.
	read_wanted
	account_environment
	describe || die "$trouble"
	leave_newer "$git_version"
	share=0 room=0
	submitter=${LOGNAME:-${USER:-$(id -un)}}
	test -z "$shared" || submitter=$(id -un 2>/dev/null || id -u)
	lanes=$(($(processors) * 2))
	# So that not every job that waits on this machine has to find it out
	setting localslots "$((lanes / 2))"
	GITBATCH_SLOTS="$machine $value"
	export GITBATCH_SLOTS
	claimed='' claims=0 row='' shown='' pids=
	each_row
	start_claimed
	rm -f "$wanted" "$begun.lock"
	printf 'end\tsweep=%s\n' "$sweep"
	settle_waiting
}

# sets: at_most branch commit key sweep wanted
read_wanted () {
	# Nothing is begun before all of it has come.
	key='' branch='' commit='' sweep='' at_most=
	wanted=$base/runs/.sweep.wanted.$$.tmp
	cat >"$wanted" || die "$base/runs can not be written"
	test "$(tail -n 1 "$wanted")" = end || {
		rm -f "$wanted"
		die 'the connection was cut: nothing was started'
	}
	while IFS= read -r line
	do
		case "$line" in
		key=*) key=${line#*=} ;;
		branch=*) branch=${line#*=} ;;
		commit=*) commit=${line#*=} ;;
		sweep=*) sweep=${line#*=} ;;
		at-most=*) at_most=${line#*=} ;;
		*) break ;;
		esac
	done <"$wanted"
	why=$(objection_to_wanted) || {
		rm -f "$wanted"
		die "$why"
	}
	open_sweep
}

# sets: key
objection_to_wanted () {
	# Prints why they can't be, and fails
	case "${#key}:$key" in
	32:*[!0-9a-f]*) ;;
	32:*) key=good ;;
	esac
	test "$key" = good || {
		echo 'a sweep has a key of 32 hexadecimal digits'
		return 1
	}
	number "${sweep:-1}" && number "${at_most:-1}" && test "${at_most:-1}" -gt 0 || {
		echo 'sweep= and at-most= take a number'
		return 1
	}
	bare check-ref-format "refs/heads/$branch" || {
		echo "$branch is no name of a branch"
		return 1
	}
	bare cat-file -e "$commit^{commit}" 2>/dev/null || {
		echo "there is no commit $commit here"
		return 1
	}
}

# sets: begun me run sweep
open_sweep () {
	# Sets $begun, a file that is ours alone from here on, $begun_ROW for what
	# has begun, and $sweep
	begun=$base/runs/.sweep.$key
	test -z "$sweep" || ! grep -q '^row=[0-9]* of ' "$wanted" ||
	begun=$base/runs/.sweep.again.$sweep
	process $$
	me=$process
	lock "$begun.lock" 300
	case $? in
	1) die 'another process has been starting this sweep for 5 minutes' ;;
	2) die "$trouble" ;;
	esac
	test -z "$died" || rm -f "$base/runs/.sweep.wanted.${owner%% *}.tmp" \
		"$begun".*.tmp
	printf '' >>"$begun" || die "$begun can not be written"
	while read -r row run
	do
		number "$row" && number "$run" || continue
		test -n "$sweep" || sweep=$run
		eval "begun_$row=\$run older_$run=\$row"
	done <"$begun"
}

# sets: again options row
each_row () {
	options='' again=
	while IFS= read -r line_of_row
	do
		case "$line_of_row" in
		row=* | end)
			test -z "$row" || begin_row
			options='' again='' row=${line_of_row#row=}
			case "$row" in
			*' of '*) again=${row#* of } row=${row%% *} ;;
			esac
			;;
		option=*)
			options=$options${options:+$newline}${line_of_row#option=}
			know_capitals "${line_of_row#option=}"
			;;
		esac
	done <"$wanted"
}

know_capitals () {
	# NAME=VALUE: so that not every run has to find them out
	case "${1%%=*}" in
	'' | *[!A-Za-z0-9_]*) ;;
	*[a-z]*)
		eval "capitals=\${capitals_${1%%=*}-}"
		test -n "$capitals" ||
		eval "capitals_${1%%=*}=$(printf %s "${1%%=*}" | tr '[:lower:]' '[:upper:]')"
		;;
	esac
}

# sets: begun_as claimed origin pids run sweep sweep_lines
begin_row () {
	number "$row" && number "${again:-1}" || return 0
	test -z "$again" || leave_interrupted
	begun_as=${again:-$row}
	eval "run=\${begun_$begun_as-}"
	test -z "$run" || ! has_begun || return 0
	claim || die "$trouble"
	test -n "$sweep" || sweep=$run
	origin=${again:+rerun $again}
	origin=${origin:-sweep $sweep}
	set_row_limit
	sweep_lines="${newline}sweep: $sweep${row_limit:+${newline}at-most: $row_limit}"
	printf '%s %s\n' "$begun_as" "$run" >>"$begun" || die "$trouble"
	# Putting it in place takes a process, as the next claim does.
	write_request &
	pids="$pids $!"
	eval "origin_$run=\$origin options_$run=\$options"
	claimed="$claimed $row:$run" claims=$((claims + 1))
	test "$claims" -lt "$at_once" || start_claimed
}

# sets: again
leave_interrupted () {
	# A run that never began is no run to be again: what it was to be is.
	older=
	test "$begun" != "$base/runs/.sweep.$key" || return 0
	eval "older=\${older_$again-}"
	test -n "$older" && ! field "$base/runs/$again/scheduled" exit &&
	field "$base/runs/$again/settled" state && test "$value" = rejected ||
	return 0
	again=$older
}

# sets: row_limit
set_row_limit () {
	row_limit=$at_most
	test -n "$row_limit" || test -z "$again" ||
	! field "$base/runs/$again/request" at-most ||
	row_limit=$value
}

# sets: dir value
has_begun () {
	# Of a row with run $run: prints its line; or fails where it was
	# interrupted before schedule.sh could start anything.
	dir=$base/runs/$run
	test -f "$dir/request" || return 1
	field "$dir/scheduled" exit || {
		"$helper_dir/gitbatch" settle "$run" >/dev/null
		rm -f "$dir"/scheduled.*.tmp
		! field "$dir/settled" state || test "$value" != rejected || return 1
		value=0
	}
	tell_row "$value" before
}

# sets: state
tell_row () {
	# EXIT now|before
	state=submitted reason=
	test "$1" = 0 || {
		state=rejected
		field "$dir/scheduled" reason && reason=$value
	}
	trap '' PIPE
	printf 'row=%s\trun=%s\tstate=%s\tbegan=%s\treason=%s\n' \
		"$row" "$run" "$state" "$2" "$reason"
	trap - PIPE
} 2>/dev/null

# sets: lane pids reason
start_claimed () {
	# Records the runs that were claimed, at once, and starts them side by side
	test -n "$claimed" || return 0
	# shellcheck disable=SC2086 # numbers
	wait $pids
	check_requests
	reason=
	exclusively record_claimed || reason="the run could not be recorded: $trouble"
	make_places
	lane=0 pids=
	while test "$lane" -lt "$lanes"
	do
		start_lane </dev/null 3>/dev/null &
		pids="$pids $!" lane=$((lane + 1))
	done
	# shellcheck disable=SC2086 # numbers
	wait $pids
	claimed='' claims=0 pids=
}

check_requests () {
	for each in $claimed
	do
		test -f "$base/runs/${each#*:}/request" ||
		die "$base/runs/${each#*:} can not be written, is its disk full or a quota reached?"
	done
}

make_places () {
	# The folders of their run trees, by one program; who fails says so later.
	set --
	for each in $claimed
	do
		git=$base/runs/${each#*:}/tree/.git
		set -- "$@" "$git/objects/info" "$git/refs"
	done
	mkdir -p "$@" 2>/dev/null
}

# sets: dir options origin reason row run
start_lane () {
	# Every so manieth of the claimed runs
	turn=0 unrecorded=$reason
	for each in $claimed
	do
		test "$((turn % lanes))" != "$lane" || {
			row=${each%:*} run=${each#*:} reason=$unrecorded
			dir=$base/runs/$run
			eval "origin=\$origin_$run options=\$options_$run"
			start_in_lane
		}
		turn=$((turn + 1))
	done
}

# sets: trouble
start_in_lane () {
	test -n "$reason" || {
		trouble="$dir can not be written"
		{ fill_tree >/dev/null 2>&1 || trouble=$(fill_tree 2>&1); } &&
		name_author "$dir/tree/.git/config" 2>/dev/null ||
		reason="the commit could not be checked out: $trouble"
	}
	test -n "$reason" || ! test -f "$dir/links" || heed_links
	if test -n "$reason"
	then
		scheduled 1 "$reason"
	else
		schedule
	fi
	field "$dir/scheduled" exit || return 0
	test "$value" = 0 || "$helper_dir/gitbatch" settle "$run" >/dev/null
	tell_row "$value" now
}

# sets: keep log ours trouble
record_claimed () {
	# One try to append a record for each of the claimed runs to the history
	ask_ids bare rev-parse refs/gitbatch/keep refs/gitbatch/log || return 1
	keep=${said%%"$newline"*} log=${said#*"$newline"}
	ours=refs/gitbatch/sweep-$key
	trouble=$(records_of_claimed | become_bare fast-import --quiet --force 2>&1) &&
	trouble=$(become_bare -c core.filesRefLockTimeout=100 update-ref --stdin 2>&1 <<-EOT
		update refs/gitbatch/keep $ours-keep $keep
		update refs/gitbatch/log $ours-log $log
		delete $ours-keep
		delete $ours-log
		EOT
	)
}

# sets: options run
records_of_claimed () {
	begin_record "$ours-keep" "run ${claimed##*:}" "$keep"
	test "$keep" = "$commit" || printf 'merge %s\n' "$commit"
	printf 'deleteall\n'
	parent=$log
	for each in $claimed
	do
		run=${each#*:}
		eval "origin=\$origin_$run options=\$options_$run"
		lines_of Option "$options"
		begin_record "$ours-log" "run $run submitted

Run: $run
State: submitted
Branch: $branch
Commit: $commit
Tree: $tree
Subject: $subject
Submitter: $submitter
Origin: $origin
Time: $now
Sweep: $sweep$lines" "$parent"
		printf 'deleteall\n'
		parent=
	done
}

begin_record () {
	# REF MESSAGE PARENT, for fast-import.  No line of a record is this mark.
	author_now
	printf 'commit %s\n' "$1"
	printf 'author %s\n' "$author"
	printf 'committer %s\n' "$author"
	printf 'data <<END-OF-RECORD\n%s\nEND-OF-RECORD\n' "$2"
	test -z "$3" || printf 'from %s\n' "$3"
}
