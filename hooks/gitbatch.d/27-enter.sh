# --- From within a run

# sets: dir run
enter_run () {
	# The run this process belongs to: by its environment, or where it stands
	dir=$GITBATCH_RUN_DIR
	case "$dir" in
	"$base/runs/"*) ;;
	*)
		here=$(pwd -P)
		case "$here/" in
		"$base/runs/"*/*) ;;
		*)
			die "$1 is for jobs and schedule.sh: GITBATCH_RUN_DIR is not set, and $here is no run tree of $base"
			;;
		esac
		run=${here#"$base/runs/"}
		dir=$base/runs/${run%%/*}
		;;
	esac
	run=${dir##*/}
	test -f "$dir/request" || die "there is no run in $dir"
	reload_request
}

# sets: place_in_tree
know_place () {
	# Where in the tree this was called, as any other command is; else the tree itself
	place_in_tree=$dir/tree
	case "$PWD/" in
	"$dir/tree/"*) place_in_tree=$PWD ;;
	esac
}

# sets: branch commit empty_tree origin
reload_request () {
	branch='' commit='' origin=''
	test -f "$dir/request" || return 1
	while IFS= read -r line
	do
		case "$line" in
		'branch: '*) branch=${line#*: } ;;
		'commit: '*) commit=${line#*: } ;;
		'origin: '*) origin=${line#*: } && break ;;
		esac
	done <"$dir/request"
	test -n "$branch" && test -n "$commit" && test -n "$origin" || return 1
	test "${#commit}" = 40 || empty_tree=$empty_tree_sha256
}

# sets: job
spawn () {
	ids=1
	job=$run
	while test -f "$dir/jobs" && grep -qsx "local $job .*" "$dir/jobs"
	do
		ids=$((ids + 1))
		job=$run.$ids
	done
	# The answer is complete when the job, detached, lets go of its end; and a
	# shell that waited for it would hold that, too.  What is wrong it says itself.
	GITBATCH_RUN_DIR=$dir
	export GITBATCH_RUN_DIR
	answer=$(
		as_begun ${has_setsid:+setsid} "$helper_dir/gitbatch" wait-turn "$job" -- \
			"$@" </dev/null 3>&- 9>&- &
	)
	test -n "$answer" || die 'the job could not be started'
	printf '%s\n' "$answer"
}

# Of a sweep, each run calls these once: they need not wait until the rest is read.
case "$command:${2:-}" in
spawn:*)
	test "${1:-}" != -- || shift
	test $# -gt 0 || die 'spawn takes a command'
	enter_run spawn
	spawn "$@"
	exit
	;;
wait-turn:--)
	enter_run wait-turn
	wait_turn "$@"
	job=$1
	shift
	set -- "$job" "turn:$slot" "$@"
	;;
esac
