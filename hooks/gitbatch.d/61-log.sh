# --- The log of a run, and its other pages

# sets: inode size told
size_of () {
	# FILE: sets $size in bytes and $inode, 0 where there is none.  Where there
	# is no stat, wc and ls do; of ls, the first number has no form of its own.
	size=0 inode=0
	test -f "$1" || return 0
	told=$(stat -L -c '%s %i' "$1" || stat -L -f '%z %i' "$1") 2>/dev/null
	# shellcheck disable=SC2012 # the name is not read
	number "${told% *}" && number "${told#* }" ||
	told="$(wc -c <"$1" | tr -d ' ') $(ls -diL "$1" | awk '{ print $1; exit }')"
	size=${told% *} inode=${told#* }
}

# sets: bound bytes find name offset
show_log () {
	# RUN OPTIONS
	find_run "$1"
	shift
	name=log offset=0 bytes='' action=print find='' bound=
	while test $# -gt 0
	do
		case "$1" in
		--follow | --stat)
			action=${1#--}
			shift
			continue
			;;
		--file) name=$2 ;;
		--offset) number "$2" || die "--offset takes a number"; offset=$2 ;;
		--bytes) number "$2" || die "--bytes takes a number"; bytes=$2 ;;
		--find) action=search find=$2 ;;
		--before | --after)
			number "$2" || die "$1 takes a number"
			bound=${1#--} offset=$2
			;;
		*) die "log does not know $1" ;;
		esac
		shift 2 || die "$1 takes a value"
	done
	log_file "$name"
	"log_$action"
}

log_stat () {
	size_of "$file"
	printf 'size=%s\tinode=%s\n' "$size" "$inode"
}

log_print () {
	test -f "$file" || return 0
	if test -n "$bytes"
	then
		tail -c "+$((offset + 1))" "$file" 2>/dev/null | head -c "$bytes"
	else
		tail -c "+$((offset + 1))" "$file"
	fi
}

log_follow () {
	# To the end of the run; until standard input ends, if that is sooner
	end_with_input
	while ! test -f "$file"
	do
		! is_settled || break
		pause 0.2
		# A scheduler's own file may have been named meanwhile.
		log_file "$name"
	done
	test ! -f "$file" || follow_file
	kill "$listener" 2>/dev/null
	return 0
}

is_settled () {
	# In a shell of its own, since judging sets names that a reader uses, too
	(
		judge
		test "$ended" = settled
	)
}

# sets: first longest
follow_file () {
	# One descriptor is read from where the last reader left off.
	size_of "$file"
	first=$inode longest=$size beats=0
	test "$size" -ge "$offset" || changed "is shorter than $offset bytes"
	exec 6<"$file"
	tail -c "+$((offset + 1))" <&6
	while :
	do
		over=no
		! is_settled || over=yes
		cat <&6
		test "$over" = no || break
		beats=$((beats + 1))
		test "$((beats % 5))" != 0 || look_again
		pause 0.2
	done
}

look_again () {
	# Is it still the same file, and all of it there?
	size_of "$file"
	if test "$inode" != "$first"
	then
		cat <&6
		test "$inode" = 0 || changed 'was replaced by another file'
		changed 'was deleted'
	fi
	test "$size" -ge "$longest" || changed 'was cut short'
	longest=$size
}

changed () {
	# WHY: the reader has to begin again
	printf >&2 'gitbatch: the file %s %s\n' "$name" "$1"
	kill "$listener" 2>/dev/null
	exit 4
}

log_search () {
	# The offset in bytes of the next line, or the last one, that holds TEXT
	test -f "$file" || return 1
	case "$bound" in
	before)
		head -c "$offset" "$file" | offsets 0 | tail -n 1 | grep .
		;;
	*)
		tail -c "+$((offset + 1))" "$file" | offsets "$offset" |
		head -n 1 | grep .
		;;
	esac
}

offsets () {
	# START: of all lines of standard input with $find
	FIND=$find awk -v at="$1" '
		index($0, ENVIRON["FIND"]) {
			print at + index($0, ENVIRON["FIND"]) - 1
		}
		{ at += length($0) + 1 }'
}

