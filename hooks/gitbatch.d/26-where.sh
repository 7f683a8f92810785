# --- Where this runs

test $# -gt 0 || set -- help
test "${0##*/}" != post-commit || set -- deliver

case "$1:$0" in
receive:*)
	# One process fewer, and nothing here depends on where git was.
	cd -P "${0%/*}" && helper_dir=$PWD || exit
	;;
spawn:"${GITBATCH_RUN_DIR%/runs/*}/repo.git/gitbatch/gitbatch" | wait-turn:*)
	# As schedule.sh was told.
	helper_dir=${0%/*}
	;;
*)
	# Where CDPATH leads, cd may go elsewhere and says so.
	helper_dir=$(CDPATH='' cd "${0%/*}" && pwd -P) || exit
	;;
esac
repo=${helper_dir%/gitbatch}
base=${repo%/repo.git}
empty_tree=4b825dc642cb6eb9a060e54bf8d69288fbee4904
empty_tree_sha256=6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321
died='' marking=no draft=settled.$$ allowed=2 leaving='' told_to_leave='' job='' python_told='' epoch='' now='' options=''
schedulers='' escape='' token='' slot='' ticket='' lined_up='' next_local='' script='' sweep_limit='' tasks='' attempt='' own_context='' tips_seen='' spare='' settings='' processors='' sweep='' sweep_lines='' sweep_follows=''
# With a group: its members see each other's runs, and don't change them.
shared=
# What somebody can't use themselves is of use to nobody.
umask u+rwx
test ! -f "$helper_dir/shared" || {
	read -r shared <"$helper_dir/shared"
	umask g=rx
}
has_setsid=
! command -v setsid >/dev/null 2>&1 || has_setsid=yes
command=$1
shift
this_host

case "$command" in
help | -h | --help)
	printf '%s\n' "$usage"
	exit
	;;
version)
	printf '%s\n' "$version"
	exit
	;;
run | spawn | wait-turn | job | log-file | deliver)
	# A job goes on all the same.
	;;
*)
	keeps_lists || die "sh has no room for its temporary files in ${TMPDIR:-/tmp}: nothing was done"
	;;
esac

if ! command -v git >/dev/null 2>&1 && test -f "$base/profile"
then
	# shellcheck source=/dev/null
	. "$base/profile" >/dev/null 2>&1
fi
has_git=no
if command -v git >/dev/null 2>&1
then
	has_git=yes
	leave_repository
	# Who only waits uses no git, or asks for that itself.
	case "$command" in
	receive | spawn | wait-turn) ;;
	*) leave_newer ;;
	esac
fi

# Only a job's own wrapper needs what it has inherited.
case "$command" in
receive | start | rerun | sweep | wait-turn | status | watch) close_inherited "$command" "$@" ;;
esac
leave_locale

# A push need not wait until the rest has been read, either.
if test "$command" = receive
then
	receive
	exit
fi

