# --- Results

# sets: head head_tree trouble
collect () {
	# Commits what the job left in the run tree.  Plumbing: no hook, editor,
	# signature or half-done merge of the job has a say in it.
	warning=
	test -n "$head" || find_head || return 1
	# The job may have left an index that git can't read.
	find_secrets || {
		rm -f "$mirror/index"
		tree_git read-tree HEAD && find_secrets
	} || return 1
	stage || return 1
	ask_ids tree_git write-tree || return 1
	staged=$said
	note_ignored
	test "$staged" != "$head_tree" || return 0
	time_of_end
	name_mirror 2>/dev/null || trouble=$(name_mirror 2>&1) || return 1
	ask_ids dated tree_git commit-tree -p HEAD -m "$1 of run $run

Run: $run
Input: $commit
State: $state" "$staged" || return 1
	# Ours, which nobody else writes
	trouble=$({ printf '%s\n' "$said" >"$mirror/HEAD"; } 2>&1) || return 1
	head=$said head_tree=$staged
}

dated () {
	# COMMAND...: git, with the time of the job's end
	GIT_AUTHOR_DATE=$ended_at GIT_COMMITTER_DATE=$ended_at
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	"$@"
}

# sets: elsewhere made_tips move result trouble
bring_home () {
	# MOVE: gets the commits of the run tree into the bare repository, keeps
	# them, and shows them on a branch: on the pushed one if it may MOVE.
	result=
	test -d "$dir/tree" || return 0
	move=$1
	# Of many runs of one commit, none is the one whose results it should get.
	! field "$dir/request" sweep || move=no
	elsewhere=
	test -n "$head" || find_head || {
		trouble='the run tree is no repository any more'
		return 1
	}
	result=$head
	find_made && { test "$result" != "$commit" || find_result; } || {
		trouble='git can not list the commits that were made in the run tree'
		return 1
	}
	test -n "$made_tips" || made_tips=$result
	test -n "$made_tips" || return 0
	keep_lfs_objects || {
		trouble='the contents of files under git-lfs could not be kept'
		return 1
	}
	check_modules
	# What git would refuse from elsewhere comes home, too.
	trouble=$(fetch_made "$dir/mirror.$$.tmp" false 2>&1) || return 1
	exclusively deliver_once && look_elsewhere
}

# shellcheck disable=SC2086 # ids have no spaces
fetch_made () {
	# FOLDER true|false: whether git checks what comes, whatever the account has set
	bare -c protocol.file.allow=always -c maintenance.auto=false \
		-c "fetch.fsckObjects=$2" fetch -q --no-tags "$1" $made_tips
}

check_modules () {
	# A .gitmodules may make the git of whoever pulls it run a program.  What
	# git thinks of a new one is noted; the commits are thrown away here.
	test -f "$dir/tree/.gitmodules" && test "$result" != "$commit" &&
	! tree_git diff --quiet "$commit" "$result" -- .gitmodules || return 0
	mkdir -p "$mirror/checked" || return 0
	fault=$(
		GIT_OBJECT_DIRECTORY=$mirror/checked GIT_ALTERNATE_OBJECT_DIRECTORIES=$repo/objects
		export GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
		fetch_made "$mirror" true 2>&1 |
		sed -n 's/^error: object [0-9a-f]*: \(gitmodules[A-Z][A-Za-z]*: \)/\1/p' | head -n 1
	)
	test -z "$fault" || put "$dir/fault" "$fault"
}

# sets: made_tips
find_made () {
	# Sets $made_tips, the newest of all commits that were made in the run tree, also
	# those that no branch shows any more: of a detached HEAD, stashed, or reset.
	# A branch of a commit that isn't there hides no others.
	made_tips=$(
		tree_git rev-list --ignore-missing --parents --all --reflog HEAD --not "$commit" 2>/dev/null ||
		tree_git rev-list --parents --branches HEAD --not "$commit"
	) || return 1
	case "$made_tips" in
	*"$newline"*)
		made_tips=$(printf '%s\n' "$made_tips" | awk '
			{ made[$1]; for (i = 2; i <= NF; i++) parent[$i] }
			END { for (id in made) if (!(id in parent)) printf "%s ", id }')
		;;
	*) made_tips=${made_tips%% *} ;;
	esac
}

# sets: result
find_result () {
	# The job ended where it began.  Its result is what was delivered before;
	# or else what its only branch shows, if it made one.
	result=
	if field "$dir/delivered" result && test "$value" != "$commit" &&
		tree_git cat-file -e "$value^{commit}" 2>/dev/null
	then
		result=$value
		return
	fi
	test -n "$made_tips" || return 0
	shown=$(tree_git rev-list --no-walk --branches --not "$commit" 2>/dev/null) || return 1
	case "$shown" in
	*"$newline"*) ;;
	*) result=$shown ;;
	esac
}

# sets: elsewhere id
look_elsewhere () {
	# Sets $elsewhere, a line "ID WHERE" for what was made beside the result
	test "${made_tips% }" != "$result" || return 0
	elsewhere=$(
		for id in $made_tips
		do
			test -z "$result" || ! tree_git merge-base --is-ancestor "$id" "$result" ||
			continue
			ref=$(tree_git for-each-ref --count=1 --points-at="$id" \
				--format='%(refname)')
			one_line "${ref:-no branch}"
			printf '%s %s\n' "$id" "${one_line#refs/heads/}"
		done | head -n 20
	)
}

is_ancestor () {
	test "$1" != "$2" || return 0
	bare merge-base --is-ancestor "$1" "$2" 2>/dev/null
	surely "$?"
}

# sets: id
is_kept () {
	# ID...: does what is kept lead to each of them?  rev-list is quick, but
	# gives up too early where a clock ran backwards, or is another host's.
	lost=$(bare rev-list --max-count=1 "$@" --not refs/gitbatch/keep 2>/dev/null) &&
	test -z "$lost" && return
	for id
	do
		is_ancestor "$id" refs/gitbatch/keep || return
	done
}

is_whole () {
	# ID...: can git read all that they have and the parents of the first don't?
	# After a power failure, an object may be there by its name alone.
	printf '%s\n' "$@" --not "$1^@" |
	bare -c core.compression=0 pack-objects --revs --stdout -q --window=0 >/dev/null
} 2>/dev/null
