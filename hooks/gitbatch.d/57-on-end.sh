# --- What the owner wants to be run when a run has ended
#
# BASE/on-end is the owner's: it is run as whoever settles the run, so nobody
# else may have written it.  Whatever it does changes nothing of the run.

tell_end () {
	# Of run $run, which is in $state now: once for each end that it comes to
	test -e "$base/on-end" || test -h "$base/on-end" || return 0
	case "$branch" in
	gitbatch-doctor-*) return 0 ;;
	esac
	! field "$dir/on-end" end || test "$value" != "$state $exit" || return 0
	put "$dir/on-end" "end: $state $exit" || return 0
	# These end whatever a job has left behind, with the job.
	case "$command:$job" in
	run:slurm* | run:sge* | run:htcondor* | run:pbs* | run:lsf* | run:oar* | run:flux*)
		(run_on_end)
		;;
	*) detach "$helper_dir/gitbatch" on-end "$run" ;;
	esac
}

# sets: process
run_on_end () {
	# A job may have put anything there: who opens a FIFO waits.
	rm -f "$dir/on-end.log"
	why_unfit
	test -z "$unfit" || {
		printf 'gitbatch: %s was not run: %s\n' "$base/on-end" "$unfit" >"$dir/on-end.log"
		return
	}
	describe_end
	setting onendseconds 20
	(
		trap - HUP INT TERM USR1 USR2
		cd "$base" && ulimit -f 2048 &&
		as_begun ${has_setsid:+setsid} "$base/on-end" </dev/null >"$dir/on-end.log" 2>&1 3>&- 9>&-
	) &
	notifier=$!
	# One that has ended by now may have left others in its process group.
	process "$notifier" || process="$notifier 0 $boot $host"
	end_after "$value" "$process" </dev/null >/dev/null 2>&1 3>&- 9>&- &
	wait "$notifier"
} 2>/dev/null

end_after () {
	# SECONDS PROCESS: that and its process group, unless all of it ends before
	seconds=$1
	while pause 1 && ! gone "$2"
	do
		seconds=$((seconds - 1))
		test "$seconds" -le 0 || continue
		printf 'gitbatch: it was ended after %s s\n' "$1" >>"$dir/on-end.log"
		signal_all TERM "${2%% *}"
		pause 1
		gone "$2" || signal_all KILL "${2%% *}"
		return
	done
}

# sets: unfit
why_unfit () {
	# Sets $unfit: why nobody should run it; empty where it may be run
	unfit=
	base_owner=$(id -u)
	test -n "$(find "$base" -prune -user "$base_owner")" || {
		whose "$base"
		base_owner=$whose
	}
	if test -h "$base/on-end" || ! test -f "$base/on-end"
	then
		unfit='it is no file'
	elif test -z "$(find "$base/on-end" -prune \( -user "$base_owner" -o -user 0 \))"
	then
		unfit="it is not that of the owner of $base"
	elif test -z "$(find "$base/on-end" -prune ! -perm -020 ! -perm -002)"
	then
		unfit="others can write to it: 'chmod go-w $base/on-end' is needed"
	elif ! test -x "$base/on-end"
	then
		unfit='it is not executable'
	fi
} 2>/dev/null

# sets: job_output
describe_end () {
	# In the environment, as text of a line each, but for the end of the log
	end_fact GITBATCH_STATE settled state
	end_fact GITBATCH_EXIT settled exit
	end_fact GITBATCH_REASON settled reason
	end_fact GITBATCH_HOST settled host
	end_fact GITBATCH_STARTED settled started
	end_fact GITBATCH_FINISHED settled finished
	end_fact GITBATCH_RESULTS settled results
	end_fact GITBATCH_USED settled used
	end_fact GITBATCH_BRANCH request branch
	end_fact GITBATCH_COMMIT request commit
	end_fact GITBATCH_SUBJECT request subject
	end_fact GITBATCH_SUBMITTER request submitter
	GITBATCH_RUN=$run GITBATCH_RUN_DIR=$dir GITBATCH_NAME="${base##*/}#$run"
	output_file
	test -f "$job_output" || job_output=$dir/schedule.log
	test -f "$job_output" || job_output=/dev/null
	GITBATCH_LOG_TAIL=$(tail -c 4000 "$job_output" | tail -n 20 | tr -d '\000-\010\013-\037\177')
	export GITBATCH_RUN GITBATCH_RUN_DIR GITBATCH_NAME GITBATCH_LOG_TAIL
}

# sets: value
end_fact () {
	# VARIABLE FILE KEY: as much of it as any program can be given, 4000 bytes
	field "$dir/$2" "$3" || :
	test "${#value}" -le 1000 || value=$(printf '%s\n' "$value" | cut -b 1-4000)
	eval "$1=\$value"
	export "${1?}"
}

