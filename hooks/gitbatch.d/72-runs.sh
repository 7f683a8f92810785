# --- Is a run as it has to be?

check_run () {
	if ! test -f "$dir/request"
	then
		old "$dir" 1 || return 0
		if test -n "$repair" && rm -rf "$dir" "$base/active/$run"
		then
			mended "removed run $run, which was never accepted"
		else
			problem "run $run was never accepted: an interrupted push left its directory"
		fi
		return
	fi
	reload_request
	judge
	case "$ended" in
	settled)
		test -z "$repair" || {
			rm -f "$base/active/$run"
			held "$dir/settling" || sweep_temporaries
		}
		test ! -f "$base/active/$run" ||
		problem "run $run is settled, and active"
		check_delivery
		;;
	yes)
		test -n "$repair" && mend_end || being_settled || tell_of_end
		;;
	*)
		activate
		tell_unseen
		;;
	esac
}

tell_unseen () {
	# A job that no scheduler of another machine knows, begun an hour ago where
	# it can't be seen: only a person can say that the machine is no more.
	case "$job" in
	'local '* | 'at '* | 'tsp '* | *' ' | '') ;;
	*) return ;;
	esac
	old "$dir/request" 60 || return 0
	unseen=
	each_process note_unseen
	test -z "$unseen" || printf 'note: run %s may go on at %s, which can not be seen from %s; if that machine is gone for good, "gitbatch settle %s lost" ends it\n' \
		"$run" "$unseen" "$host" "$run"
}

# sets: unseen
note_unseen () {
	alive "$owner"
	test $? != 2 || unseen=${owner##* }
}

mend_end () {
	settle_run >/dev/null && test -f "$dir/settled" &&
	mended "settled run $run: $state"
}

tell_of_end () {
	if test -f "$dir/settled"
	then
		problem "run $run was settled as $settled_state, and its jobs tell that it is $state"
	else
		problem "run $run has ended, and is not settled: $state"
	fi
}

# sets: mark
being_settled () {
	# By somebody, or about to be by a job that lives on to do it?
	held "$dir/settling" && return
	mark=
	while field "$dir/started$mark" process
	do
		! alive "$value" || return 0
		next_mark
	done
	# Between two looks it may have been.
	judge
	test "$ended" = settled
}

check_delivery () {
	field "$dir/settled" results
	case "$value" in
	undelivered*)
		test -n "$repair" && settle_run >/dev/null &&
		field "$dir/settled" results && test "$value" = delivered &&
		mended "delivered the results of run $run" ||
		{
			field "$dir/settled" results
			problem "the results of run $run are $value; 'gitbatch settle $run' tries again"
		}
		;;
	esac
}

