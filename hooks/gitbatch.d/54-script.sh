# --- The script that calls the wrapper

command_line () {
	# PID.  ps cuts what it prints where $COLUMNS is, or at 80.
	COLUMNS=9999 ps -o args= -p "$1"
}

# sets: around script
note_script () {
	# Sets $script to the process of the script that calls this wrapper, where
	# it may go on to submit more, or to call it again; and $around to its
	# scheduler, where that script or schedule.sh calls a submit command of it
	# past the stand-in.
	script='' around=
	case "$job" in
	local* | '') return ;;
	esac
	find_script
	! goes_around "${job%% *}" "$dir/tree/schedule.sh" ${caller:+"$caller"} || around=${job%% *}
	# A queue that was begun with this program's first call still has its name.
	test "$caller" != "$helper_dir/gitbatch" && test -n "$caller" && may_submit "$caller" &&
	process "$PPID" && script=$process
}

# sets: caller
find_script () {
	# Sets $caller to what the process that calls this wrapper runs; before it may
	# be options, as after "#!/bin/bash -l"
	caller=
	while test -z "$caller" && IFS= read -r word
	do
		test ! -f "$word" || caller=$word
	done <<-EOT
	$({
		tr '\0' '\n' <"/proc/$PPID/cmdline" ||
		command_line "$PPID" | tr ' ' '\n'
	} 2>/dev/null | sed -n 2,6p)
	EOT
}

may_submit () {
	# FILE
	names=
	for each in "$helper_dir"/bin/*
	do
		names=$names/${each##*/}
	done
	head_of "$1" | awk -v names="$names/" '
		/^[ \t]*#/ { next }
		/GITBATCH.*[ \t]run([ \t]|$)/ && runs++ { more = 1 }
		{
			count = split($0, command, /[;&|(`]/)
			for (i = 1; i <= count; i++) {
				words = split(command[i], word, /[ \t]+/)
				for (j = 1; j <= words; j++) {
					gsub(/.*\/|["\047{}]/, "", word[j])
					if (word[j] !~ /^$|=|^(if|then|else|elif|while|until|do|time|exec|env|command|nohup|!)$/) break
				}
				if (j <= words && index(names, "/" word[j] "/")) more = 1
			}
		}
		END { exit !more }'
} 2>/dev/null

settle_after () {
	# PROCESS: the script that called the wrapper
	nap=0.1
	while alive "$1"
	do
		pause "$nap"
		nap=1
	done
	settle_run
}
