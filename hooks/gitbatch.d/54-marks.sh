# --- The place of a wrapper among those of its run

# sets: began start_facts
begin () {
	# Notes the start and sets $mark, this wrapper's suffix; returns 1 where
	# that can't be written, after ten minutes of waiting for room.
	clock
	began=$epoch
	note_script
	process $$
	start_facts="host: $host
time: $now
process: $process
job: $job${key:+${newline}submit: $key}${tasks:+${newline}tasks: $tasks}${attempt:+${newline}attempt: $attempt}${script:+${newline}script: $script}${around:+${newline}around: $around}${own_context:+${newline}context: $own_context}"
	patiently 600 'its start' take_mark || return 1
	announce "$run"
	test ! -f "$dir/settled" || reopen
}

# sets: context scheduler
find_context () {
	# Prints in which of its scheduler's queues this job is: what its submission
	# was recorded with, else what its variables are set to.  Returns 1 where no
	# record is of this job.
	context=
	is_recorded
	recorded=$?
	case "$job" in
	'local '* | *' ') context= ;;
	?*' '?*)
		test "$recorded" = 0 || {
			load_grammars
			scheduler=${job%% *} context=
			context_of "$scheduler"
		}
		;;
	*) context= ;;
	esac
	printf '%s\n' "$context"
	return "$recorded"
} 2>/dev/null

# sets: submit
is_recorded () {
	# Is this job that of the record which GITBATCH_SUBMIT names?  Its id may not
	# be noted yet, or never be.
	submit=$dir/submits/$GITBATCH_SUBMIT
	test -n "$GITBATCH_SUBMIT" && test -f "$submit" || return 1
	whole_id "${job%% *}" "${job#* }"
	read_submit "$submit"
	test "${scheduler:-"${job%% *}"}" = "${job%% *}" || return 1
	case "$newline$submitted" in
	"$newline" | *"$newline$whole "*) ;;
	*) return 1 ;;
	esac
}

# sets: mark
take_mark () {
	take_place && return
	mark=
	while :
	do
		taken=1
		test -e "$dir/started$mark" || {
			publish "$dir/started$mark" "$start_facts"
			taken=$?
		}
		test "$taken" = 1 || return "$taken"
		next_mark
	done
}

# sets: me
take_place () {
	# A job that its scheduler begins again takes the place of what it was.
	# Its wrappers of now may be several, hence the lock.
	case "$job" in
	?*' '?*) ;;
	*) return 1 ;;
	esac
	test -f "$dir/started" && find_forerunner || return 1
	me=$process
	lock "$dir/beginning" 10 || return 1
	find_forerunner && {
		rm -f "$dir/finished$mark"
		put "$dir/started$mark" "$start_facts" && set_others_aside
	}
	took=$?
	rm -f "$dir/beginning"
	return "$took"
}

set_others_aside () {
	# The attempt before this one may have had more wrappers.
	mine=$mark
	while next_mark && read_started
	do
		! is_same_job || test "$attempt_of" = "$attempt" ||
		put "$dir/finished$mark" "superseded: $attempt"
	done
	mark=$mine
}

# sets: mark
find_forerunner () {
	# Sets $mark: a wrapper of this job that is known to be dead without a word
	# of its end, or that belongs to an attempt before this one
	mark=
	while read_started
	do
		! is_same_job || ! is_forerunner || return 0
		next_mark
	done
	return 1
}

is_same_job () {
	# The one that read_started read, and this one
	test "$of" = "$job" && {
		test "$context_of" = "$own_context" || test -z "$context_of"
	}
}

is_forerunner () {
	test "$attempt_of" = "$attempt" || return 0
	test ! -f "$dir/finished$mark" && gone "$process_of"
}

