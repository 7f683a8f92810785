# --- Starting a run

# sets: dir draft run trouble
claim () {
	# Sets $run and $dir.  mkdir decides who gets a number; .last only saves
	# the search.  The doctor's runs have numbers of their own, since people
	# count theirs.
	run=
	test -d "$base/runs" || mkdir -p "$base/runs" 2>/dev/null
	case "$branch" in
	gitbatch-doctor-*) run=$(highest doctor) ;;
	*) { read -r run <"$base/runs/.last"; } 2>/dev/null ;;
	esac
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
	# The draft becomes that file in the end.
	dir=$base/runs/$run draft=scheduled.$$
	test "$run" -gt 900000000 || printf '%s\n' "$run" >"$base/runs/.last"
	activate && announce "$run" || {
		rm -rf "$dir"
		return 1
	}
}

# sets: each
highest () {
	# [doctor]: the newest run, by its directory or, where that is gone, its
	# record: of people's, or of the doctor's, which begin with 900000001
	least=0 digits=1,8
	test -z "${1:-}" || least=900000000 digits=9
	{
		for each in "$base/runs"/*
		do
			printf '%s\n' "${each##*/}"
		done
		bare log -100 --format=%s --grep="^run [0-9]\{$digits\} [a-z]*\$" refs/gitbatch/log |
		tr -cs 0-9 '\n'
		echo "$least"
	} 2>/dev/null | grep -x "[0-9]\{$digits\}" | sort -n | tail -n 1
}

# sets: email empty_tree log name subject tips_seen tree
describe () {
	# What the commit says of itself: sets $tree, $name, $email, $subject; and
	# $tips_seen, $epoch, $now and $git_version.
	ask traced rev-list --no-walk=unsorted --format='%T%n%an%n%ae%n%s' \
		"$commit" refs/gitbatch/keep refs/gitbatch/log -- || return 1
	{
		IFS= read -r event
		line=$event
		while test "$line" != "commit $commit" && IFS= read -r line
		do
			:
		done
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
	} <<-EOT
	$said
	EOT
	# Without them, whoever needs them asks.
	tips_seen=$keep$newline$log
	case "$keep.$log" in
	*[!0-9a-f.]* | .* | *.) tips_seen= ;;
	esac
	test "${#commit}" = 40 || empty_tree=$empty_tree_sha256
	moment_of "$event"
}

# shellcheck disable=SC2086 # settings have no spaces
traced () {
	# ARGUMENTS of git, which tells of itself before it answers
	LC_ALL=C GIT_TRACE2_EVENT=8 GIT_NO_REPLACE_OBJECTS=1
	export LC_ALL GIT_TRACE2_EVENT GIT_NO_REPLACE_OBJECTS
	exec git $plainly --git-dir="$repo" "$@" 8>&1
}

# sets: git_version now
moment_of () {
	# EVENT, the first that git tells of: its version, and what time it is.  Two
	# processes fewer; a git older than 2.22 tells of none.
	case "$1" in
	*'"time":"'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].*'"exe":"'[0-9]*'"}')
		now=${1#*'"time":"'}
		now=${now%%.*}Z
		epoch_of "$now"
		git_version=${1##*'"exe":"'}
		git_version=${git_version%\"*}
		git_version="git version $git_version"
		;;
	*)
		clock
		git_version=$(git version 2>/dev/null)
		;;
	esac
}

# sets: epoch
epoch_of () {
	# YYYY-MM-DDThh:mm:ssZ: counts days from the first of March, so that the
	# one that comes every four years is the last
	fields=$IFS
	IFS=-T:Z
	# shellcheck disable=SC2086 # at each of these
	set -- $1
	IFS=$fields
	year=$((1$2 > 102 ? $1 : $1 - 1)) month=$(((1$2 - 91) % 12))
	days=$((year * 365 + year / 4 - year / 100 + year / 400 +
		(153 * month + 2) / 5 + 1$3 - 100 - 719469))
	epoch=$((days * 86400 + (1$4 - 100) * 3600 + (1$5 - 100) * 60 + 1$6 - 100))
}

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

# sets: lines
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
Time: $now${sweep:+${newline}Sweep: $sweep}$lines"
}

# sets: branch commit origin reason submitter trouble unrecorded
start_run () {
	# BRANCH COMMIT ORIGIN, and $options: a line each
	branch=$1 commit=$2 origin=$3
	find_asker
	submitter=$asker
	test -z "$token" || claim_token || return
	claim || {
		drop_token
		refuse "$trouble"
		return 1
	}
	is_welcome || {
		abandon_run
		return
	}
	test -z "$token" || put "$base/runs/.token.$token" "$run"
	# The files take as long as all that is written about the run.
	fill_tree >/dev/null 2>&1 &
	checkout=$!
	describe && leave_newer "$git_version" && write_request || {
		wait "$checkout"
		abandon_run
		return
	}
	reason='' unrecorded=
	exclusively record_request ||
	reason="the run could not be recorded: $trouble" unrecorded=yes
	wait "$checkout" || trouble=$(fill_tree 2>&1) || test -n "$reason" ||
	reason="the commit could not be checked out: $trouble"
	test -n "$reason" || name_author "$dir/tree/.git/config" 2>/dev/null ||
	reason="$dir can not be written"
	test -n "$reason" || warn_of_gaps
	schedule_or_reject
	confirm
}

abandon_run () {
	# For $trouble, which came before there was a record of it
	rm -rf "$dir" "$base/active/$run"
	drop_token
	refuse "$trouble"
	return 1
}

schedule_or_reject () {
	# Where $reason says why the run can't be, or its links do, that is its end.
	test -n "$reason" || ! test -f "$dir/links" || heed_links
	if test -n "$reason"
	then
		scheduled 1 "$reason"
	else
		schedule
	fi
}

# sets: trouble
is_welcome () {
	# Root can write everywhere, and the owner could not go on with what it leaves.
	# shellcheck disable=SC3067 # it spares find where it is known
	test -z "$shared" && ! test -O "$base" 2>/dev/null || return 0
	test "$(find "$base" "$dir" -prune -user "$(id -u)" 2>/dev/null)" = "$dir" || return 0
	whose "$base"
	trouble="$base belongs to $whose, who could not change a run of $(id -un): push as $whose, or let them share it with a group ('gitbatch-tui setup --shared GROUP')"
	return 1
}

