# --- Files of a run

# sets: dir run
find_run () {
	# RUN: sets $run and $dir
	run=${1##*#}
	dir=$base/runs/$run
	number "$run" && test -f "$dir/request" && return
	newest=$(highest)
	test "$newest" != 0 || die "there is no run $1 here; there are none yet"
	die "there is no run $1 here; the newest is $newest"
}

note_page () {
	# [NAME] PATH: a file of the job that people may want to read
	page=${1##*/} path=$1
	test $# = 1 || page=$1 path=$2
	case "$path" in
	'' | *[[:cntrl:]]*) die 'that is no path of a file' ;;
	/*) ;;
	*) know_place && path=$place_in_tree/$path ;;
	esac
	case "$page" in
	'' | *[!A-Za-z0-9._-]*) die "a name has letters, digits, dots and dashes: $page" ;;
	esac
	grep -qsxF "$page	$path" "$dir/pages" ||
	printf '%s\t%s\n' "$page" "$path" >>"$dir/pages"
}

# sets: told
told_pages () {
	# The files that were named, and of others those that have their usual names
	told=$(named_pages)
	test -z "$told" || printf '%s\n' "$told"
	usual_pages
}

# sets: tree
named_pages () {
	# What was named, and what schedule.sh said of following a file
	cat "$dir/pages" 2>/dev/null
	awk -v OFS='\t' -v tree="$dir/tree/" '
		match($0, /view log with: *tail -[fF] +/) {
			path = substr($0, RSTART + RLENGTH)
			gsub(/^["'\'']|["'\'' \t]+$|[[:cntrl:]]/, "", path)
			if (path == "") next
			name = path
			sub(/.*\//, "", name)
			gsub(/[^A-Za-z0-9._-]/, "_", name)
			print name, path ~ /^\// ? path : tree path
		}' "$dir/schedule.log" 2>/dev/null
}

page_called () {
	# NAME: prints its path, if there is one; the newest of that name counts
	told_pages | awk -F '\t' -v called="$1" '
		$1 == called { path = $2 }
		END { print path }'
}

# sets: file
page_file () {
	# NAME: sets $file
	path=$(page_called "$1")
	test -n "$path" || die "there is no log $1 of run $run"
	file=$path
}

list_pages () {
	# RUN: "NAME<tab>FILE<tab>PATH<tab>TARGET", TARGET where PATH is a link
	find_run "$1"
	output_file
	printf 'output\tlog\t%s\t\n' "$job_output"
	test ! -f "$dir/started.2" || list_outputs
	printf 'schedule\tschedule\t%s\t\n' "$dir/schedule.log"
	told_pages | while IFS='	' read -r page path
	do
		one_line ''
		test ! -h "$path" || {
			follow_links "$path"
			one_line "$target"
		}
		printf '%s\tpage:%s\t%s\t%s\n' "$page" "$page" "$path" "$one_line"
	done
}

# sets: file
log_file () {
	# NAME: sets $file
	case "$1" in
	log | stdout)
		output_file
		file=$job_output
		;;
	log.1) file=$dir/log ;;
	schedule) file=$dir/schedule.log ;;
	log.[0-9]* | request | scheduled | started* | finished* | settled)
		file=$dir/$1
		;;
	tree:*)
		file=$dir/tree/${1#tree:}
		stays_inside "$file" || die "the path ${1#tree:} leads out of the run tree"
		test -f "$file" || large_file "${1#tree:}" || :
		;;
	content:*)
		file=$base/large/sha256/${1#content:}
		case "$file" in
		*/sha256/*[!0-9a-f]*) die 'that is no hash' ;;
		esac
		;;
	page:*) page_file "${1#page:}" ;;
	*) die "there is no log $1: log, schedule, or tree:PATH" ;;
	esac
}

# For sh -c and files: "SIZE<tab>FILE" of each
# shellcheck disable=SC2016 # for that sh
tell_sizes='
	if stat -c %s / >/dev/null 2>&1
	then
		stat -c "%s	%n" -- "$@"
	elif stat -f %z / >/dev/null 2>&1
	then
		stat -f "%z	%N" -- "$@"
	else
		for file
		do
			test ! -f "$file" || printf "%s\t%s\n" "$(($(wc -c <"$file")))" "$file"
		done
	fi'

list_files () {
	# RUN [PATH]: "SIZE<tab>PATH" of every file of the run tree below PATH;
	# "-" and a name with question marks for one that doesn't fit a line.
	find_run "$1"
	test -d "$dir/tree" || {
		list_large "${2:-}"
		return
	}
	cd -P "$dir/tree" 2>/dev/null || miss_tree
	stays_inside "$dir/tree/${2:-.}" || die "the path $2 leads out of the run tree"
	restore_locale # yash reads no names in C
	find "./${2:-}" -name .git -prune -o -type f -path "*$newline*" -exec sh -c '
		for file
		do
			printf "%s\n" "-	$(printf %s "${file#./}" | tr "\n" "?")"
		done' sh {} +
	find "./${2:-}" -name .git -prune -o -type f ! -path "*$newline*" \
		-exec sh -c "$tell_sizes" sh {} + |
	sed "s|$tab\./*|$tab|"
}

send_files () {
	# RUN: of each "OFFSET<tab>PATH" on standard input, after a line with a mark
	# that no file has, the bytes from there on, then the mark and a status
	find_run "$1"
	IFS= read -r seal || die 'files are asked for on standard input'
	while IFS= read -r asked
	do
		(send_file "${asked%%"$tab"*}" "${asked#*"$tab"}") </dev/null
		# Without its mark, a file would end with the next one's bytes.
		printf '\n%s %s\n' "$seal" "$?" || exit
	done
}

# sets: offset bytes
send_file () {
	# OFFSET PATH; for the offset "sum", what cksum says of the whole file
	log_file "tree:$2"
	test -f "$file" || exit 3
	offset=$1 bytes=
	if test "$1" = sum
	then
		cksum <"$file"
	else
		number "$1" || die "$1 is no offset"
		log_print
	fi
}
