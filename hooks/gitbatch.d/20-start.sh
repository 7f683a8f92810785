# --- Starting a run

claim () {
	# Sets $run and $dir.  mkdir decides who gets a number; .last only saves
	# the search.
	run=
	test -d "$base/runs" || mkdir -p "$base/runs" 2>/dev/null
	{ read -r run <"$base/runs/.last"; } 2>/dev/null
	number "$run" || run=$(highest)
	run=$((run + 1))
	until ! test -d "$base/runs/$run" && {
		mkdir "$base/runs/$run" 2>/dev/null ||
		trouble=$(mkdir "$base/runs/$run" 2>&1)
	}
	do
		test -d "$base/runs/$run" || return 1
		run=$((run + 1))
	done
	dir=$base/runs/$run draft=request
	printf '%s\n' "$run" >"$base/runs/.last"
	activate && announce "$run" || {
		rm -rf "$dir"
		return 1
	}
}

highest () {
	# The newest run, by its directory or, where that is gone, its record
	{
		for each in "$base/runs"/*
		do
			printf '%s\n' "${each##*/}"
		done
		bare log -1 --format=%s refs/gitbatch/log |
		tr -cs 0-9 '\n'
		echo 0
	} 2>/dev/null | grep -x '[0-9][0-9]*' | sort -n | tail -n 1
}

describe () {
	# What the commit says of itself: sets $tree, $name, $email, $subject;
	# and $tips_seen, $epoch, $now and $git_version.
	bare rev-list --no-walk=unsorted --format='%T%n%an%n%ae%n%s' \
		"$commit" refs/gitbatch/keep refs/gitbatch/log -- \
		>"$dir/$draft.facts.tmp" 2>/dev/null || {
		trouble=$(bare rev-list --no-walk "$commit" refs/gitbatch/keep \
			refs/gitbatch/log -- 2>&1 >"$dir/$draft.facts.tmp")
		test -n "$trouble" || trouble="$dir can not be written"
		return 1
	}
	{
		read -r line
		read -r tree
		IFS= read -r name
		IFS= read -r email
		IFS= read -r subject
		read -r line keep
		read -r line
		read -r line
		read -r line
		read -r line
		read -r line log
	} <"$dir/$draft.facts.tmp"
	tips_seen=$keep$newline$log
	test "${#commit}" = 40 || empty_tree=$empty_tree_sha256
	read_moment || {
		clock
		git_version=$(git version)
	}
}

note_moment () {
	# Beside what else is asked, for read_moment, which sets $epoch, $now and
	# $git_version, or fails where it isn't there yet
	date -u '+%s %Y-%m-%dT%H:%M:%SZ' >"$dir/moment.tmp" &&
	git version >>"$dir/moment.tmp"
}

read_moment () {
	{
		read -r epoch now && read -r git_version
	} <"$dir/moment.tmp"
} 2>/dev/null

write_request () {
	process $$
	lines_of option "$options"
	put "$dir/request" "run: $run
branch: $branch
commit: $commit
tree: $tree
subject: $subject
submitter: $submitter
time: $now
origin: $origin
versions: gitbatch $version, $git_version
hook: $process${token:+${newline}token: $token}$sweep_lines$lines"
}

lines_of () {
	# KEY LINES: sets $lines, "KEY: line" for each of them, after a line end
	lines=
	test -z "$2" || while IFS= read -r line
	do
		lines="$lines$newline$1: $line"
	done <<-EOT
	$2
	EOT
}

