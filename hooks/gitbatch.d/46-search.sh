# --- Looking for jobs that nobody recorded
#
# Which jobs work in the tree of a run, their scheduler knows.  It is asked where
# a run seems over, and something went past the record.

seems_over () {
	# After judge: is there no reason not to end it but that its schedulers have
	# to be asked whether it has more jobs?
	test "$left" -gt 0 && test "$left" = "$unasked" && test "$ended_jobs" -gt 0
}

# sets: search_in search_of
search () {
	# Asks each of $unasked_of; returns 1 where one of them can't tell now.
	all_told=0
	while read -r search_of search_in
	do
		test -z "$search_of" || search_queue || all_told=1
	done <<-EOT
	$unasked_of
	EOT
	return "$all_told"
}

# sets: t_asked t_context t_how t_job t_state
search_queue () {
	# Notes what the scheduler $search_of knows in the context $search_in
	t_context=$search_in t_how=found t_state=
	listed=$dir/found.$$.tmp
	decode_context "$search_in"
	eval "ask_for_jobs $context_words" >"$listed" 2>/dev/null
	case $? in
	0) grep -qx end "$listed" && rm -f "$dir/unaskable" ;;
	3) was_begun_here && printf '%s\n' "$search_of" >"$dir/unaskable" ;;
	*) false ;;
	esac || {
		rm -f "$listed"
		return 1
	}
	while read -r found
	do
		t_job="$search_of $found"
		is_known "$search_of" "$found" || test "$found" = end || note_told
	done <"$listed"
	rm -f "$listed"
	t_asked=$search_of
	note_asked
}

was_begun_here () {
	# What isn't installed here may be where the run was accepted.
	field "$dir/request" hook || return 1
	is_here "$value"
	test $? != 2
}

# sets: process
ask_for_jobs () {
	# [NAME=VALUE...]: in a process group of its own, which is ended if it hangs:
	# all signals but KILL may be ignored here.
	as_begun ${has_setsid:+setsid} "$helper_dir/gitbatch" find "$search_of" "$dir/tree" "$@" </dev/null &
	searcher=$!
	process "$searcher" || process="$searcher 0 $boot $host"
	end_search "$process" </dev/null >/dev/null 2>&1 &
	wait "$searcher"
}

end_search () {
	# PROCESS: after 12 s, if it goes on
	naps=0
	while pause 0.5 && alive "$1"
	do
		naps=$((naps + 1))
		test "$naps" -lt 24 || signal_all KILL "${1%% *}"
	done
}

# sets: context_words
decode_context () {
	# CONTEXT: sets $context_words, quoted for the shell
	context_words=$(printf '%s\n' "$1" | tr ' ' '\n' | sed -n "
		s/'/'\\\\''/g
		s/^[A-Za-z_][A-Za-z0-9_]*=.*/ '&'/
		s/%20/ /g
		s/%09/$tab/g
		s/%0A/\\$newline/g
		s/%25/%/g
		/^ '/p")
}

# sets: find_for find_in
find_jobs () {
	# SCHEDULER FOLDER [NAME=VALUE...]: prints the ids of jobs that work there, and
	# "end"; exits with 3 where there never is anything to ask
	find_for=$1 find_in=$2
	shift 2
	load_grammars
	restore_locale
	# shellcheck source=/dev/null
	test ! -f "$base/profile" || . "$base/profile" >/dev/null 2>&1
	for each in "$@" LC_ALL=C
	do
		export "${each?}"
	done
	case " $schedulers " in
	*" $find_for "*) "${find_for}_find" "$find_in" || exit ;;
	*) exit 1 ;;
	esac
	echo end
}

within () {
	# SECONDS COMMAND...: all of it is bounded from outside.
	shift
	"$@" </dev/null
}

time_of_acceptance () {
	# FOLDER: of the run there, in UTC; nothing where it can't be told
	sed -n '/^time: /{s///p;q;}' "${1%/tree}/request" 2>/dev/null
}

inside () {
	# FOLDER: the ids, each once, of lines "ID [SUBMITTED] DIRECTORY" whose directory
	# is in it.  What was submitted before the run there was accepted belongs to an
	# earlier one at this place; clocks may be two minutes apart.  Times are UTC, in
	# the form of ISO 8601 or ctime, or seconds since 1970.
	folder="${1%/}/" accepted_at=$(time_of_acceptance "$1") awk '
	function seconds(text, at, year, month, first, days) {
		if (text ~ /^[0-9]+([.][0-9]*)?$/) return text + 0
		sub(/^[A-Z][a-z][a-z] +/, "", text)
		gsub(/[TZ]/, " ", text)
		split(text, at, /[^0-9A-Za-z]+/)
		year = at[1]; month = at[2]; first = 3
		if (text ~ /^[A-Z]/) {
			year = at[6]; first = 2
			month = index("  JanFebMarAprMayJunJulAugSepOctNovDec", at[1]) / 3
		}
		if (year + 0 < 1970 || month + 0 < 1) return 0
		if (month < 3) { year--; month += 12 }
		days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400)
		days += int((153 * month - 457) / 5) + at[first] - 719469
		return ((days * 24 + at[first + 1]) * 60 + at[first + 2]) * 60 + at[first + 3]
	}
	BEGIN { since = seconds(ENVIRON["accepted_at"]) - 120 }
	{
		id = $1
		sub(/^[^ ]+ +/, "")
		begins = match($0, /(^| )\//)
		submitted = seconds(substr($0, 1, begins - 1))
		if (submitted && submitted < since) next
		$0 = substr($0, begins)
		sub(/^ /, "")
		if (index($0 "/", ENVIRON["folder"]) == 1 && !seen[id]++) print id
	}'
}
