# --- Links that lead out of the run tree
#
# What a job reads through them is no part of the commit: it has to be there,
# and nobody may change it while the job runs.  The shell itself looks through
# a small tree; find is started for a large one only, and other programs where
# there are such links.

look_for_links () {
	# Writes links, if there are any
	entries=0 found=
	links_in "$dir/tree" || found=$(all_links) || return
	test -z "$found" || put "$dir/links" "${found%"$newline"}"
}

all_links () {
	(
		restore_locale
		cd "$dir/tree" &&
		find . -name .git -prune -o -type l -exec \
			"$helper_dir/gitbatch" check-link "$dir" {} +
	)
}

# sets: found
links_in () {
	# FOLDER: adds to $found, a line each, or fails where find is faster
	for entry in "$1"/* "$1"/.*
	do
		if test -h "$entry"
		then
			line=$(check_link "$entry")
			test -z "$line" || found=$found$line$newline
		elif test -d "$entry"
		then
			case "$entry" in
			*/. | */.. | "$dir/tree/.git") continue ;;
			esac
			links_in "$entry" || return 1
		fi
		entries=$((entries + 1))
		test "$entries" -lt 250 || return 1
	done
}

# sets: target
check_link () {
	# PATH: prints "link: PATH TARGET STATE HASH", with tabs, if it leads out
	follow_link "$1"
	case "$target/" in
	*/../*) ;;
	"$dir/tree/"*) return 0 ;;
	esac
	judge_target
	find_hash
	one_line "$target"
	target=$one_line
	one_line "${1#"$dir/tree/"}"
	printf 'link: %s\t%s\t%s\t%s\n' "$one_line" "$target" "$link_state" "$hash"
}

# sets: target
follow_link () {
	# PATH: sets $target, where it leads in the end, or says it does
	if test -d "$1" && test -x "$1"
	then
		target=$(cd -P "$1" && pwd -P)
		return
	fi
	# Of what is missing, not every readlink tells where it would be.
	test -e "$1" && target=$(readlink -f "$1" 2>/dev/null) && return
	target=$(readlink "$1")
	case "$target" in
	/*) ;;
	*) target=${1%/*}/$target ;;
	esac
}

# sets: target
follow_links () {
	# PATH: sets $target, where it leads behind all links
	target=$1 turns=0
	while test -h "$target" && test "$turns" -lt 40
	do
		follow_link "$target"
		turns=$((turns + 1))
	done
}

# sets: link_state
judge_target () {
	# Sets $link_state: ok, missing, unreadable or writable
	link_state=ok
	if ! test -e "$target"
	then
		link_state=missing
	elif ! test -r "$target"
	then
		link_state=unreadable
	elif test -d "$target" && ! test -x "$target"
	then
		link_state=unreadable
	elif test -w "$target"
	then
		# Root may write everywhere, also where nobody else may.
		test -z "$(find -L "$target" -prune \
			\( -perm -200 -o -perm -020 -o -perm -002 \) 2>/dev/null)" ||
		link_state=writable
	fi
}

# sets: hash
find_hash () {
	# Sets $hash, the part of $target that names frozen data, if there is one
	rest=$target hash=
	while test -n "$rest"
	do
		case "${rest##*/}" in
		v[0-9]*-*-*-*[!0-9a-f]*) ;;
		v[0-9]*-*-*-?*)
			hash=${rest##*/}
			return
			;;
		esac
		rest=${rest%/*}
	done
}

# sets: hash link_state reason target
heed_links () {
	# Tells of the links that nobody can rely on; sets $reason if they refuse
	bad='' bad_count=0
	while IFS=$tab read -r link target link_state hash
	do
		case "$link_state" in
		missing) wrong='is missing' ;;
		unreadable) wrong='can not be read' ;;
		writable) wrong='can be changed while the job runs' ;;
		*) continue ;;
		esac
		bad_count=$((bad_count + 1))
		wrong="the link ${link#link: } leads to $target, which $wrong"
		test "$bad_count" -gt 10 ||
		bad="$bad${bad:+$newline}gitbatch: warning: $wrong"
	done <"$dir/links"
	test "$bad_count" -gt 0 || return 0
	case "$(bare config gitbatch.checkLinks)" in
	off)
		;;
	refuse)
		reason=${bad%%"$newline"*}
		reason=${reason#gitbatch: warning: }
		test "$bad_count" = 1 || reason="$reason ($bad_count such links in $dir/links)"
		;;
	*)
		tell "$bad"
		test "$bad_count" -le 10 ||
		tell "gitbatch: warning: all $bad_count such links are in $dir/links"
		;;
	esac
}

facts_of_links () {
	test -f "$dir/links" || return 0
	links=0
	while IFS= read -r link && test "$links" -lt 500
	do
		links=$((links + 1))
		fact Link link "${link#link: }"
	done <"$dir/links"
}

check_links () {
	# Prints where links lead to now, as seen from here; fails for a bad one
	found=$(all_links)
	test -n "$found" || return 0
	printf '%s\n' "$found" | sed 's/^link: //'
	case "$found" in
	*"${tab}missing$tab"* | *"${tab}unreadable$tab"* | *"${tab}writable$tab"*)
		return 1
		;;
	esac
}