quoted () {
	# TEXT: sets $quoted, a value for git's configuration
	quoted=$1
	case "$1" in
	*[\\\"]*)
		quoted=$(printf '%s\n' "$1" | sed 's/[\\"]/\\&/g')
		;;
	esac
	quoted=\"$quoted\"
}

make_tree () {
	# The run tree is a repository of its own that borrows the objects of
	# the bare one: what happens in it touches nobody else.
	git=$dir/tree/.git
	mkdir -p "$git/objects/info" "$git/refs" &&
	printf '%s\n' "$repo/objects" >"$git/objects/info/alternates" &&
	printf '%s refs/heads/%s\n' "$commit" "$branch" >"$git/packed-refs" &&
	printf 'ref: refs/heads/%s\n' "$branch" >"$git/HEAD" || return 1
	configure_tree "$git/config"
}

configure_tree () {
	# FILE: neither the commit nor the results may depend on this account.
	format="[core]$newline	repositoryformatversion = 0"
	test "${#commit}" = 40 ||
	format="[extensions]$newline	objectFormat = sha256
[core]$newline	repositoryformatversion = 1"
	quoted "$helper_dir"
	printf '%s\n' "$format" '	bare = false' "	hooksPath = $quoted" \
		'	autocrlf = false' '	fsmonitor = false' \
		'	excludesFile = /dev/null' '	attributesFile = /dev/null' \
		'[commit]' '	gpgSign = false' '[gc]' '	auto = 0' \
		'[uploadpack]' '	allowAnySHA1InWant = true' \
		'[gitbatch]' "	run = $run" >"$1"
}

name_author () {
	# FILE: what the job commits is by who made its input.
	quoted "${name:-gitbatch}"
	author=$quoted
	quoted "${email:-gitbatch@localhost}"
	printf '[user]\n\tname = %s\n\temail = %s\n' "$author" "$quoted" \
		>>"$1"
}

check_out () {
	# Only checkout, of all that does this, lets workers share the files.
	make_tree && LC_ALL=C git -c core.warnAmbiguousRefs=false \
		-c checkout.workers=0 -C "$dir/tree" --git-dir="$dir/tree/.git" \
		--work-tree="$dir/tree" checkout -q --force
}

record () {
	# STATE KEPT [LINES [REF NEW OLD]]: one try to append to the history
	swap "run $run $1

Run: $run
State: $1
Branch: $branch
Commit: $commit$3" "$2" "$4" "$5" "$6"
}

record_request () {
	lines_of Option "$options"
	record submitted "$commit" "
Tree: $tree
Subject: $subject
Submitter: $submitter
Origin: $origin
Time: $now$lines"
}

start_run () {
	# BRANCH COMMIT ORIGIN, and $options: a line each
	branch=$1 commit=$2 origin=$3
	submitter=${LOGNAME:-${USER:-$(id -un)}}
	test -z "$shared" || submitter=$(id -un 2>/dev/null || id -u)
	test -z "$token" || claim_token || return
	claim || {
		drop_token
		refuse "$trouble"
		return 1
	}
	is_welcome || {
		rm -rf "$dir" "$base/active/$run"
		drop_token
		refuse "$trouble"
		return 1
	}
	test -z "$token" || put "$base/runs/.token.$token" "$run"
	# The files take as long as all that is written about the run.
	{
		note_moment
		check_out && look_for_links
	} >"$dir/checkout.tmp" 2>&1 &
	checkout=$!
	describe && leave_newer "$git_version" && write_request || {
		wait "$checkout"
		rm -rf "$dir" "$base/active/$run"
		drop_token
		refuse "$trouble"
		return 1
	}
	reason='' unrecorded=
	exclusively record_request ||
	reason="the run could not be recorded: $trouble" unrecorded=yes
	wait "$checkout" && name_author "$dir/tree/.git/config" || test -n "$reason" ||
	reason="the commit could not be checked out: $(cat "$dir/checkout.tmp")"
	test -n "$reason" || ! test -f "$dir/links" || heed_links
	if test -n "$reason"
	then
		sweep
		scheduled 1 "$reason"
	else
		warn_of_gaps
		schedule
	fi
	confirm
}

is_welcome () {
	# Root can write everywhere, and the owner could not go on with what it leaves.
	# shellcheck disable=SC3067 # it spares find where it is known
	test -z "$shared" && ! test -O "$base" 2>/dev/null || return 0
	test "$(find "$base" "$dir" -prune -user "$(id -u)" 2>/dev/null)" = "$dir" || return 0
	whose "$base"
	trouble="$base belongs to $whose, who could not change a run of $(id -un): push as $whose, or let them share it with a group ('gitbatch-tui setup --shared GROUP')"
	return 1
}

whose () {
	# FILE: sets $whose, the name of its owner
	whose=$(stat -c %U "$1" 2>/dev/null || stat -f %Su "$1" 2>/dev/null) ||
	whose='somebody else'
	test "$whose" != UNKNOWN || whose=$(stat -c %u "$1")
}

refuse () {
	heart_of "$1"
	case "$one_line" in
	*'ermission denied'*)
		whose "$base"
		one_line="$base belongs to $whose, who has not shared it with you: 'gitbatch-tui setup --shared GROUP' does that ($one_line)"
		;;
	*'I/O error'* | *'rite error'* | *'No space left'*)
		one_line="$base can not be written, is its disk full or a quota reached? $one_line"
		;;
	esac
	printf 'gitbatch: no run for %s: %s\n' "$branch" "$one_line"
}

