# --- The run tree, a folder at a time
#
# Its names are the job's, which may change anything meanwhile, and a folder may
# hold any number of entries: a page is bounded, and no link leads out.

# sets: from most
list_folder () {
	# RUN [--from N] [--most N] [--] [PATH]
	find_run "${1:-}"
	shift
	from=0 most=500
	while test $# -gt 0
	do
		case "$1" in
		--from) number "${2:-}" || die "$1 takes a number"; from=$2 ;;
		--most) number "${2:-}" || die "$1 takes a number"; most=$2 ;;
		--) shift; break ;;
		*) break ;;
		esac
		shift 2
	done
	test "$most" -le 5000 || most=5000
	if test -d "$dir/tree"
	then
		count_dots
		enter_folder "${1:-}"
		list_entries
	else
		printf 'folder\ttree=gone\tentries=0\nend\tmore=no\n'
	fi
}

enter_folder () {
	# PATH
	stays_inside "$dir/tree/$1/." || die "the path $1 leads out of the run tree"
	cd -P "$dir/tree/$1" 2>/dev/null && test -r . ||
	die "there is no folder ${1:-tree} in the run tree of run $run that can be read"
}

# sets: folder place
stays_inside () {
	# PATH, of the run tree: is it still in there behind all links?  What isn't
	# there leads nowhere.  The run tree itself may be a link by now.
	follow_links "$1"
	folder=$target
	test -d "$folder" || folder=${target%/*}
	top=$(cd -P "$dir" 2>/dev/null && pwd -P) &&
	place=$(cd -P "$folder" 2>/dev/null && pwd -P) || return 0
	case "$place/" in
	"$top/tree"/*) return 0 ;;
	esac
	return 1
}

list_entries () {
	# Those of this folder: plain names first, in the order of their bytes.
	# A pattern that matches nothing stays itself; each takes as long as the
	# folder is large.
	set -- .?*
	is_there "$1" || shift
	set -- * "$@"
	is_there "$1" || shift
	entries=$(($# - dots)) more=no
	test ! -e .git || entries=$((entries - 1))
	test "$(($# - from))" -le "$most" || more=yes
	printf 'folder\ttree=there\tentries=%s\n' "$entries"
	if test "$from" -lt $#
	then
		shift "$from"
		list_page "$@"
	fi
	printf 'end\tmore=%s\n' "$more"
}

# sets: dots
count_dots () {
	# Some shells' .?* matches .., too
	dots=0
	for each in "$dir"/.?*
	do
		test "$each" != "$dir/.." || dots=1
	done
}

is_there () {
	test -e "$1" || test -h "$1"
}

list_page () {
	# NAME...: "KIND<tab>SIZE<tab>NAME" of the first of them
	listed=0
	for entry
	do
		listed=$((listed + 1))
		test "$listed" -gt 1 || set --
		set -- "$@" "$entry"
		test "$listed" -lt "$most" || break
	done
	sizes_of "$@" | for entry
	do
		read -r length
		list_entry "$entry" "$length"
	done
}

# sets: length
list_entry () {
	# NAME SIZE
	length=-
	if test -h "$1"
	then
		kind='link'
	elif test -d "$1"
	then
		kind='folder'
	elif test -f "$1"
	then
		kind='file' length=$2
	elif test -e "$1"
	then
		kind='other'
	else
		return 0
	fi
	encoded=$1
	case "$1" in
	.. | .git) return 0 ;;
	*["%$tab$newline"]*) encoded "$1" ;;
	esac
	printf '%s\t%s\t%s\n' "$kind" "$length" "$encoded"
}

sizes_of () {
	# NAME...: a line each, also of what isn't there any more; of a link, that
	# of its text
	if sizes=$(stat -c %s -- "$@" || stat -f %z -- "$@") 2>/dev/null
	then
		printf '%s\n' "$sizes"
		return
	fi
	for each
	do
		if test -f "$each" && ! test -h "$each"
		then
			wc -c <"$each"
		else
			echo -
		fi
	done 2>/dev/null
}
