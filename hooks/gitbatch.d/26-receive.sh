# --- Receiving a push

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
	settle_others --waiting
}

pushed_options () {
	# Sets $options, a line each, and $token.
	options='' i=0
	while test "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}"
	do
		eval "option=\$GIT_PUSH_OPTION_$i"
		case "$option" in
		gitbatch-token=*) take_token "${option#*=}" || : ;;
		*) options=$options${options:+$newline}$option ;;
		esac
		i=$((i + 1))
	done
}

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

settle_others () {
	# [--waiting]: runs that ended where git can't be run, or where there was no
	# room, are settled at the next contact.
	for active in "$base/active"/* "$base/undelivered"/*
	do
		run=${active##*/}
		number "$run" || continue
		dir=$base/runs/$run
		is_own || continue
		judge
		test "${active%/*}" = "$base/active" || ended=yes
		settle_soon "$1"
	done
}

is_own () {
	# Is run $run ours to change?  Others' runs are settled by them.
	test -z "$shared" || test -w "$dir"
}

settle_soon () {
	# [--waiting]: run $run, which was judged just now; not where that was tried
	# in vain a short while ago, or where nothing can be written
	test "$ended" = yes && is_own || return 0
	test "${1:-}" = --waiting || ! held "$dir/settling" || return 0
	! field "$dir/postponed" until || {
		test -n "$epoch" || clock
		test "$value" -le "$epoch" || return 0
	}
	test ! -d "$dir" ||
	{ printf '%s\n' "$run" >"$dir/room.tmp"; } 2>/dev/null || return 0
	detach "$helper_dir/gitbatch" settle "$run"
}

detach () {
	# COMMAND...: in a session of its own; nothing waits for it.
	${has_setsid:+setsid} "$@" </dev/null >/dev/null 2>&1 3>&- 9>&- &
}

