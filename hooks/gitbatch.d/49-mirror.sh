# --- A run tree as we see it
#
# A job may write what it likes into the repository that it runs in: settings,
# attributes and hooks that run programs, alternates that lead elsewhere.  So git
# never opens it for us.  It gets one of ours, with copies of the plain files that
# say where the job's branches are, its objects, and the files of the run tree.

# sets: mirror
# shellcheck disable=SC2086 # settings have no spaces
tree_git () {
	mirror=${spare:-$dir}/mirror.$$.tmp
	test -f "$mirror/config" || open_mirror || return 1
	LC_ALL=C GIT_NO_REPLACE_OBJECTS=1 GIT_OPTIONAL_LOCKS=0 \
		git $plainly -C "$dir/tree" --git-dir="$mirror" --work-tree="$dir/tree" "$@"
}

# sets: mirror
open_mirror () {
	# A job may put what it likes in the place of its run tree.
	test ! -h "$dir/tree" || {
		echo >&2 'a link is in the place of the run tree'
		return 1
	}
	mirror=${spare:-$dir}/mirror.$$.tmp
	copy_repository 2>/dev/null && borrow_objects && set_head &&
	configure_mirror && have_commit && look_everywhere
}

configure_mirror () {
	# Where there is no config, tree_git opens it again.
	configure_tree "$mirror/config" &&
	# git runs its status inside repositories in the tree, unless told not to.
	printf '[diff]\n\tignoreSubmodules = dirty\n' >>"$mirror/config" && return
	rm -f "$mirror/config"
	return 1
}

# sets: head trouble
open_for_results () {
	# The same, on top of what was delivered; sets $trouble where that can't be
	open_on_top 2>/dev/null && return
	trouble=$(open_on_top 2>&1 >/dev/null) && head='' && return
	trouble=${trouble:-git failed without a word}
	return 1
}

open_on_top () {
	open_mirror && from_what_was_delivered
}

close_mirror () {
	rm -rf "${spare:-$dir}/mirror.$$.tmp"
}

# sets: temporary
find_temporary () {
	# Sets $temporary: what TMPDIR names may be gone, such as the folder of a job
	temporary=${TMPDIR:-/tmp}
	test -d "$temporary" && test -w "$temporary" || temporary=/tmp
}

# sets: spare
find_spare () {
	# Sets $spare, a folder of our own beside the system's temporary files, where BASE
	# has no room for what git notes: to look at a run tree must not need room there.
	spare=
	trial=$base/runs/.room.$$.tmp
	dd if=/dev/zero of="$trial" bs=65536 count=64 2>/dev/null && rm "$trial" && return
	rm -f "$trial"
	find_temporary
	whose=$temporary/gitbatch.$(id -u)
	for forgotten in "$whose".*
	do
		test ! -d "$forgotten" || is_somebody "${forgotten##*.}" || rm -rf "$forgotten"
	done
	! (umask 077 && mkdir "$whose.$$") 2>/dev/null || spare=$whose.$$
}

# sets: spare
leave_spare () {
	test -z "$spare" || rm -rf "$spare"
	spare=
}

copy_repository () {
	# Links, pipes and the like are no part of it.
	mkdir -p "$mirror/objects/info" "$mirror/theirs" "$mirror/refs" &&
	(
		cd "$dir/tree/.git" || exit 0
		for file in HEAD index packed-refs
		do
			test ! -f "$file" || test -h "$file" || set -- "$@" "$file"
		done
		for folder in refs logs worktrees
		do
			test ! -d "$folder" || test -h "$folder" || set -- "$@" "$folder"
		done
		test $# = 0 || cp -RPp "$@" "$mirror"
		find "$mirror" ! -type d \( ! -type f -o -name '*.lock' \) -exec rm -f {} + \
			-o \( ! -perm -600 -o -type d ! -perm -700 \) -exec chmod u+rwX {} +
	)
}

borrow_objects () {
	printf '%s\n' "$repo/objects" "$mirror/theirs" >"$mirror/objects/info/alternates" ||
	return 1
	set --
	for folder in "$dir/tree/.git/objects"/[0-9a-f][0-9a-f] "$dir/tree/.git/objects/pack"
	do
		test ! -d "$folder" || test -h "$folder" || set -- "$@" "$folder"
	done
	test -h "$dir/tree/.git" || test -h "$dir/tree/.git/objects" || test $# = 0 ||
	ln -s "$@" "$mirror/theirs"
}

set_head () {
	# Without a HEAD that says something, git denies the whole repository.
	line=
	! test -s "$mirror/HEAD" || read -r line <"$mirror/HEAD" || :
	case "$line" in
	'ref: refs/'* | [0-9a-f]*[0-9a-f]) ;;
	*) printf 'ref: refs/heads/%s\n' "$branch" >"$mirror/HEAD" ;;
	esac
	test -f "$mirror/packed-refs" || test -f "$mirror/refs/heads/$branch" ||
	printf '%s refs/heads/%s\n' "$commit" "$branch" >"$mirror/packed-refs"
}

# sets: head head_tree
find_head () {
	head='' head_tree=''
	ask_ids tree_git rev-parse 'HEAD^{commit}' 'HEAD^{tree}' || return 1
	head=${said%%"$newline"*} head_tree=${said#*"$newline"}
}

have_commit () {
	# A job may leave a branch without a commit, or a node that loses its power
	# one whose file is empty: what there is then stands on what ran.
	find_head && return
	find "$mirror/refs" -type f -size 0 -exec rm -f {} +
	find_head && return
	# A commit that is named and isn't there is missed, and may be there again.
	! tree_git rev-parse --verify -q HEAD >/dev/null 2>&1 || return 0
	printf '%s\n' "$commit" >"$mirror/HEAD"
	tree_git for-each-ref >/dev/null 2>&1 || rm -f "$mirror/packed-refs"
}

look_everywhere () {
	# A job may have told git to look away from files that it changed then.
	# What was left out of a sparse checkout is missing on purpose.
	away=$mirror/away
	tree_git ls-files -v 2>/dev/null | grep '^[a-zS] ' >"$away" || return 0
	sed 's/^..//' "$away" | tree_git update-index --no-assume-unchanged --stdin
	sed -n 's/^[sS] //p' "$away" >"$away.skipped"
	test -s "$away.skipped" || return 0
	tree_git update-index --no-skip-worktree --stdin <"$away.skipped"
	tree_git ls-files --deleted | grep -xF -f "$away.skipped" |
	tree_git update-index --skip-worktree --stdin
}

# sets: email name
name_mirror () {
	# What is committed there is by who made the input.
	{
		IFS= read -r name
		IFS= read -r email
	} <<-EOT
	$(bare log -1 --format='%an%n%ae' "$commit" --)
	EOT
	name_author "$mirror/config"
}

from_what_was_delivered () {
	# Where settles of before have committed what the job left, that goes on.
	field "$dir/delivered" result || return 0
	test -n "$head" || return 0
	earlier=$value at=$value
	until test "$at" = "$head"
	do
		line=$(bare log -1 --format='%P %s' "$at" -- 2>/dev/null)
		case "$line" in
		*" Results of run $run" | *" Partial results of run $run") at=${line%% *} ;;
		*) return 0 ;;
		esac
	done
	test "$earlier" = "$head" || {
		printf '%s\n' "$earlier" >"$mirror/HEAD" && find_head
	}
}

# sets: ended_at
time_of_end () {
	# Sets $ended_at: the same for whoever commits what the job has left
	ended_at=
	for file in finished cancelled scheduled request
	do
		! field "$dir/$file" time || {
			ended_at=$value
			return 0
		}
	done
}
