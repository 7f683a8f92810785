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
	freed=0
	for dir in "$base/runs"/*/
	do
		dir=${dir%/}
		run=${dir##*/}
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

unkept_files () {
	# A few names of files whose content isn't in the repository or beside it
	find_lfs
	{
		{
			tree_git -c core.quotePath=false -c "$lfs" \
				status --porcelain --untracked-files=all --no-renames 2>/dev/null ||
			echo '?? (git can not tell)'
		} |
		cut -c 4- | without_apart
		test ! -f "$dir/large" || while IFS=$tab read -r sha size path
		do
			test ! -f "$dir/tree/$path" ||
			cmp -s "$dir/tree/$path" "$base/large/sha256/$sha" ||
			printf '%s\n' "$path"
		done <"$dir/large"
	} | head -n 4 | tr '\n' ' '
}

inner_repositories () {
	(
		cd "$dir/tree" &&
		find . -path ./.git -prune -o -name .git -print -prune
	) 2>&1 | sed 's|^\./||; s|/\.git$||' | head -n 4 | tr '\n' ' '
}

# sets: freed size trouble
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
		needed=$(why_needed)
		close_mirror
	fi
	test -z "$needed" || {
		printf 'run=%s\tkept=%s\n' "$run" "$needed"
		return
	}
	size=$(kilobytes "$dir/tree" "$dir/pruned.tmp")
	trouble=
	test -n "$dry_run" || {
		# Out of the way first: half a tree is none.
		clear_away "$dir/pruned.tmp" &&
		{ test ! -d "$dir/tree" || mv "$dir/tree" "$dir/pruned.tmp"; } &&
		clear_away "$dir/pruned.tmp"
	}
	left=0
	test -n "$dry_run" || left=$(kilobytes "$dir/tree" "$dir/pruned.tmp")
	freed=$((freed + size - left))
	if test -e "$dir/pruned.tmp" && test -z "$dry_run"
	then
		one_line "$trouble"
		printf 'run=%s\tkept=%s bytes of it can not be removed: %s\n' \
			"$run" "$((left * 1024))" "$one_line"
	else
		printf 'run=%s\tbytes=%s\n' "$run" "$(((size - left) * 1024))"
	fi
}

kilobytes () {
	du -sk "$@" 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'
}

# sets: trouble
clear_away () {
	# Folders in it may be read-only, as caches of modules are.  Links are not
	# followed.  Sets $trouble where something is left.
	rm -rf "$1" 2>/dev/null && return
	find "$1" -type d ! -perm -700 -exec chmod u+rwx {} \; 2>/dev/null
	trouble=$(LC_ALL=C rm -rf "$1" 2>&1 | head -n 1)
	test ! -e "$1"
}

why_needed () {
	if test ! -f "$dir/settled" || test -f "$base/active/$run"
	then
		echo 'it is not settled'
		return
	fi
	field "$dir/settled" results
	case "$value" in
	undelivered*)
		echo 'its results are not delivered'
		return
		;;
	esac
	test -e "$dir/tree/.git/HEAD" && reload_request &&
	test -n "$(tree_git rev-parse --verify -q HEAD)" || {
		echo 'its repository can not be read'
		return
	}
	reload_request
	# shellcheck disable=SC2046 # ids have no spaces
	is_kept $(made_in_tree) "$(tree_git rev-parse HEAD)" || {
		echo 'it has commits that are not in the repository'
		return
	}
	tree_git reset -q
	unkept=$(unkept_files)
	test -z "$unkept" || {
		echo "it has files that are not in the results: ${unkept% }"
		return
	}
	test -z "$with_ignored" || return 0
	inner=$(inner_repositories)
	test -z "$inner" || {
		echo "it has repositories, whose history is nowhere else: ${inner% }"
		return
	}
	ignored=$({
		tree_git ls-files --others --ignored --exclude-standard \
			--directory 2>/dev/null || echo '(git can not tell)'
	} | head -n 4 | tr '\n' ' ')
	test -z "$ignored" ||
	echo "it has ignored files, which are nowhere else: ${ignored% }"
}

some_active () {
	for each in "$base/active"/*
	do
		test ! -e "$each" || return 0
	done
	return 1
}
