# --- What a run begins with
#
# The account's own environment, whoever starts it and from where: nothing of
# the client's language, pager, editor, terminal, git or Python, and nothing
# that lives only as long as a connection.  What a site wants is in BASE/profile.

account_environment () {
	# No loop that reads: sh reads a byte at a time.
	fields=$IFS
	IFS=$newline
	set -f
	for line in $(export -p)
	do
		line=${line#declare -x }
		line=${line#export }
		line=${line%%=*}
		case "$line" in
		'' | [0-9]* | *[!A-Za-z0-9_]*)
			;;
		GIT_EXEC_PATH)
			# It may be what makes git work here.
			;;
		GIT_* | GITBATCH_* | LANG | LANGUAGE | LC_* | PYTHON* | \
			PAGER | *_PAGER | MANPAGER | LESS | LESS[A-Z]* | EDITOR | VISUAL | \
			TERM | TERM_* | TERMCAP | COLORTERM | COLUMNS | LINES | LS_COLORS | \
			NO_COLOR | CLICOLOR* | FORCE_COLOR | TMUX | TMUX_* | STY | WINDOW | \
			WINDOWID | DISPLAY | WAYLAND_DISPLAY | XAUTHORITY | SSH_* | \
			XDG_SESSION_* | XDG_RUNTIME_DIR | XDG_SEAT | XDG_VTNR | \
			DBUS_SESSION_BUS_ADDRESS | MAIL | MOTD_SHOWN | OLDPWD | SHLVL | _)
			unset "$line"
			;;
		esac
	done
	set +f
	IFS=$fields
	account_language
	leave_locale
}

# sets: asker
find_asker () {
	# Whose word it is: in a group, whom the system knows; else as they call
	# themselves.  Where an account has no name, id may say its number and fail.
	asker=
	test -n "$shared" || asker=${LOGNAME:-$USER}
	test -n "$asker" || asker=$(id -un 2>/dev/null) || asker=$(id -u)
}

account_language () {
	# Sets LANG to what logins get here
	LANG=C.UTF-8
	for file in /etc/locale.conf /etc/default/locale
	do
		field_of_settings LANG "$file" && LANG=$value
	done
	export LANG
}

# What this starts for itself works in the locale C: on bytes, in one language, and
# without the dozen files that each program reads in another one.  What is for others,
# and this program where it begins again, gets the locale that this was begun in.

# sets: own_locale
leave_locale () {
	own_locale=${LC_ALL+=$LC_ALL}
	LC_ALL=C
	export LC_ALL
}

restore_locale () {
	unset LC_ALL
	test -z "$own_locale" || export "LC_ALL=${own_locale#=}"
} 2>/dev/null # where bash says that there is no such locale

as_begun () {
	# [setsid] COMMAND...: becomes it; only setsid is looked for where it was not begun
	restore_locale
	case "$1$spare_path" in
	setsid?*)
		setsid=$(command -v setsid)
		shift
		set -- "$setsid" "$@"
		;;
	esac
	PATH=${PATH%"$spare_path"}
	exec "$@"
}

# sets: value
field_of_settings () {
	# NAME FILE, of lines NAME=VALUE or NAME="VALUE": sets $value
	value=
	test -r "$2" && while IFS= read -r line
	do
		case "$line" in
		"$1="*) value=${line#*=} ;;
		esac
	done <"$2"
	value=${value#\"}
	value=${value%\"}
	case "$value" in
	'' | *[!A-Za-z0-9._@-]*) return 1 ;;
	esac
}

leave_git_programs () {
	# git puts the folder of its own programs first on the PATH of a hook.
	before=$PATH rest=$PATH: kept=
	while test -n "$rest"
	do
		each=${rest%%:*}
		rest=${rest#*:}
		case "$each" in
		*/git-core | "${GIT_EXEC_PATH:-/}") ;;
		*) kept=$kept${kept:+:}$each ;;
		esac
	done
	PATH=$kept
	# It may be the only git that is found.
	command -v git >/dev/null 2>&1 || PATH=$before
	unset GIT_EXEC_PATH
}

# What outlives this, a job, must not hold what this has inherited: git waits
# for the end of pipes that it gives its hooks.

# sets: descriptors
close_inherited () {
	# ARGUMENTS of this program.  sh can only name descriptors below 10: where
	# there are others, a shell or language that can starts this again.
	closed=${GITBATCH_CLOSED:-} others=0
	unset GITBATCH_CLOSED
	descriptors=/dev/fd
	test ! -d /proc/self/fd || descriptors=/proc/self/fd
	for fd in "$descriptors"/*
	do
		case "${fd##*/}" in
		[0-9][0-9]*) others=$((others + 1)) ;;
		esac
	done
	exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
	# One is where the shell itself reads this from.
	test "$others" -gt 1 && test -z "$closed" || return 0
	close_all "$helper_dir/gitbatch" "$@"
}

# shellcheck disable=SC2016 # it is for those languages to expand
close_all () {
	# COMMAND...: becomes it, with no descriptor from 3 on
	GITBATCH_CLOSED=yes
	export GITBATCH_CLOSED
	! command -v bash >/dev/null 2>&1 || exec bash -c '
		for fd in "$0"/*
		do
			fd=${fd##*/}
			case $fd in
			[0-2] | "*") ;;
			*) eval "exec $fd>&-" ;;
			esac
		done
		exec "$@"' "$descriptors" "$@"
	! command -v perl >/dev/null 2>&1 || exec perl -MPOSIX -e '
		POSIX::close($_) for 3 .. 1023;
		exec @ARGV' -- "$@"
	! command -v python3 >/dev/null 2>&1 || exec python3 -c '
import os, sys
os.closerange(3, 1024)
os.execv(sys.argv[1], sys.argv[1:])' "$@"
	unset GITBATCH_CLOSED
}
