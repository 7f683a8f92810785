# --- Delivery of results into the repository

# sets: branch_tip
tip_of () {
	# BRANCH: sets $branch_tip, empty where there is no such branch; git may end well
	# without having been able to tell.
	branch_tip=$(bare rev-parse --verify -q "refs/heads/$1^{commit}" 2>/dev/null)
	status_of_git=$?
	test "$status_of_git" != 0 || test -n "$branch_tip" || status_of_git=128
	test "$status_of_git" = 0 || branch_tip=
	surely "$status_of_git"
}

# sets: unsure
surely () {
	# STATUS: git says no by 1; by anything else, that it doesn't know.
	test "$1" -le 1 || unsure=yes
	return "$1"
}

# sets: tips_seen
deliver_once () {
	choose_place || return 1
	kept=$made_tips
	ask_ids bare rev-parse refs/gitbatch/keep refs/gitbatch/log || return 1
	tips_seen=$said keep_now=${said%%"$newline"*}
	# shellcheck disable=SC2086
	if test -z "$place_new" && not_kept=$(bare rev-list --max-count=1 \
		$made_tips --not "$keep_now" 2>/dev/null) && test -z "$not_kept"
	then
		tips_seen=
		return 0
	fi
	swap '' "$kept" "$place_new" "$result" "$place_old"
}

# sets: place place_new place_old trouble
choose_place () {
	# Sets $place, the branch that shows the result (none: it is only kept),
	# and what has to move for that: $place_new from $place_old.
	place='' place_new='' place_old='' unsure=
	test -n "$result" || return 0
	# To git, a branch whose file can't be opened isn't there.
	tip_of "$branch" || test ! -e "$repo/refs/heads/$branch" || unsure=yes
	if test -n "$branch_tip" && is_ancestor "$result" "$branch_tip"
	then
		place=$branch
	elif test "$move" != yes
	then
		:
	elif test -n "$branch_tip" && is_ancestor "$commit" "$branch_tip" &&
		is_ancestor "$branch_tip" "$result"
	then
		place=$branch place_new=refs/heads/$branch place_old=$branch_tip
	elif test "$origin" = push
	then
		choose_side_branch
	fi
	test -z "$unsure" || {
		trouble='the branches of the repository could not be read'
		return 1
	}
}

# sets: place place_new place_old
choose_side_branch () {
	for suffix in '' -2 -3 -4 -5 -6 -7 -8 -9
	do
		place=$branch-run$run$suffix
		tip_of "$place" || {
			can_create "$place" || continue
			place_old=$(printf %s "$commit" | tr 0-9a-f 0)
			break
		}
		! is_ancestor "$result" "$branch_tip" || return 0
		is_ancestor "$commit" "$branch_tip" && is_ancestor "$branch_tip" "$result" ||
		continue
		place_old=$branch_tip
		break
	done
	test -n "$place_old" && place_new=refs/heads/$place || place=
}

can_create () {
	# No branch that is there already is a directory of its name, and it is
	# short enough for a file.
	leaf=${1##*/}
	test "${#leaf}" -lt 246 &&
	test -z "$(bare for-each-ref --count=1 "refs/heads/$1/")"
}

deliver () {
	# In a job, or by the run tree's post-commit hook: never its undoing
	reload_request
	open_for_results && bring_home "$(stands_on_branch)" || {
		close_mirror
		heart_of "$trouble"
		printf >&2 'gitbatch: results not delivered yet: %s\n' "$one_line"
		return 0
	}
	close_mirror
	note_delivery
	test -f "$dir/settled" || return 0
	judge
	test "$ended" = settled || {
		activate
		announce "$run"
	}
}

stands_on_branch () {
	# What a job makes on a branch of its own may not be what it ends with: until
	# then, the pushed branch doesn't show it.
	case "$(tree_git symbolic-ref -q HEAD)" in
	"refs/heads/$branch") echo yes ;;
	*) echo no ;;
	esac
}

note_delivery () {
	test -z "$result" || put "$dir/delivered" "result: $result
place: $place$(is_by_job || printf '\ncollected: yes')"
	announce "$run"
}
