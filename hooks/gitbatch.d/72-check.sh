# --- Is everything as it has to be?

# sets: dir repair run
check () {
	# The invariants of BASE, a line each; 1 if one of them does not hold
	repair=
	case "${1:-}" in
	'') ;;
	--repair) repair=yes ;;
	*) die "check takes --repair, not $1" ;;
	esac
	problems=0
	check_places
	check_locks
	test -z "$repair" || free_slots
	for dir in "$base/runs"/*/
	do
		dir=${dir%/}
		run=${dir##*/}
		number "$run" && check_run
	done
	check_removed
	check_history
	check_objects
	test "$problems" = 0 && echo ok
}

check_places () {
	for folder in runs active queue
	do
		test ! -d "$base/$folder" || continue
		test -n "$repair" && mkdir -p "$base/$folder" &&
		mended "made $base/$folder again" || problem "$base/$folder was removed"
	done
	test ! -e "$base/on-end" || tell_unfit
	try_base
	test -z "$fallen" || problem "$base can't keep what a batch remote promises: $fallen"
	test -z "$repair" || remove_turns
	test -z "$repair" || forget_old
}

tell_unfit () {
	why_unfit
	test -z "$unfit" ||
	printf 'note: %s is not run: %s\n' "$base/on-end" "$unfit"
}

forget_old () {
	# Never what a job has named so in its run tree
	find "$base/runs/." ! -name . -prune \
		\( -name '.token.*' -mtime +7 -o -name '.sweep.*' -mtime +30 \) \
		-exec rm -f {} +
}

remove_turns () {
	# Those of who were killed in them
	for each in "$base/queue"/*.turn "$base/runs"/.*.turn "$base/runs"/*/*.turn
	do
		test ! -d "$each" || ! old "$each" 1 || rmdir "$each" 2>/dev/null
	done
}

check_objects () {
	# What a job committed while git looked is missing in its eyes alone; and
	# what it finds fault with in what a job made isn't damaged.
	# For each kind of index fsck starts one more git, also where there is none.
	set --
	test -e "$repo/objects/info/commit-graph" || test -e "$repo/objects/info/commit-graphs" ||
	set -- -c core.commitGraph=false
	test -e "$repo/objects/pack/multi-pack-index" || set -- "$@" -c core.multiPackIndex=false
	said=$(bare "$@" fsck --no-dangling --no-progress 2>&1) && return
	lost=
	while read -r word kind lacking
	do
		case "$word $kind $lacking" in
		'missing '*) bare cat-file -e "$lacking" 2>/dev/null || lost=yes ;;
		'error in '*': '[a-z]*[A-Z]*': '* | 'warning in '* | notice:*) ;;
		*) lost=yes ;;
		esac
	done <<-EOT
	$said
	EOT
	test -z "$lost" || problem "git fsck: $said"
}

check_removed () {
	# Runs whose directory somebody removed
	for active in "$base/active"/*
	do
		was_removed "${active##*/}" || continue
		test -n "$repair" && settle_removed >/dev/null &&
		mended "run $run, whose directory was removed, is lost" ||
		problem "run $run is not settled, and its directory was removed"
	done
}

# sets: problems
problem () {
	# TEXT: unless it could be mended
	one_line "$1"
	printf 'problem: %s\n' "$one_line"
	problems=$((problems + 1))
}

mended () {
	printf 'mended: %s\n' "$1"
}

check_locks () {
	# A lock that is still there after a second has no owner: git holds one
	# for as long as it takes to write a line.
	# shellcheck disable=SC2046 # a branch name has no spaces
	set -- "$repo"/*.lock "$repo"/refs/gitbatch/*.lock \
		$(find "$repo/refs/heads" -name '*.lock' 2>/dev/null)
	stale=
	for file
	do
		test ! -f "$file" || stale=yes
	done
	test -n "$stale" || return 0
	pause 1
	for file
	do
		test -f "$file" || continue
		if test -n "$repair" && rm -f "$file"
		then
			mended "removed $file, left by a git that was killed"
		else
			problem "$file was left by a git that was killed"
		fi
	done
}

# sets: dir run
check_history () {
	# Every accepted run has its record, every input and result is kept.
	recorded_runs=$(bare log --format=%s refs/gitbatch/log |
		sed -n 's/^run \([0-9]*\) .*/\1/p')
	pinned=
	for dir in "$base/runs"/*/
	do
		dir=${dir%/}
		run=${dir##*/}
		number "$run" && reload_request || continue
		pinned="$pinned$commit$newline"
		field "$dir/delivered" result && pinned="$pinned$value$newline"
		case "$newline$recorded_runs$newline" in
		*"$newline$run$newline"*) ;;
		*) missing_record ;;
		esac
	done
	lost=$(printf '%s^refs/gitbatch/keep\n' "$pinned" |
		bare rev-list --max-count=1 --stdin 2>/dev/null) && test -z "$lost" ||
	# Where a clock ran backwards, git gives up too early: look at it all.
	lost=$({
		bare rev-list refs/gitbatch/keep
		bare rev-list refs/gitbatch/keep
		printf %s "$pinned" | sort -u
	} 2>&1 | sort | uniq -u)
	test -z "$lost" || problem "not kept: $lost"
}

missing_record () {
	# Its push may be about to write it, or have written it since we read them.
	! still_scheduling || return 0
	! has_record || return 0
	test -n "$repair" && recall_start && exclusively record_request && rm -f "$dir/$draft.tmp" && mended "wrote the record of run $run" ||
	problem "run $run has no record"
}

