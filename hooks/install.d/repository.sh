# --- The repository of a batch remote, and what a group may do in its folders

settings () {
	# As git lists them
	cat <<-EOT
	receive.fsckobjects true
	receive.autogc false
	receive.advertisepushoptions true
	receive.denynonfastforwards false
	receive.denydeletes false
	receive.hiderefs refs/gitbatch
	uploadpack.hiderefs refs/gitbatch/keep
	uploadpack.allowanysha1inwant true
	gc.auto 0
	core.logallrefupdates true
	core.alternaterefsprefixes refs/heads/
	core.filesreflocktimeout 1000
	core.fsync committed,reference
	EOT
}

preset () {
	# REPOSITORY that is new: in one go, where a git for each would take long
	section=
	settings | while read -r key value
	do
		test "$section" = "${key%.*}" || printf '[%s]\n' "${key%.*}" || exit
		section=${key%.*}
		printf '\t%s = %s\n' "${key##*.}" "$value" || exit
	done >>"$1/config"
}

configure () {
	# REPOSITORY PATH-IT-WILL-HAVE
	set_already=$newline$(git --git-dir="$1" config --local --list)$newline
	while read -r key value
	do
		case "${set_already##*"$newline$key="}" in
		"$value$newline"*) ;;
		*) git --git-dir="$1" config "$key" "$value" || return 1 ;;
		esac
	done <<-EOT
	$(settings)
	core.hookspath $2/hooks
	EOT
}

start_history () {
	# The first commits of both chains, so that a swap has something to swap
	tree=$(git --git-dir="$1" hash-object -t tree -w /dev/null) || return 1
	for chain in keep log
	do
		git --git-dir="$1" rev-parse -q --verify "refs/gitbatch/$chain" \
			>/dev/null && continue
		first=$(GIT_AUTHOR_NAME=gitbatch GIT_AUTHOR_EMAIL=gitbatch@localhost \
			GIT_COMMITTER_NAME=gitbatch \
			GIT_COMMITTER_EMAIL=gitbatch@localhost \
			git --git-dir="$1" commit-tree -m "gitbatch $chain" "$tree") &&
		git --git-dir="$1" update-ref "refs/gitbatch/$chain" "$first" '' ||
		return 1
	done
}

share () {
	# With the group: it reads everything, and writes what a push has to.  The
	# programs and their settings stay the owner's, and so does each run its
	# submitter's: where others write, the sticky bit keeps them from what is not
	# theirs.  In an upgrade, what members have pushed is theirs, and as it has to be.
	whose="-user $(id -u)"
	test "$whose" != '-user 0' || whose=
	# shellcheck disable=SC2086 # a test of find's, or none
	mkdir -p "$base/large/sha256" "$repo/logs" &&
	printf '' >>"$base/runs/.last" && printf '' >>"$repo/gitbatch/lock" &&
	printf '' >>"$repo/FETCH_HEAD" &&
	rm -f "$base/runs/.changed" && printf '' >"$base/runs/.changed" &&
	chgrp "$shared" "$base" "$base/runs" "$base/active" "$base/queue" &&
	find "$base/runs/.last" "$base/runs/.changed" "$repo" "$base/large" $whose -exec chgrp -h "$shared" {} + &&
	chmod 2755 "$base" && chmod 3775 "$base/runs" "$base/active" "$repo" &&
	chmod 2775 "$base/queue" "$base/large" "$base/large/sha256" &&
	find "$base/runs/.last" "$base/runs/.changed" "$repo/gitbatch/lock" "$repo/FETCH_HEAD" \
		$whose -exec chmod g+rw {} + &&
	find "$repo/objects" "$repo/refs" "$repo/logs" -type d $whose -exec chmod 2775 {} + &&
	find "$repo/refs" "$repo/logs" -type f $whose -exec chmod g+rw {} + &&
	find "$repo" ! -type l $whose -exec chmod g+rX {} + &&
	git --git-dir="$repo" config core.sharedRepository group &&
	chmod g+r "$repo/config" &&
	printf '%s\n' "$shared" >"$repo/gitbatch/shared.$$.tmp" &&
	mv -f "$repo/gitbatch/shared.$$.tmp" "$repo/gitbatch/shared"
}
