# --- Answers

# sets: clean
clean () {
	# LINE: sets $clean, without colours, titles, carriage returns and the
	# blanks around it
	clean=$1
	# What is said of a job is short; after a progress bar, it stands at the end.  Signs
	# one by one of a line that is long would take minutes.
	test "${#clean}" -lt 2000 || clean=...$(
		tail -c 2000 <<-EOT
		$clean
		EOT
	)
	case "$clean" in
	*[[:cntrl:]]*) clean_controls ;;
	esac
	clean=${clean#"${clean%%[! 	]*}"}
	clean=${clean%"${clean##*[! 	]}"}
}

# sets: escape
clean_controls () {
	test -n "$escape" || {
		escape=$(printf '\033') bell=$(printf '\007')
		return=$(printf '\r')
	}
	while :
	do
		case "$clean" in
		*"${escape}["*)
			rest=${clean#*"${escape}["}
			rest=${rest#"${rest%%[!0-9:;<=>?]*}"}
			clean=${clean%%"${escape}["*}${rest#?}
			;;
		*"$escape]"*"$bell"*)
			rest=${clean#*"$escape]"}
			clean=${clean%%"$escape]"*}${rest#*"$bell"}
			;;
		*"$escape]"*"$escape\\"*)
			rest=${clean#*"$escape]"}
			clean=${clean%%"$escape]"*}${rest#*"$escape\\"}
			;;
		*"$escape"*) clean=${clean%%"$escape"*}${clean#*"$escape"} ;;
		*"$return"*) clean=${clean%%"$return"*}${clean#*"$return"} ;;
		*) break ;;
		esac
	done
}

# sets: told
read_answers () {
	# FILE: what $program printed, of $candidates.  Sets $told, a line
	# "SCHEDULER ID TASKS" a job.  Sentences count more than ids alone.
	told=
	tell_of answer "$1"
	test -n "$told" || tell_of alone "$1"
}

# sets: told
tell_of () {
	# answer|alone FILE
	while IFS= read -r line || test -n "$line"
	do
		tells "$1" "$line" || continue
		case "$newline$told" in
		*"$newline$scheduler $id "*) ;;
		*) told="$told$scheduler $id $tasks$newline" ;;
		esac
	done <"$2"
} 2>/dev/null

# sets: id scheduler tasks
tells () {
	# answer|alone LINE: sets $scheduler, $id, $tasks
	clean "$2"
	test -n "$clean" || return 1
	for scheduler in $candidates
	do
		id='' tasks=
		! "${scheduler}_$1" "$clean" || ! sound_id "$id" || return 0
	done
	return 1
}

is_number () {
	# WORD: as schedulers number jobs, from 1, in ten digits at most
	case "$1" in
	'' | 0* | *[!0-9]* | ???????????*) return 1 ;;
	esac
}

sound_id () {
	case "$1" in
	'' | *[[:space:][:cntrl:]]*) return 1 ;;
	esac
	test "${#1}" -lt 256
}
