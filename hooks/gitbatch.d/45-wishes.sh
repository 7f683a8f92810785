# --- What the owner of a group's batch remote wants of its members' runs
#
# Neither signals nor rights to files cross accounts.  So the owner notes in
# BASE/wishes, where only they can write, what is wanted of a run: N.cancel,
# N.prune or N.give.  Whoever it belongs to does it, by the wrapper beside its
# job or at their next contact.

owns_base () {
	test -n "$(find "$base" -prune -user "$(id -u)" 2>/dev/null)"
}

wish () {
	# ACTION: of run $run
	clock
	find_asker
	mkdir -p "$base/wishes" 2>/dev/null
	put "$base/wishes/$run.$1" "time: $now
by: $asker" ||
	die "$base/wishes can not be written: $trouble"
}

is_wished () {
	# ACTION: and not done yet since it was last wanted?
	test -f "$base/wishes/$run.$1" &&
	! cmp -s "$base/wishes/$run.$1" "$dir/heeded.$1"
}

is_unwanted () {
	# Is run $run to end?  The owner's word for that becomes the run's own.
	test ! -f "$dir/cancelled" || return 0
	test -f "$base/wishes/$run.cancel" && is_own &&
	put "$dir/cancelled" "$(cat "$base/wishes/$run.cancel")"
}

heeded_within=12 # seconds, or whoever asked is told to come back

ask_to_cancel () {
	# Status 4 where it is not over yet
	owns_base || check_own
	judge
	test "$ended" != settled || {
		echo "run $run has ended already: $state"
		return 1
	}
	test "$marking" != --unmark || {
		rm -f "$base/wishes/$run.cancel"
		return
	}
	wish cancel
	announce "$run"
	test "$marking" = no || return 0
	tries=0
	while judge && test "$ended" != settled && test "$tries" -lt "$heeded_within"
	do
		pause 1
		tries=$((tries + 1))
	done
	test "$ended" != settled || {
		echo "run $run: $state"
		return 0
	}
	submitter_of_run
	echo "run $run is of $submitter: it was asked to end, which the wrapper beside its job does within a minute; what waits for a scheduler ends when it begins, and a job without a wrapper only $submitter or root can stop"
	return 4
}

# sets: submitter
submitter_of_run () {
	submitter='somebody else'
	! field "$dir/request" submitter || submitter=$value
}

# sets: napping
mind_wishes () {
	# Beside a job in another one's batch remote: ends it when they want that,
	# and itself with the wrapper, which may be killed without a chance to do so
	! owns_base && process $$ || return 0
	wrapper=$process
	trap '' USR1 USR2
	trap 'kill "$napping" 2>/dev/null; exit' TERM
	while ! test -f "$base/wishes/$run.cancel"
	do
		pause 5 &
		napping=$!
		wait "$napping"
		alive "$wrapper" || return 0
	done
	detach "$helper_dir/gitbatch" cancel "$run"
}

# sets: action dir run
read_wish () {
	# FILE: sets $run, $dir and $action, if it is ours to do and not done yet
	run=${1##*/}
	action=${run#*.} run=${run%%.*}
	dir=$base/runs/$run
	number "$run" && test -f "$dir/request" && is_own || return 1
	if test -f "$base/active/$run"
	then
		test "$action" = cancel && test ! -f "$dir/cancelled"
	else
		test "$action" != cancel && is_wished "$action"
	fi
}

# sets: wanted
heed_soon () {
	for wanted in "$base/wishes"/*
	do
		! read_wish "$wanted" || {
			detach "$helper_dir/gitbatch" heed-wishes
			return
		}
	done
}

heed_wishes () {
	for wanted in "$base/wishes"/*
	do
		! read_wish "$wanted" || (heed_wish)
	done
}

# sets: dry_run
heed_wish () {
	case "$action" in
	cancel)
		cancel_run "$run"
		return
		;;
	prune)
		dry_run='' with_ignored=
		begin_to_prune
		prune_tree
		;;
	give) find "$dir" -type d -exec chmod g+rwx {} + ;;
	esac
	cp "$base/wishes/$run.$action" "$dir/heeded.$action"
}

# sets: dir run
give_up_runs () {
	# As the owner: asks for what only others could remove
	test -n "$shared" && owns_base ||
	die "only the owner of a batch remote that is shared with a group can ask for its members' runs"
	for dir in "$base/runs"/*/
	do
		dir=${dir%/}
		run=${dir##*/}
		number "$run" && ! is_own || continue
		wish give
		submitter_of_run
		printf 'run=%s\tasked=%s\n' "$run" "$submitter"
	done
}

# sets: dir run wanted
sweep_wishes () {
	# Of runs that are gone, or where it is done
	for wanted in "$base/wishes"/*
	do
		run=${wanted##*/}
		dir=$base/runs/${run%%.*}
		case "$run" in
		*.cancel) test -f "$base/active/${run%%.*}" ;;
		*.prune) test -d "$dir/tree" ;;
		*) test -d "$dir" ;;
		esac || rm -f "$wanted"
	done 2>/dev/null
}
