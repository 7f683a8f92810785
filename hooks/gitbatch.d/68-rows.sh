# --- The rows of a sweep
#
# Each that hasn't begun claims a run.

at_once=50 # runs that are recorded at once; meanwhile none starts

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
	*[a-z]*) capitals_of "${1%%=*}" ;;
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
		(as_begun "$helper_dir/gitbatch" settle "$run") >/dev/null
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
