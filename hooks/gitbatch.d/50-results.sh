# --- Results

# What is never committed unless the job or the user did it
key_like='.env .env.* .netrc .pgpass id_rsa id_dsa id_ecdsa id_ed25519
	*.pem *.key *.p12 *.pfx credentials.json'

collect () {
	# Commits what the job left in the run tree.  Plumbing: no hook, editor,
	# signature or half-done merge of the job has a say in it.
	warning=
	find "$dir/tree/.git" -name '*.lock' -type f -exec rm -f {} + 2>/dev/null
	test -f "$dir/tree/.git/HEAD" || make_tree_again || return 1
	sound_head
	head=$(tree_git rev-parse --verify 'HEAD^{commit}' 2>&1) || {
		trouble=$head
		return 1
	}
	tree_git ls-files >/dev/null 2>&1 || {
		rm -f "$dir/tree/.git/index"
		tree_git read-tree HEAD || return 1
	}
	stage || return 1
	staged=$(tree_git write-tree 2>&1) || {
		trouble=$staged
		return 1
	}
	ignored=$(tree_git ls-files --others --ignored --exclude-standard \
		--directory | head -n 20 | tr '\n' ' ')
	test "$staged" != "$(tree_git rev-parse 'HEAD^{tree}')" || return 0
	made=$(tree_git commit-tree -p HEAD -m "$1 of run $run

Run: $run
Input: $commit
State: $state" "$staged" 2>&1) || {
		trouble=$made
		return 1
	}
	trouble=$(tree_git update-ref HEAD "$made" "$head" 2>&1)
}

sound_head () {
	# Without a HEAD that says something, git denies the whole repository.
	line=
	! test -s "$dir/tree/.git/HEAD" || read -r line <"$dir/tree/.git/HEAD" ||
	return 0
	case "$line" in
	'ref: refs/'* | [0-9a-f]*[0-9a-f]) ;;
	*) printf 'ref: refs/heads/%s\n' "$branch" >"$dir/tree/.git/HEAD" ;;
	esac
}

make_tree_again () {
	# The job removed the repository that it ran in, but not its files.
	test ! -e "$dir/tree/.git" || mv "$dir/tree/.git" "$dir/broken-git"
	describe && make_tree && name_author && tree_git read-tree HEAD
}

stage () {
	set -f
	set --
	for pattern in $key_like
	do
		set -- "$@" "$pattern"
	done
	set +f
	# shellcheck disable=SC2046 # patterns have no spaces
	secrets=$(tree_git ls-files --others --exclude-standard -- \
		$(printf ':(icase,glob)**/%s ' "$@") 2>&1) || {
		trouble=$secrets
		return 1
	}
	if test -n "$secrets"
	then
		one_line "$secrets"
		warning="left out, because they look like keys or passwords: $one_line; "
		tree_git add --update . 2>/dev/null
		# shellcheck disable=SC2046 # patterns have no spaces
		set -- . $(printf ':(exclude,icase,glob)**/%s ' "$@")
	else
		set -- .
	fi
	until said=$(tree_git -c advice.addEmbeddedRepo=false \
		add --all --ignore-errors -- "$@" 2>&1)
	do
		# git can neither add a repository without a commit, nor go on.
		hollow=$(printf '%s\n' "$said" | sed -n \
			"s|^error: '\(.*\)/' does not have a commit checked out\$|\1|p")
		if test -n "$hollow"
		then
			hollow=${hollow%%"$newline"*}
			warning="${warning}left out, a repository without a commit: $hollow; "
			set -- "$@" ":(exclude,literal)$hollow"
			continue
		fi
		# What can't be read can't be a result; all else may pass.
		trouble=$(printf '%s\n' "$said" |
			grep '^error: \|^fatal: ' | grep -v 'adding files failed' |
			grep -v 'Permission denied' | grep -v 'unable to index file')
		test -z "$trouble" || return 1
		break
	done
	test -z "$said" || {
		one_line "$said"
		warning=$warning$one_line
	}
}

reload_request () {
	field "$dir/request" branch && branch=$value &&
	field "$dir/request" commit && commit=$value &&
	field "$dir/request" origin && origin=$value || return 1
	test "${#commit}" = 40 || empty_tree=$empty_tree_sha256
}

