# --- The record of an end

# sets: facts lines
fact () {
	# KEY NAME VALUE: for the record by its KEY, for the file by its NAME
	test -n "$3" || return 0
	facts="$facts$newline$1: $3"
	lines="$lines$newline$2: $3"
}

# sets: parts record_tree tips_seen
make_record_tree () {
	# Sets $record_tree: what belongs to the record, and is too long for a line
	record_tree=
	parts=
	for part in environment large tasks
	do
		test -s "$dir/$part" || continue
		blob=$(bare hash-object -w --no-filters -- "$dir/$part") || {
			warn "its $part could not be recorded"
			continue
		}
		parts="${parts}100644 blob $blob$tab$part$newline"
	done
	test -n "$parts" || return 0
	record_tree=$(make_tree_of_parts) &&
	# mktree ends well also where it could not write.
	ask_ids bare rev-parse refs/gitbatch/keep refs/gitbatch/log "$record_tree^{tree}" || {
		record_tree=
		warn 'its environment, large files and tasks could not be recorded'
		return
	}
	tips_seen=${said%"$newline"*}
}

make_tree_of_parts () {
	become_bare mktree <<-EOT
	${parts%"$newline"}
	EOT
}

record_start () {
	# Whoever started run $run may have been killed before it could record that
	has_record && return
	test $? = 1 && recall_start && exclusively record_request
}

has_record () {
	# Is the start of run $run in the history?  2 where git can't tell.
	ask bare log -1 --format=%H --grep="^run $run submitted\$" refs/gitbatch/log || return 2
	test -n "$said"
}

# sets: now options origin subject submitter sweep tree value
recall_start () {
	options='' sweep=
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'tree: '*) tree=$value ;;
		'subject: '*) subject=$value ;;
		'submitter: '*) submitter=$value ;;
		'origin: '*) origin=$value ;;
		'time: '*) now=$value ;;
		'sweep: '*) sweep=$value ;;
		'option: '*) options=$options${options:+$newline}$value ;;
		esac
	done <"$dir/request"
}

facts_of_results () {
	fact Result result "$result"
	fact Place place "$place"
	fact Results results "$results"
	test -z "$elsewhere" || while IFS= read -r line
	do
		fact Elsewhere elsewhere "$line"
	done <<-EOT
	$elsewhere
	EOT
	test ! -s "$dir/large" || fact Large large "$(grep -c '' "$dir/large")"
	fact Ignored ignored "$ignored"
	test "$ignored_files" = 0 || {
		fact Ignored-Files ignored-files "$ignored_files"
		fact Ignored-Bytes ignored-bytes "$ignored_bytes"
	}
}

# sets: lines
write_record () {
	test "$state" != rejected || test -f "$dir/scheduled" || record_start || return 1
	clock
	facts='' lines=
	fact Exit exit "$exit"
	fact Reason reason "$reason"
	facts_of_results
	list_tasks
	make_record_tree
	test "$refusals" = 0 || test "$known" = 0 || {
		tell_refusals
		warn "$refusal"
	}
	test ! -f "$dir/unaskable" || warn_unasked
	test ! -f "$dir/fault" || warn_of_fault
	one_line "$warning"
	fact Warning warning "$one_line"
	fact Job job "$job"
	fact Jobs jobs "$known"
	fact Wrappers wrappers "$wrappers"
	fact Host host "$hosts"
	fact Started started "$first"
	fact Finished finished "$last"
	fact Used used "$(sum_usage)"
	facts_of_links
	fact Time time "$now"
	# The first record of a rejected run, which keeps its commit, may be missing.
	kept=$result
	test "$state" != rejected || kept="$commit $result"
	recorded || exclusively record "$state" "$kept" "$facts" || return 1
	count_told
	put "$dir/settled" "run: $run
state: $state
branch: $branch
commit: $commit$lines
told: $told_words" ||
	return 1
	sweep_temporaries
}

# sets: each
sweep_temporaries () {
	# Of a run that is over: what processes have left that were killed as they
	# wrote it.  A run tree that could not be removed is told of by prune.
	set --
	for each in "$dir"/submits/.*.pipe "$dir"/submits/.*.end "$dir"/*.tmp "$dir"/told/*.tmp
	do
		writer=${each%.tmp}
		writer=${writer##*.}
		test ! -e "$each" && test ! -h "$each" || test "$each" = "$dir/pruned.tmp" ||
		is_somebody "$writer" || set -- "$@" "$each"
	done
	test $# = 0 || rm -rf "$@"
}

is_somebody () {
	# PID: else than this program, and alive?
	number "$1" && test "$1" != "$$" && {
		process "$1" || { test -n "$pids_hidden" && kill -0 "$1" 2>/dev/null; }
	}
}

warn_unasked () {
	read -r unasked_queue <"$dir/unaskable"
	warn "$unasked_queue can't be asked whether there are more jobs: it isn't here"
}

warn_of_fault () {
	read -r fault <"$dir/fault"
	warn "git takes the .gitmodules of the results for unsafe, and where it checks what is fetched it refuses them: $fault"
}

recorded () {
	# Did a settle that died get as far as this very record?
	test -n "$died" &&
	bare log -1 --format=%B --fixed-strings \
		--grep="run $run $state" refs/gitbatch/log 2>/dev/null |
	grep -qx "Result: $result"
}
