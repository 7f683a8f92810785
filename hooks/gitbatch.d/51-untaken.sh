# --- What of a run tree was not taken

# sets: left_out
find_left_out () {
	# Sets $left_out: what git knows of and doesn't have as it is, 20 names
	left_out=$({
		tree_git -c core.quotePath=false ls-files --others --exclude-standard
		tree_git -c core.quotePath=false ls-files --modified
	} 2>/dev/null | sort -u | without_known)
	count=$(printf '%s' "$left_out" | grep -c '')
	left_out=$(printf '%s\n' "$left_out" | head -n 20 | tr '\n' ' ')
	left_out=${left_out% }
	test "$count" -le 20 || left_out="$left_out and $((count - 20)) more"
}

without_known () {
	# Of the paths in lines, those that are neither large nor secret
	{
		printf '%s\n' "$secrets"
		test ! -f "$dir/large" || cut -f 3- "$dir/large"
	} >"$dir/known.tmp"
	grep -vxF -f "$dir/known.tmp"
	rm -f "$dir/known.tmp"
}

# sets: hollow
find_hollow () {
	# Sets $hollow: pipes, sockets and empty folders, of which git has no idea
	hollow=$(
		cd "$dir/tree" || exit
		restore_locale # yash reads no names in C
		found=$(
			find . -path ./.git -prune -o \( -type p -o -type s -o -type b -o -type c \) -print \
				-o -type d ! -name .git ! -path '*/.git/*' -exec sh -c '
				for folder
				do
					set -- "$folder"/* "$folder"/.[!.]* "$folder"/..?*
					test -e "$1" || test -h "$1" || test -e "$2" || test -e "$3" ||
					printf "%s/\n" "$folder"
				done' sh {} +
		)
		test -n "$found" || exit
		printf '%s\n' "$found" | LC_ALL=C sed 's|^\./||' | LC_ALL=C grep -v '^/*$' |
		tree_git check-ignore --stdin --verbose --non-matching |
		sed -n "s/^::$tab//p" | without_submodules | head -n 20 | tr '\n' ' '
	) 2>/dev/null
	hollow=${hollow% }
}

without_submodules () {
	# They arrive as empty folders.
	tree_git ls-files --stage | sed -n "s|^160000 [^$tab]*$tab\(.*\)|\1/|p" >"$dir/links.tmp"
	LC_ALL=C grep -vxF -f "$dir/links.tmp"
	rm -f "$dir/links.tmp"
}

# sets: ignored ignored_bytes ignored_files
note_ignored () {
	# Sets $ignored, a few names; $ignored_files and $ignored_bytes, all of them
	ignored=$(tree_git ls-files --others --ignored --exclude-standard \
		--directory | head -n 20)
	ignored_files=0 ignored_bytes=0
	test -n "$ignored" || return 0
	ignored=$(printf '%s\n' "$ignored" | tr '\n' ' ')
	ignored=${ignored% }
	# shellcheck disable=SC2046 # two numbers
	set -- $(
		cd "$dir/tree" &&
		tree_git ls-files --others --ignored --exclude-standard -z |
		without_large | tr '\000' '\n' | LC_ALL=C sed 's/[^A-Za-z0-9/._-]/\\&/g' |
		LC_ALL=C xargs sh -c "$tell_sizes" sh 2>/dev/null |
		awk '{ n++; s += $1 } END { printf "%d %.0f\n", n, s }'
	)
	ignored_files=${1:-0} ignored_bytes=${2:-0}
}
