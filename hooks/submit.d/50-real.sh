# --- The command itself

find_real () {
	# Sets $real, the next $program on PATH that is none of ours
	real=
	set -f
	IFS=:
	# shellcheck disable=SC2086 # at each colon
	set -- $PATH
	unset IFS
	set +f
	for folder
	do
		folder=${folder:-.}
		case "$passed" in
		*":$folder/$program:"*) continue ;;
		esac
		if test -f "$folder/$program" && test -x "$folder/$program" &&
			test "$folder/$program" != "$0" &&
			! test -f "$folder/../../submit"
		then
			real=$folder/$program
			return
		fi
	done
	printf >&2 '%s: not found\n' "$program"
	exit 127
}

pass () {
	# ARG...: this call is nobody's record
	test -n "$real" || find_real
	exec "$real" "$@"
}

is_query () {
	# ARG...: is nothing submitted, as far as the first argument tells?
	for scheduler in $candidates
	do
		! "${scheduler}_queries" "$@" || return 0
	done
	return 1
}

only_tried () {
	# ARG...: was it told not to submit anything?
	tries=
	for scheduler in $candidates
	do
		grammar_of "$scheduler" dry
		tries="$tries $value "
	done
	for word
	do
		case "$tries" in
		*" $word "*) return 0 ;;
		esac
	done
	return 1
}

is_task_spooler () {
	# Elsewhere, ts is a program that puts times before lines.
	test "$program" != ts || case "$("$real" -V </dev/null 2>&1)" in
	*[Tt]'ask '[Ss]'pooler'*) ;;
	*) return 1 ;;
	esac
}
