# --- What becomes a result
#
# Everything that the job left and .gitignore doesn't name.  What git can't
# take is left out by itself and named; all else comes home.

# What is never committed unless the job or the user did it
key_like='.env .env.* .netrc .pgpass id_rsa id_dsa id_ecdsa id_ed25519
	*.pem *.key *.p12 *.pfx credentials.json'

# sets: refused
stage () {
	# Sets $warning: what was left out, and why
	find_lfs --keep
	# What the commit has already is no secret.  To git, what marks a repository
	# as known is a file that is gone: it comes after that.
	test -z "$but_secrets" || tree_git -c "$lfs" -c filter.lfs.required=true \
		add --update --ignore-errors . 2>/dev/null
	open_repositories
	set_large_apart || return 1
	adds=0 refused='' left_out=''
	stage_paths . && stage_named && stage_deleted || return 1
	test -z "$refused" || find_left_out
	test -z "$left_out" || warn "left out, git can't take it: $left_out"
	find_hollow
	test -z "$hollow" || warn "left out, there is nothing in it: $hollow"
}

# sets: warning
warn () {
	one_line "$1"
	warning="$warning${warning:+; }$one_line"
}

# sets: but_secrets secrets
find_secrets () {
	# Sets $but_secrets, pathspecs that leave them out
	set -f
	# shellcheck disable=SC2086 # patterns have no spaces
	set -- $key_like
	set +f
	but_secrets=
	for pattern
	do
		set -- "$@" ":(icase,glob)**/$pattern"
		shift
	done
	ask tree_git -c core.quotePath=false ls-files --others --exclude-standard -- "$@" || return 1
	secrets=$said
	test -n "$secrets" || return 0
	warn "left out, because they look like keys or passwords: $secrets"
	for pattern
	do
		but_secrets="$but_secrets :(exclude,${pattern#:(}"
	done
}

# --- Repositories among the results
#
# To git, a repository in a repository is a link to a commit, whose files would
# be nowhere.  It looks into a folder that it knows a file of.

# sets: opened
open_repositories () {
	# Sets $opened, those that the job made: their files are results like any
	opened=$(
		cd "$dir/tree" || exit
		find . -path ./.git -prune -o -name .git ! -path "*$newline*" -print -prune
	) 2>/dev/null
	test -n "$opened" || return 0
	opened=$(each_repository | sort)
	test -z "$opened" || {
		blob=$(tree_git hash-object -w --stdin </dev/null) &&
		none=$(printf %s "$commit" | tr 0-9a-f 0) &&
		printf '%s\n' "$opened" | while IFS= read -r inner
		do
			printf '0 %s\t%s\000' "$none" "$inner"
			printf '100644 %s\t%s/.gitbatch-repository\000' "$blob" "$inner"
		done | tree_git update-index -z --index-info
		warn "came as files, without their history: the repositories $(printf '%s' "$opened" | tr '\n' ' ')"
	}
}

each_repository () {
	# Those of $opened that aren't ignored, and no submodules of the commit
	printf '%s\n' "$opened" | while IFS= read -r inner
	do
		inner=${inner#./}
		inner=${inner%/.git}
		test -n "$inner" || continue
		case "$(tree_git ls-tree "$commit" -- "$inner")" in
		160000*) continue ;;
		esac
		tree_git check-ignore -q -- "$inner" 2>/dev/null || printf '%s\n' "$inner"
	done
}

# --- Adding

# sets: adds said size
stage_some () {
	# PATH...: but secrets and large files
	adds=$((adds + 1))
	for path
	do
		set -- "$@" ":(literal)$path"
		shift
	done
	test ! -f "$dir/large" || while IFS=$tab read -r sha size path
	do
		set -- "$@" ":(exclude,literal)$path"
	done <"$dir/large"
	# What stands under git-lfs becomes a pointer, and its content is kept.
	# shellcheck disable=SC2086 # patterns have no spaces
	said=$(tree_git -c advice.addEmbeddedRepo=false -c core.safecrlf=false \
		-c "$lfs" -c filter.lfs.required=true \
		add --all --ignore-errors -- "$@" $but_secrets 2>&1)
}

# sets: refused
stage_paths () {
	# PATH...: all that git takes.  One file that it refuses holds up all
	# others, and its words don't always tell which: they are halved until it
	# is alone.
	if stage_some "$@"
	then
		case "$said" in
		*'could not open directory'*)
			! fails_of_the_disk || return 1
			warn "left out, it can't be read: $(printf '%s\n' "$said" | grep 'could not open directory')"
			;;
		esac
		return 0
	fi
	refused=yes
	! fails_of_the_disk || return 1
	case "$said" in
	*"${newline}fatal: "* | 'fatal: '* | *'too long'*) ;;
	*) return 0 ;;
	esac
	test "$adds" -lt 400 || {
		trouble="git takes too few of the files: $said"
		return 1
	}
	if test $# -gt 1
	then
		half=$(words_to "$(($# / 2))")
		eval "stage_paths $half" || return 1
		shift "$(($# / 2))"
		stage_paths "$@"
	elif test -d "$dir/tree/$1" && test ! -h "$dir/tree/$1"
	then
		stage_entries "$1"
	fi
}

# What is no fault of a file
of_the_disk='no space left\|quota\|input/output error\|read-only file system\|stale\|insert into database\|insufficient permission\|unable to write\|write error\|index\.lock'

# sets: trouble
fails_of_the_disk () {
	trouble=$(printf '%s\n' "$said" | grep -i "$of_the_disk" | head -n 1)
	test -n "$trouble"
}

words_to () {
	# NUMBER: "$1" "$2" and so on, for eval
	i=0
	while test "$i" -lt "$1"
	do
		i=$((i + 1))
		# shellcheck disable=SC2016 # for eval
		printf ' "${%s}"' "$i"
	done
}

# sets: trouble
stage_deleted () {
	# Where paths were added one by one, nobody missed those that are gone.
	test -n "$refused" || return 0
	ask tree_git ls-files --deleted || return 1
	test -n "$said" || return 0
	trouble=$(tree_git ls-files -z --deleted 2>/dev/null |
		tree_git update-index -z --remove --stdin 2>&1)
}

stage_entries () {
	# FOLDER
	inside=${1%/}/
	test "$1" != . || inside=
	cd "$dir/tree" || return 1
	set --
	for entry in "$inside"* "$inside".*
	do
		case "/$entry" in
		*/. | */.. | */.git) continue ;;
		esac
		if test -e "$entry" || test -h "$entry"
		then
			set -- "$@" "$entry"
		fi
	done
	test $# = 0 || stage_paths "$@"
}

# sets: said
stage_named () {
	# Results that .gitignore names, and a setting, too
	patterns=$(named_results)
	test -n "$patterns" || return 0
	printf '%s\n' "$patterns" | while IFS= read -r pattern
	do
		tree_git ls-files --others --ignored --exclude-standard -z \
			-- ":(glob)$pattern" ${but_secrets:+$but_secrets} |
		without_large | tree_git update-index -z --add --stdin
	done >"$dir/named.tmp" 2>&1
	said=$(grep '^error: \|^warning: \|^fatal: ' "$dir/named.tmp")
	rm -f "$dir/named.tmp"
	test -z "$said" || warn "$said"
	! fails_of_the_disk
}

named_results () {
	! is_set gitbatch.results || bare config --get-all gitbatch.results
}
