# --- At any contact

# sets: dir ended run
settle_others () {
	# [--waiting]: runs that ended where git can't be run, or where there was no
	# room, are settled at the next contact.
	for active in "$base/active"/* "$base/undelivered"/*
	do
		run=${active##*/}
		number "$run" || continue
		dir=$base/runs/$run
		is_own || continue
		judge
		test "${active%/*}" = "$base/active" || ended=yes
		settle_soon "$1"
	done
}

is_own () {
	# Is run $run ours to change?  Others' runs are settled by them.
	test -z "$shared" || test -w "$dir"
}

settle_soon () {
	# [--waiting]: run $run, which was judged just now; not where that was tried
	# in vain a short while ago, or where nothing can be written
	{ test "$ended" = yes || { test "$ended" = no && seems_over; }; } && is_own || return 0
	test "${1:-}" = --waiting || ! held "$dir/settling" || return 0
	! field "$dir/postponed" until || {
		test -n "$epoch" || clock
		# Nothing is postponed for more than an hour: the clock was set back since.
		test "$value" -le "$epoch" || test "$value" -gt "$((epoch + 3600))" || return 0
	}
	test ! -d "$dir" ||
	{ printf '%s\n' "$run" >"$dir/room.tmp"; } 2>/dev/null || return 0
	detach "$helper_dir/gitbatch" settle "$run"
}
