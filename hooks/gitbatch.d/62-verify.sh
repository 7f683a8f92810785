# --- What proves a run

# sets: result
verify_run () {
	# RUN: its line as in status; "proof" with result=ID, kept=yes|no (are input
	# and result reachable for good?), tree=there|pruned|unreadable; a line
	# "file", LETTER, PATH for tracked files that aren't as in the result; and
	# "environment", KEY: VALUE for what it would compute with now.
	find_run "$1"
	reload_request || die "the request of run $run can not be read"
	head_line
	report
	result=
	field "$dir/settled" result && result=$value
	kept=no
	! is_kept "${result:-$commit}" "$commit" || ! is_whole "$commit" ${result:+"$result"} ||
	kept=yes
	prove_tree
	printf 'proof\tresult=%s\tkept=%s\ttree=%s\n' "$result" "$kept" "$proven"
	test -z "$altered" ||
	printf '%s\n' "$altered" | head -n 100 | sed "s/^/file$tab/"
	prove_large
	test ! -f "$dir/environment" ||
	environment_now | sed "s/^/environment$tab/"
	echo end
}

environment_now () (
	# Of the interpreter and the conda environment that the job had
	restore_locale
	# shellcheck source=/dev/null
	test ! -f "$base/profile" || . "$base/profile" >/dev/null </dev/null
	allowed=20
	! field "$dir/environment" conda || CONDA_PREFIX=$value
	! field "$dir/environment" python || PATH=${value%/*}:$PATH
	export CONDA_PREFIX PATH
	environment </dev/null
) 2>/dev/null

# sets: altered proven
prove_tree () {
	# Sets $proven, and $altered: an index that knows of no file makes git
	# read them all, whatever the job's own repository says of them.
	proven=pruned altered=
	test -d "$dir/tree" || return 0
	proven=unreadable
	test ! -h "$dir/tree" || return 0
	proven=there
	find_lfs
	altered=$(compare_tree) && return
	find_spare
	test -n "$spare" && altered=$(compare_tree) || proven=unreadable
	leave_spare
}

compare_tree () (
	# Paths that aren't as in the result, with a letter each
	GIT_INDEX_FILE=${spare:-$dir}/verify.$$.tmp
	export GIT_INDEX_FILE
	trap 'rm -f "$GIT_INDEX_FILE" "$GIT_INDEX_FILE.lock"' EXIT
	in_tree read-tree "${result:-$commit}" || exit
	in_tree update-index -q --refresh >/dev/null
	in_tree diff-files --name-status
	# Nor is what a folder holds that can't be looked into as in the result.
	{
		in_tree ls-files --others --exclude-standard 2>&1 >&3 |
		grep '^warning: could not open '
	} 3>&1 | without_apart | sed "s/^/?$tab/"
) 2>/dev/null

without_apart () {
	# Of the paths in lines, those that aren't kept beside the repository
	apart=$dir/large awk '
		BEGIN {
			file = ENVIRON["apart"]
			while ((getline line <file) > 0) {
				sub(/^[^\t]*\t[^\t]*\t/, "", line)
				apart[line]
			}
		}
		!($0 in apart)'
}

# sets: known size
prove_large () {
	# "large", ok|missing|altered, HASH, SIZE, PATH for each content that is kept;
	# and "file", M, PATH where the run tree has another one now
	test -f "$dir/large" || return 0
	while IFS=$tab read -r known size path
	do
		word=missing
		if test -f "$base/large/sha256/$known"
		then
			word=altered
			! sha256_of "$base/large/sha256/$known" || test "$sha" != "$known" ||
			word=ok
		fi
		printf 'large\t%s\t%s\t%s\t%s\n' "$word" "$known" "$size" "$path"
		test "$proven" != there || is_in_tree "$known" "$path" ||
		printf 'file\tM\t%s\n' "$path"
	done <"$dir/large"
}

is_in_tree () {
	# HASH PATH
	sha256_of "$dir/tree/$2" && test "$sha" = "$1"
} 2>/dev/null

in_tree () {
	# git with the run tree's files, and the objects of the bare repository
	LC_ALL=C git -C "$dir/tree" --git-dir="$repo" --work-tree="$dir/tree" \
		-c core.bare=false -c core.autocrlf=false -c core.quotePath=false \
		-c core.attributesFile=/dev/null -c core.fsmonitor=false \
		-c diff.ignoreSubmodules=dirty -c "$lfs" "$@"
}

# sets: draft lines record_tree word
attest () {
	# RUN WORD [KEY VALUE]...
	find_run "$1"
	reload_request || die "the request of run $run can not be read"
	case "$2" in
	verified | unverified | reproduced | differs | note | tag) word=$2 ;;
	*) die "nobody can find that a run is $2" ;;
	esac
	shift 2
	record_tree='' lines=
	case "$word" in
	note | tag)
		find_asker
		lines="${newline}By: $asker"
		;;
	*)
		field "$dir/settled" state ||
		die "run $run has not ended: there is nothing to find out yet"
		;;
	esac
	! field "$dir/settled" result || lines="$lines${newline}Result: $value"
	while test $# -gt 1
	do
		case "$1" in
		By | Tolerance | Differs | Volatile | Signature | Note | Tag | Untag) ;;
		*) die "a finding has no $1" ;;
		esac
		one_line "$2"
		lines="$lines$newline$1: $one_line"
		shift 2
	done
	draft=finding.$$
	exclusively record_finding || die "it could not be recorded: $trouble"
	rm -f "$dir/$draft.tmp"
}

record_finding () {
	# Its subject is none of a run's own records.
	clock
	swap "run $run: $word

Run: $run
Finding: $word
Time: $now$lines" ''
}