heart_of () {
	# TEXT: sets $one_line to the line that says why, or to all of it
	case "$newline$1" in
	*"${newline}fatal: "*) line=fatal ;;
	*"${newline}error: "*) line=error ;;
	*) line= ;;
	esac
	test -z "$line" || {
		set -- "$newline$1" "$newline$line: "
		set -- "${1#*"$2"}"
		set -- "$line: ${1%%"$newline"*}"
	}
	one_line "$1"
}

one_line () {
	# TEXT: sets $one_line
	case "$1" in
	*"$newline"* | *"$tab"*)
		one_line=$(printf '%s' "$1" | tr -s '\n\t' '  ')
		;;
	*)
		one_line=$1
		;;
	esac
}

warn_of_gaps () {
	test ! -f "$dir/tree/.gitmodules" || tell \
		'gitbatch: warning: submodules arrive as empty directories'
	test -f "$dir/tree/.gitattributes" &&
	grep -q '^[^#].*filter=lfs' "$dir/tree/.gitattributes" &&
	! command -v git-lfs >/dev/null 2>&1 && tell \
		'gitbatch: warning: there is no git-lfs here: its files arrive as pointers'
	return 0
}

tell () {
	# To the pusher, who may be gone.
	trap '' PIPE
	printf '%s\n' "$@" >&3
	trap - PIPE
} 2>/dev/null

scheduled () {
	# EXIT REASON: how schedule.sh ended, or why it never began
	one_line "$2"
	put "$dir/scheduled" "exit: $1
reason: $one_line" && announce "$run"
}

confirm () {
	# The receipt: nothing may be believed without it.
	field "$dir/scheduled" exit || {
		refuse "$dir can not be written"
		return 1
	}
	if test "$value" = 0
	then
		state=submitted
		printf 'gitbatch: when it has ended: git pull THIS-REMOTE %s\n' "$branch"
	else
		field "$dir/scheduled" reason
		test -z "$unrecorded" || exclusively record_request
		if was_rejected
		then
			printf 'gitbatch: run %s was rejected: %s\n' "$run" "$value"
		else
			printf 'gitbatch: %s, as did a job that it waited for\n' "$value"
		fi
	fi
	receipt
}

was_rejected () {
	# Of a run whose schedule.sh failed: sets $state.  Where it ended as a job did
	# that it had submitted, and waited for, its jobs tell what the run is in.
	said=$("$helper_dir/gitbatch" settle "$run")
	case "$said" in
	"run $run: rejected" | "run $run has not ended: rejected") ;;
	"run $run: "* | "run $run has not ended: "*)
		state=submitted
		return 1
		;;
	esac
	state=rejected
}

receipt () {
	printf 'gitbatch: run=%s commit=%s state=%s branch=%s\n' \
		"$run" "$commit" "$state" "$branch"
}

