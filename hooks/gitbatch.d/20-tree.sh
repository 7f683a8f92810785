# --- The run tree

# sets: quoted
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
	{ test -d "$git/refs" || mkdir -p "$git/objects/info" "$git/refs"; } &&
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

# sets: name
name_author () {
	# FILE: what the job commits is by who made its input.  Of a name, git takes
	# none but these signs off, and refuses what is left.
	case "$name" in
	*[![:space:][:cntrl:].,:\;\<\>\"\\\']*) ;;
	*) name=gitbatch ;;
	esac
	quoted "$name"
	author=$quoted
	quoted "${email:-gitbatch@localhost}"
	printf '[user]\n\tname = %s\n\temail = %s\n' "$author" "$quoted" \
		>>"$1"
}

fill_tree () {
	check_out && look_for_links
}

# shellcheck disable=SC2086 # settings have no spaces
check_out () {
	# Only checkout, of all that does this, lets workers share the files.
	make_tree && LC_ALL=C git $plainly -c checkout.workers=0 -C "$dir/tree" \
		--git-dir="$dir/tree/.git" --work-tree="$dir/tree" checkout -q --force
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