bring_home () {
	# MOVE: gets the commits of the run tree into the bare repository, keeps
	# them, and shows them on a branch: on the pushed one if it may MOVE.
	result=
	test -f "$dir/tree/.git/HEAD" || return 0
	move=$1
	result=$(tree_git rev-parse --verify -q 'HEAD^{commit}') &&
	tips=$(tree_git for-each-ref --format='%(objectname)' refs/heads) || {
		trouble='the run tree is no repository any more'
		return 1
	}
	# shellcheck disable=SC2086 # ids have no spaces
	unique $result $tips
	made_tips=
	for id in $ids
	do
		test "$id" = "$commit" || made_tips="$made_tips $id"
	done
	test -n "$made_tips" || {
		result=
		return 0
	}
	# shellcheck disable=SC2086
	trouble=$(bare fetch -q --no-tags \
		"$dir/tree" $made_tips 2>&1) || return 1
	exclusively deliver_once
}

is_ancestor () {
	bare merge-base --is-ancestor "$1" "$2" 2>/dev/null
	surely "$?"
}

tip_of () {
	bare rev-parse --verify -q "refs/heads/$1^{commit}" 2>/dev/null
	surely "$?"
}

surely () {
	# STATUS: git says no by 1; by anything else, that it doesn't know.
	test "$1" -le 1 || unsure=yes
	return "$1"
}

deliver_once () {
	choose_place || return 1
	kept=$made_tips
	keep_now=$(bare rev-parse refs/gitbatch/keep)
	# shellcheck disable=SC2086
	test -n "$(bare rev-list --max-count=1 \
		$made_tips --not "$keep_now" 2>/dev/null)" ||
	test -n "$place_new" || return 0
	swap '' "$kept" "$place_new" "$result" "$place_old"
}

choose_place () {
	# Sets $place, the branch that shows the result (none: it is only kept),
	# and what has to move for that: $place_new from $place_old.
	place='' place_new='' place_old='' unsure=
	tip=$(tip_of "$branch") || {
		surely "$?"
		# To git, a branch whose file can't be opened isn't there.
		test ! -e "$repo/refs/heads/$branch" || unsure=yes
	}
	if test -n "$tip" && is_ancestor "$result" "$tip"
	then
		place=$branch
	elif test "$move" != yes
	then
		:
	elif test -n "$tip" && is_ancestor "$commit" "$tip" &&
		is_ancestor "$tip" "$result"
	then
		place=$branch place_new=refs/heads/$branch place_old=$tip
	elif test "$origin" = push
	then
		choose_side_branch
	fi
	test -z "$unsure" || {
		trouble='the branches of the repository could not be read'
		return 1
	}
}

choose_side_branch () {
	for suffix in '' -2 -3 -4 -5 -6 -7 -8 -9
	do
		place=$branch-run$run$suffix
		tip=$(tip_of "$place") || {
			place_old=$(printf %s "$commit" | tr 0-9a-f 0)
			can_create "$place" || continue
			break
		}
		! is_ancestor "$result" "$tip" || return 0
		is_ancestor "$commit" "$tip" && is_ancestor "$tip" "$result" ||
		continue
		place_old=$tip
		break
	done
	test -n "$place_old" && place_new=refs/heads/$place || place=
}

can_create () {
	# No branch that is there already is a directory of its name, and it is
	# short enough for a file.
	last=${1##*/}
	test "${#last}" -lt 246 &&
	test -z "$(bare for-each-ref --count=1 "refs/heads/$1/")"
}

deliver () {
	# In a job, or by the run tree's post-commit hook: never its undoing
	reload_request
	bring_home yes || {
		one_line "$trouble"
		printf >&2 'gitbatch: results not delivered yet: %s\n' "$one_line"
		return 0
	}
	field "$dir/delivered" result
	test "$value" = "$result" || test -f "$dir/started" || reopen
	note_delivery
}

reopen () {
	# A run that seemed over has something to say after all.
	test -f "$dir/settled" || return 0
	activate
	mv -f "$dir/settled" "$dir/settled.before"
}

note_delivery () {
	test -z "$result" || put "$dir/delivered" "result: $result
place: $place"
}

