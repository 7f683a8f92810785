# --- Receiving a push

# sets: pushing_run share token
receive () {
	exec 3>&1
	refs='' branches=0
	while read -r old new ref
	do
		refs=$refs$old' '$new' '$ref$newline
		case "$ref" in
		refs/heads/*) branches=$((branches + 1)) ;;
		esac
	done
	share=$((28672 / (branches + (branches == 0))))
	pushed_options
	# A token is for one run.
	test "$branches" = 1 || token=
	pushing_run=
	! by_a_job || pushing_run=$GITBATCH_RUN
	account_environment
	report=
	while read -r old new ref && test -n "$ref"
	do
		report=$report${report:+$newline}$(accept "$old" "$new" "$ref" </dev/null)
	done <<-EOT
	$refs
	EOT
	tell "$report"
	# A job that ended while schedule.sh ran found its run unfinished.
	settle_waiting
}

# sets: options sweep_follows
pushed_options () {
	# Sets $options, a line each, and $token.
	options='' i=0
	while test "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}"
	do
		eval "option=\$GIT_PUSH_OPTION_$i"
		case "$option" in
		gitbatch-token=*) take_token "${option#*=}" || : ;;
		gitbatch-sweep) sweep_follows=yes ;;
		*) options=$options${options:+$newline}$option ;;
		esac
		i=$((i + 1))
	done
}

# sets: branch room
accept () {
	# OLD NEW REF
	case "$3" in
	refs/heads/*) ;;
	*)
		printf 'gitbatch: %s is not a branch: no run\n' "$3"
		return
		;;
	esac
	branch=${3#refs/heads/}
	case "$2" in
	*[!0]*) ;;
	*)
		printf 'gitbatch: %s was deleted: no run\n' "$branch"
		return
		;;
	esac
	if test -n "$sweep_follows"
	then
		printf 'gitbatch: %s is here: no run, its sweep follows\n' "$branch"
		return
	fi
	if test -n "$pushing_run"
	then
		printf 'gitbatch: no run for %s: run %s pushed it\n' "$branch" "$pushing_run"
		return
	fi
	room=$share
	start_run "$branch" "$2" push
}

by_a_job () {
	# A job that pushes what it made must not start the next one.
	case "${GITBATCH_RUN_DIR:-}:${GITBATCH:-}" in
	"$base/runs/"* | *:"$helper_dir/gitbatch") number "${GITBATCH_RUN:-}" ;;
	*) return 1 ;;
	esac
}

# sets: dir
settle_waiting () {
	test ! -d "$base/wishes" || {
		detach "$helper_dir/gitbatch" settle-ended
		return
	}
	# What left no trace yet can't have ended; the rest need not be waited for.
	for each in "$base/active"/* "$base/undelivered"/*
	do
		dir=$base/runs/${each##*/}
		if test -f "$dir/started" || test -f "$dir/delivered" ||
			test -e "$base/undelivered/${each##*/}"
		then
			detach "$helper_dir/gitbatch" settle-ended
			return
		fi
	done
}

detach () {
	# COMMAND...: in a session of its own; nothing waits for it.
	as_begun ${has_setsid:+setsid} "$@" </dev/null >/dev/null 2>&1 3>&- 9>&- &
}

