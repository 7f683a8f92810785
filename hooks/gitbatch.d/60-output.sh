# --- What the jobs of a run printed

# sets: job_output
output_file () {
	# Sets $job_output to what the job printed, of several the first that failed: a
	# job without our wrapper has only what its scheduler keeps, or what
	# schedule.sh said of following it, or what schedule.sh printed itself.
	job_output=$dir/log
	if test -f "$dir/started"
	then
		failed_mark
		test -z "$mark" || test ! -f "$dir/log$mark" || job_output=$dir/log$mark
		! another_failed || {
			path=$(page_called stdout)
			job_output=${path:-"$job_output"}
		}
		return 0
	fi
	test ! -f "$job_output" || return 0
	path=$(told_pages | awk -F '\t' '
		NR == 1 { path = $2 }
		$1 == "stdout" { plain = $2 }
		$1 ~ /^stdout[.]/ && task == "" { task = $2 }
		END { print plain != "" ? plain : task != "" ? task : path }')
	if test -n "$path"
	then
		job_output=$path
	elif field "$dir/settled" state && test "$value" = rejected
	then
		job_output=$dir/schedule.log
	fi
}

# sets: mark
failed_mark () {
	# Sets $mark to that of the first job that failed, once the run has ended
	mark=
	test -f "$dir/started.2" && field "$dir/settled" state &&
	test "$value" != succeeded || return 0
	mark=$(jobs_in_order | sed -n '1s/^0.*	//p')
}

# sets: mark
jobs_in_order () {
	# "0|1 KEY<tab>JOB<tab>MARK" of each wrapper: those that failed first, and
	# by number, since 11_10 comes after 11_9.
	mark=
	while test -f "$dir/started$mark"
	do
		rank=1
		! field "$dir/finished$mark" exit || test "$value" = 0 || rank=0
		field "$dir/started$mark" job
		printf '%s %s\t%s\n' "$rank" "${value:--}" "$mark"
		next_mark
	done | awk -F '\t' '{
		key = ""
		rest = $1
		while (match(rest, /[0-9]+/)) {
			key = key substr(rest, 1, RSTART - 1) sprintf("%018d", substr(rest, RSTART, RLENGTH))
			rest = substr(rest, RSTART + RLENGTH)
		}
		job = $1
		sub(/^[01] /, "", job)
		print substr($1, 1, 1) " " key rest "\t" job "\t" $2
	}' | sort
}

# sets: mark
another_failed () {
	# Has the run failed, though all wrappers ended well?
	field "$dir/settled" state && test "$value" = failed || return 1
	mark=
	while test -f "$dir/started$mark"
	do
		field "$dir/finished$mark" exit && test "$value" = 0 || return 1
		next_mark
	done
}

# sets: _ mark
list_outputs () {
	# Of each job or task, by its id; several wrappers of one have one more word.
	named=$newline
	jobs_in_order | while IFS=$tab read -r _ whose mark
	do
		of=${mark:-.1}
		page=$(printf %s "${whose#* }" | tr -c 'A-Za-z0-9._\n-' _)
		test "$whose" != - || page=${of#.}
		case "$named" in
		*"$newline$page$newline"*) page=$page$of ;;
		esac
		named=$named$page$newline
		printf 'output.%s\tlog%s\t%s\t\n' "$page" "$of" "$dir/log$mark"
	done
}
