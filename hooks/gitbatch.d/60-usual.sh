# --- Files of jobs that have the names which their scheduler gives them

# sets: found id several submit tasks
usual_pages () {
	# Schedulers name these files as long as they know of the job: of one that
	# ended before anybody asked they may be there all the same.
	several=$(cat "$dir"/submits/[0-9]* 2>/dev/null | grep -c '^id: ') found=0
	for submit in "$dir"/submits/[0-9]*
	do
		test -f "$submit" && read_submit "$submit" || continue
		while read -r id tasks
		do
			number "${id%%[!0-9]*}" && usual_files
		done <<-EOT
		$submitted
		EOT
	done
}

# sets: id
usual_files () {
	# Of the job $id, as read_submit has it.  zsh finds no names by a pattern
	# that is the word of an expansion.
	id=${id%%[!0-9]*}
	case "$scheduler:$directory/$name$output$errors" in
	*[[:cntrl:]]*) ;;
	slurm:*)
		set -- "$directory/slurm-$id"_[0-9]*.out
		list_usual stdout "$directory/slurm-$id.out" ${tasks:+"$@"}
		;;
	sge:* | pbs:*)
		usual_place "$output" o
		set -- "$place"[.-][0-9]*
		list_usual stdout "$place" ${tasks:+"$@"}
		usual_place "$errors" e
		set -- "$place"[.-][0-9]*
		list_usual stderr "$place" ${tasks:+"$@"}
		;;
	esac
}

# sets: place
usual_place () {
	# PATH LETTER: sets $place, the file that an option means by this path
	case "$1" in
	/*) place=$1 ;;
	*) place=$directory/$1 ;;
	esac
	test ! -d "$place" || place=${place%/}/$name.$2$id
}

# sets: file found page task whole
list_usual () {
	# KIND FILE [FILE...]: "NAME<tab>PATH" of each that has content, tasks' after
	# that of a whole job
	kind=$1 whole=${2%.out}
	shift
	for file
	do
		task=${file#"$whole"} task=${task%.out}
		case "$task" in
		*[!0-9_.-]*) continue ;;
		esac
		case "$told$newline" in
		*"/${file##*/}$newline"*) continue ;;
		esac
		test -s "$file" && test "$found" -lt 64 || continue
		found=$((found + 1)) page=$kind
		test "$several$task" = 1 || page=$kind.$id$task
		printf '%s\t%s\n' "$page" "$file"
	done
}
