# --- Main

case "$command" in
run | job | deliver)
	test "${1:-}" != -- || shift
	;;
esac

case "$command" in
run)
	test $# -gt 0 || die 'run takes a command'
	enter_run run
	name_job
	if lead
	then
		as_begun setsid "$helper_dir/gitbatch" run -- "$@"
	fi
	test "$GITBATCH_RUN_DIR" = "$dir" || export_again
	lead_path
	key=$GITBATCH_SUBMIT
	own_context=$(find_context) || key=
	# What this job submits is submitted by nobody's stand-in.
	unset GITBATCH_SUBMIT
	run_job "$@"
	;;
wait-turn)
	leave_newer
	enter_run wait-turn
	take_turn "$@"
	;;
job)
	test $# = 2 || die 'job takes a scheduler and an id'
	enter_run job
	name_a_job "$@"
	;;
log-file)
	case $# in
	1 | 2) ;;
	*) die 'log-file takes a path, and before it may come a name' ;;
	esac
	enter_run log-file
	note_page "$@"
	;;
environment)
	test "${1:-}" != --keep || {
		enter_run environment
		name_job
		keep_environment anew
		exit
	}
	restore_locale
	environment 2>/dev/null
	;;
jobs)
	show_jobs "$@"
	;;
pages)
	list_pages "${1:-}"
	;;
deliver)
	enter_run deliver
	deliver
	;;
check-links)
	enter_run check-links
	check_links
	;;
check-link)
	dir=$1
	shift
	for each
	do
		check_link "$dir/tree/${each#./}"
	done
	;;
status | watch | prune | check)
	"$command" "$@"
	;;
log)
	show_log "$@"
	;;
files)
	list_files "$@"
	;;
contents)
	send_files "${1:-}"
	;;
folder)
	list_folder "$@"
	;;
verify)
	verify_run "${1:-}"
	;;
point)
	point "${1:-}"
	;;
attest)
	test $# -gt 1 || die 'attest takes a run and a word'
	attest "$@"
	;;
used)
	note_usage
	;;
cancel)
	failed=0
	case "${1:-}" in
	--mark | --unmark)
		marking=$1
		shift
		;;
	esac
	for each
	do
		(cancel_run "$each") || failed=$?
	done
	exit "$failed"
	;;
rerun)
	rerun "$@"
	;;
sweep)
	start_sweep
	;;
start)
	test $# -gt 0 || die 'start takes a branch'
	start_branch "$@"
	;;
on-end)
	find_run "${1:-}"
	run_on_end
	;;
settle-after)
	find_run "${1:-}"
	settle_after "${2:-}"
	;;
tell)
	tell_run "${1:-}"
	;;
submitted)
	take_token "${1:-}" || die 'submitted takes the token of a submit'
	run_of_token && repeat_receipt
	;;
settle-ended)
	settle_others --waiting
	heed_wishes
	;;
heed-wishes)
	heed_wishes
	;;
find)
	find_jobs "$@"
	;;
give-up-runs)
	give_up_runs
	;;
settle)
	if was_removed "${1:-}"
	then
		settle_removed
		exit
	fi
	find_run "${1:-}"
	shift
	settle_run "$@"
	;;
try-place)
	tell_trial
	;;
*)
	die "there is no command $command; 'gitbatch help' lists them"
	;;
esac
