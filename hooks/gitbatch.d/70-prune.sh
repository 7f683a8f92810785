# --- Removing run trees

# sets: dir dry_run run with_ignored
prune () {
	# A run tree goes when git proves that nothing would go with it.
	dry_run='' with_ignored=''
	for option
	do
		case "$option" in
		--dry-run) dry_run=yes ;;
		--ignored) with_ignored=yes ;;
		*) die "prune takes --dry-run and --ignored, not $option" ;;
		esac
	done
	dir=
	trap 'test -z "$dir" || close_mirror; leave_spare' EXIT
	trap 'exit 1' HUP INT TERM
	begin_to_prune
	for dir in "$base/runs"/*/
	do
		dir=${dir%/}
		run=${dir##*/}
		test -n "$dry_run" || sweep_ended
		test -d "$dir/tree" || test -d "$dir/pruned.tmp" || continue
		prune_tree
	done
	printf 'freed=%s\n' "$((freed * 1024))"
	sweep_wishes
	test -n "$dry_run" || some_active || ! test -w "$repo/config" || {
		# Contents are kept for ever, as results are; not what was cut short.
		rm -f "$base/large"/*.tmp
		bare pack-refs --all
		bare repack -d -q
	}
}

# sets: all_kept freed
begin_to_prune () {
	# What is the same for all trees
	freed=0
	find_lfs
	find_spare
	all_kept=$(bare rev-parse --verify refs/gitbatch/keep) ||
	die 'the history can not be read: nothing is pruned'
}

sweep_ended () {
	# What was left by those who were killed at a run that is over
	test -f "$dir/settled" && is_own || return 0
	for each in "$dir"/*.tmp
	do
		test ! -e "$each" || test "$each" = "$dir/pruned.tmp" ||
		held "$dir/settling" || sweep_temporaries
	done
}

# sets: freed kilobytes needed size trouble
prune_tree () {
	# And what an earlier prune could not remove.
	needed=
	if ! is_own
	then
		submitter_of_run
		needed="it belongs to $submitter"
		test -n "$dry_run" || test ! -f "$dir/settled" || ! owns_base || {
			wish prune
			needed="$needed, whose next push or look here prunes it"
		}
	elif test -d "$dir/tree"
	then
		find_need
		test ! -d "${spare:-$dir}/mirror.$$.tmp" || close_mirror
		# Another prune may have taken it away while we looked.
		test -d "$dir/tree" || return 0
	fi
	test -z "$needed" || {
		printf 'run=%s\tkept=%s\n' "$run" "$needed"
		return
	}
	find_size
	size=$kilobytes kilobytes=0 trouble=
	test -n "$dry_run" || remove_tree || {
		find_size
		test -n "$trouble" || return 0
	}
	freed=$((freed + size - kilobytes))
	if test "$kilobytes" -gt 0
	then
		one_line "$trouble"
		printf 'run=%s\tkept=%s bytes of it can not be removed: %s\n' \
			"$run" "$((kilobytes * 1024))" "$one_line"
	else
		printf 'run=%s\tbytes=%s\n' "$run" "$(((size - kilobytes) * 1024))"
	fi
}

# sets: kilobytes
find_size () {
	# Sets $kilobytes, of the tree and what is left of one
	kilobytes=0
	while read -r each rest
	do
		! number "$each" || kilobytes=$((kilobytes + each))
	done <<-EOT
	$(du -sk "$dir/tree" "$dir/pruned.tmp" 2>/dev/null)
	EOT
}

remove_tree () {
	# Out of the way first: half a tree is none.
	clear_away "$dir/pruned.tmp" && take_away_tree && clear_away "$dir/pruned.tmp"
}

# sets: trouble
take_away_tree () {
	# Sets $trouble where it can't be; none where another prune has done so.
	test -d "$dir/tree" || return 0
	trouble=$(mv "$dir/tree" "$dir/pruned.tmp" 2>&1) && return
	test -d "$dir/tree" || trouble=
	return 1
}

# --- What a tree is needed for

# sets: needed result
find_need () {
	# Sets $needed, if something would go with the tree of run $run
	if test ! -f "$dir/settled" || test -f "$base/active/$run"
	then
		needed='it is not settled'
		return
	fi
	field "$dir/settled" results
	case "$value" in
	undelivered*)
		needed='its results are not delivered'
		return
		;;
	esac
	result=
	! field "$dir/delivered" result || result=$value
	{
		test -e "$dir/tree/.git/HEAD" && reload_request && open_mirror &&
		find_unkept && find_made
	} 2>/dev/null || {
		needed='its repository can not be read'
		return
	}
	# shellcheck disable=SC2086 # ids have no spaces
	if test -n "$unkept" && ! is_kept $made_tips ${result:+"$result"} \
		"$(tree_git rev-parse HEAD)"
	then
		needed='it has commits that are not in the repository'
		return
	fi
	# The job may have gone back to where it began, after it had delivered.
	read -r head <"$mirror/HEAD"
	{ test -n "$result" && is_kept_in "$result"; } || {
		missing=$unkept
		is_kept_in "$head"
	} || {
		needed="it has files that are not in the results: ${missing:-$unkept}"
		return
	}
	# shellcheck disable=SC2086 # ids have no spaces
	is_whole "$commit" ${result:+"$result"} $made_tips || {
		needed='git can not read all of its results in the repository: see gitbatch check'
		return
	}
	test -n "$with_ignored" || find_ignored
}

# sets: unkept
find_unkept () {
	# Sets $unkept, a commit of the tree, or its result, that isn't kept.  What
	# a reflog shows may be gone.
	unkept=$(tree_git rev-list --max-count=1 --all --reflog HEAD ${result:+"$result"} \
		--not "$all_kept" 2>/dev/null) ||
	unkept=$(tree_git rev-list --max-count=1 --branches HEAD ${result:+"$result"} \
		--not "$all_kept" 2>/dev/null)
}

# sets: said unkept
is_kept_in () {
	# COMMIT, or a ref of the tree that leads to it: is all that stands in the
	# tree there, too?  Sets $said, and $unkept, a few names of what isn't.
	printf '%s\n' "$1" >"$mirror/HEAD" || return 1
	tree_git read-tree -m HEAD || {
		# The job's index can't be read, or it was in the middle of a merge.
		rm -f "$mirror/index"
		tree_git read-tree HEAD
	}
	said=$(tree_git -c core.quotePath=false -c "$lfs" status --porcelain \
		--untracked-files=all --ignored=matching --no-renames) ||
	said='?? (git can not tell)'
	unkept=
	test -z "$said" && test ! -f "$dir/large" || unkept=$(unkept_files | few_names)
	test -z "$unkept"
} 2>/dev/null

unkept_files () {
	# Names of files whose content isn't in the repository or beside it
	printf '%s\n' "$said" | sed -n '/^!!/!s/^...//p' | without_apart
	test ! -f "$dir/large" || while IFS=$tab read -r sha size path
	do
		test ! -f "$dir/tree/$path" ||
		cmp -s "$dir/tree/$path" "$base/large/sha256/$sha" ||
		printf '%s\n' "$path"
	done <"$dir/large"
}

few_names () {
	head -n 4 | tr '\n' ' ' | sed 's/ $//'
}

# sets: needed
find_ignored () {
	# Sets $needed, if there is what nobody meant to be kept
	found=$(
		cd "$dir/tree" 2>/dev/null &&
		find . -path ./.git -prune -o -name .git -print -prune 2>&1
	)
	test -z "$found" || {
		found=$(printf '%s\n' "$found" | sed 's|^\./||; s|/\.git$||' | few_names)
		needed="it has repositories, whose history is nowhere else: $found"
		return
	}
	case "$newline$said" in
	*"$newline!! "*)
		found=$(printf '%s\n' "$said" | sed -n 's/^!! //p' | few_names)
		needed="it has ignored files, which are nowhere else: $found"
		;;
	esac
}

some_active () {
	for each in "$base/active"/*
	do
		test ! -e "$each" || return 0
	done
	return 1
}
