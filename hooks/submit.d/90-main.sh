# --- Main

program=${0##*/}
helper_dir=${0%/*}
helper_dir=${helper_dir%/bin/*}
submits=$GITBATCH_RUN_DIR/submits
callers_path=$PATH schedulers='' escape='' real='' passed=: resolved='' got=''

# A run of another batch remote has a record, and stand-ins, of its own.
theirs=${GITBATCH_RUN_DIR%/runs/*}/repo.git/gitbatch/bin/$program/$program
test -n "$GITBATCH_RUN_DIR" || pass "$@"
if test "$theirs" != "$0"
then
	test -x "$theirs" || pass "$@"
	exec "$theirs" "$@"
fi

load_grammars
submitters "$program"
is_query "$@" && pass "$@"
speaks_on=1
for scheduler in $candidates
do
	grammar_of "$scheduler" speaks_on
	speaks_on=${value:-1}
done
this_host
short=${host%%.*}
case "$short" in
*[!A-Za-z0-9-]*) short=host ;;
esac
name_self
find_outer
find_real
is_task_spooler || pass "$@"
PATH=$PATH:/usr/bin:/bin
if ! test -d "$GITBATCH_RUN_DIR" || ! note_intent "$@"
then
	printf >&2 'gitbatch: %s is not recorded, since %s can not be written: the run may not know of this job\n' \
		"$program" "$submits"
	PATH=$callers_path
	pass "$@"
fi
answer=$submits/.$key.out pipe=$submits/.$key.pipe copied=$submits/.$key.end
relay "$@"
note_answer "$status" "$@"
rm -f "$answer" "$pipe" "$copied"
exit "$status"
