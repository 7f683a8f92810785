# --- Removing run trees

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
		test -d "$dir/tree" || continue
		prune_tree
	done
	printf 'freed=%s\n' "$((freed * 1024))"
	test -n "$dry_run" || test -n "$(ls "$base/active")" || {
		bare pack-refs --all
		bare repack -d -q
	}
}

prune_tree () {
	needed=$(why_needed)
	test -z "$needed" || {
		printf 'run=%s\tkept=%s\n' "$run" "$needed"
		return
	}
	size=$(du -sk "$dir/tree" 2>/dev/null)
	size=${size%%[!0-9]*}
	printf 'run=%s\tbytes=%s\n' "$run" "$((size * 1024))"
	freed=$((freed + size))
	test -z "$dry_run" || return 0
	mv "$dir/tree" "$dir/pruned.tmp" && rm -rf "$dir/pruned.tmp"
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
	test -n "$(tree_git rev-parse --verify -q HEAD)" || {
		echo 'its repository can not be read'
		return
	}
	# shellcheck disable=SC2046 # ids have no spaces
	test -z "$(bare rev-list --max-count=1 \
		$(tree_git for-each-ref --format='%(objectname)') \
		"$(tree_git rev-parse HEAD)" --not refs/gitbatch/keep 2>&1)" || {
		echo 'it has commits that are not in the repository'
		return
	}
	test -z "$(tree_git status --porcelain 2>&1 | head -n 1)" || {
		echo 'it has files that are not in the results'
		return
	}
	test -z "$with_ignored" || return 0
	ignored=$(tree_git ls-files --others --ignored --exclude-standard \
		--directory 2>&1 | head -n 4 | tr '\n' ' ')
	test -z "$ignored" ||
	echo "it has ignored files, which are nowhere else: ${ignored% }"
}

