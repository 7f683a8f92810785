# --- Contents beside the repository
#
# A large file would be in the history for ever.  Its content is kept in
# BASE/large/sha256 under its hash, once; the run's file "large", which becomes
# part of its record, says "HASH<tab>SIZE<tab>PATH".  The contents of what
# stands under git-lfs are kept there, too.

# sets: sha
sha256_of () {
	# FILE: sets $sha
	sha=$(sha256sum <"$1" || shasum -a 256 <"$1" || openssl dgst -sha256 -r <"$1") 2>/dev/null
	sha=${sha%% *}
	case "$sha" in
	*[!0-9a-f]*) sha= ;;
	esac
	test "${#sha}" = 64
}

keep_content () {
	# FILE: keeps a copy of it; sets $sha and $size.  What is hashed is the copy,
	# whatever happens to the file meanwhile.
	mkdir -p "$base/large/sha256" || return 1
	copy=$base/large/$$.$host.tmp
	cp "$1" "$copy" && sha256_of "$copy" || {
		rm -f "$copy"
		return 1
	}
	size_of "$copy"
	# What is there may be damaged.
	chmod 444 "$copy" && mv -f "$copy" "$base/large/sha256/$sha"
}

set_large_apart () {
	# Writes $dir/large, if there are any
	test ! -e "$dir/large" && test ! -e "$dir/large.tmp" ||
	rm -f "$dir/large" "$dir/large.tmp"
	setting largefile 52428800
	limit=$value
	test "$limit" -gt 0 || return 0
	trouble=$(
		cd "$dir/tree" || exit
		find . -name .git -prune -o -type f -size "+${limit}c" \
			! -path "*[$newline$tab]*" -print | while IFS= read -r path
		do
			path=${path#./}
			goes_apart "$path"
			case $? in
			0) ;;
			1) continue ;;
			*)
				echo "git can't say whether $path is a new result"
				break
				;;
			esac
			keep_content "$path" 2>&1 || {
				echo "the large file $path could not be kept"
				break
			}
			printf '%s\t%s\t%s\n' "$sha" "$size" "$path" >>"$dir/large.tmp" 2>&1
		done
	)
	test -z "$trouble" || return 1
	test ! -f "$dir/large.tmp" || mv -f "$dir/large.tmp" "$dir/large"
}

# sets: filter tracked new
goes_apart () {
	# PATH: would git take it whole, and doesn't have it?  2 where git can't say.
	filter=$(tree_git check-attr filter -- "$1") &&
	tracked=$(tree_git ls-files -- ":(literal)$1") || return 2
	case "$filter" in
	*': filter: lfs') return 1 ;;
	esac
	test -z "$tracked" || return 1
	# shellcheck disable=SC2086 # patterns have no spaces
	new=$(tree_git ls-files --others --exclude-standard $but_secrets \
		-- ":(literal)$1") || return 2
	test -z "$new" || return 0
	new=$(named_results | while IFS= read -r pattern
	do
		tree_git ls-files --others -- ":(glob)$pattern" || exit
	done) || return 2
	printf '%s\n' "$new" | grep -qxF -e "$1"
}

without_large () {
	# Of the paths on standard input, each ended by NUL, those that aren't large,
	# whose names are a line each
	if test -f "$dir/large"
	then
		tr '\n\000' '\001\n' | without_apart | tr '\n\001' '\000\n'
	else
		cat
	fi
}

# sets: size
large_file () {
	# PATH: sets $file to the content that is kept of it
	test -f "$dir/large" || return 1
	while IFS=$tab read -r sha size path
	do
		test "$path" = "$1" || continue
		file=$base/large/sha256/$sha
		test -f "$file"
		return
	done <"$dir/large"
	return 1
}

# sets: size
list_large () {
	# [PATH]: as list_files does, where only these are left of the run tree
	found=
	test ! -f "$dir/large" || while IFS=$tab read -r sha size path
	do
		case "$path" in
		"${1:-$path}" | "${1%/}"/*) printf '%s\t%s\n' "$size" "$path" && found=yes ;;
		esac
	done <"$dir/large"
	test -n "$found" || miss_tree
}

miss_tree () {
	die "the tree of run $run is not there any more: its input and results are in git"
}

# --- git-lfs

# sets: lfs
find_lfs () {
	# [--keep]: sets $lfs, for git -c: what does for us what git-lfs would do,
	# where it isn't here.  Where it is, it has a say that nobody can take away.
	lfs=core.fsmonitor=false
	! is_set filter.lfs.process || test -z "$value" || return 0
	# A path need not be fit for a script.
	GITBATCH=$helper_dir/gitbatch
	export GITBATCH
	lfs="filter.lfs.clean=\"\$GITBATCH\" point${1:+ $1}"
}

point () {
	# [--keep]: a pointer to the content on standard input, as git-lfs writes it
	if test "${1:-}" = --keep
	then
		mkdir -p "$base/large"
		content=$base/large/point.$$.$host.tmp
	else
		find_temporary
		content=$temporary/gitbatch.$$.tmp
	fi
	trap 'rm -f "$content"' EXIT
	(umask 077 && cat >"$content") || exit
	size_of "$content"
	if test "$size" -lt 1024 && grep -q '^version https://git-lfs' "$content"
	then
		cat "$content"
		exit
	fi
	if test "${1:-}" = --keep
	then
		keep_content "$content" || exit
	else
		sha256_of "$content" || exit
	fi
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' \
		"$sha" "$size"
}

keep_lfs_objects () {
	# Those that the job itself committed pointers to, and those of git-lfs
	for objects in "$dir/tree/.git/lfs/objects" "$dir/mirror.$$.tmp/lfs/objects"
	do
		test -d "$objects" || continue
		find "$objects" -type f | while IFS= read -r object
		do
			test ! -f "$base/large/sha256/${object##*/}" || continue
			keep_content "$object" || exit 1
		done || return 1
	done
}
