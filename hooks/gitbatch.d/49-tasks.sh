# --- The jobs and tasks of a run that ended, each by itself

list_tasks () {
	# Of a run with several: $dir/tasks, a line each, in numeric order
	test "$known" -gt 1 || return 0
	task_lines "$dir"/started* "$dir"/finished* "$dir"/told/* |
	sort | cut -f 2- >"$dir/tasks.$$.tmp" &&
	mv -f "$dir/tasks.$$.tmp" "$dir/tasks"
} 2>/dev/null

task_lines () {
	# FILE...: what is known of each job or task, after what sorts it
	cancelled=
	test ! -f "$dir/cancelled" || cancelled=0
	! field "$dir/cancelled" time || cancelled=$value
	for file
	do
		shift
		case "$file" in
		*'*' | *.tmp | */told/run) ;;
		*) set -- "$@" "$file" ;;
		esac
	done
	GITBATCH_NAMES=$names GITBATCH_TWINS=$twins awk -v cancelled="$cancelled" '
		# Wrappers of one job are one line: from the first start to the last
		# end, with the worst exit status.
		function keep (job, start, end, host, page, code, signal, state) {
			if (!(job in starts)) {
				starts[job] = start; ends[job] = end
				hosts[job] = host; logs[job] = page
				codes[job] = code; signals[job] = signal; states[job] = state
				return
			}
			if (start != "" && (starts[job] == "" || start < starts[job])) starts[job] = start
			if (end > ends[job]) ends[job] = end
			if (index(" " hosts[job] " ", " " host " ") == 0) hosts[job] = hosts[job] " " host
			if (code + 0 > codes[job] + 0) {
				codes[job] = code; signals[job] = signal; logs[job] = page; states[job] = state
			}
		}
		# What had ended before somebody wanted it stopped failed by itself.
		function state_of (code, ended, end) {
			if (code == "") return ""
			if (code == 0) return "succeeded"
			if (ended == "cancelled" || cancelled != "" && end >= cancelled) return "cancelled"
			return "failed"
		}
		function whole_of (key,    job) {
			job = job_of(key)
			if (job !~ /^local /) sub(/[_.+[][^ ]*$/, "", job)
			return job queue_of(key)
		}
		# Jobs of two queues may have the same id.
		function key_of (from,    job) {
			job = value[from, "job"]
			if (index(ENVIRON["GITBATCH_TWINS"], "\n" whole_of(job) "\n"))
				return job "\036" value[from, "context"]
			return job
		}
		function job_of (key) {
			sub(/\036.*/, "", key)
			return key
		}
		function queue_of (key) {
			return substr(key, length(job_of(key)) + 1)
		}
		function sorting (text,    key) {
			key = ""
			while (match(text, /[0-9]+/)) {
				key = key substr(text, 1, RSTART - 1) sprintf("%015d", substr(text, RSTART, RLENGTH))
				text = substr(text, RSTART + RLENGTH)
			}
			return key text
		}
		FNR == 1 {
			file = FILENAME
			sub(/.*\//, "", file)
			if (FILENAME ~ /\/told\/[^\/]*$/)
				told[++words] = file
			else if (file ~ /^started/) {
				sub(/^started/, "", file)
				mark[++begun] = file
				file = "started" file
			}
		}
		{
			at = index($0, ": ")
			value[file, substr($0, 1, at - 1)] = substr($0, at + 2)
		}
		END {
			for (i = 1; i <= begun; i++) {
				from = "started" mark[i]; to = "finished" mark[i]
				if ((to, "superseded") in value) continue
				job = key_of(from)
				if (job == "") job = "- " i
				keep(job, value[from, "time"], value[to, "time"], value[from, "host"], "log" mark[i], \
					value[to, "exit"], value[to, "signal"], \
					state_of(value[to, "exit"], value[to, "ended"], value[to, "time"]))
			}
			for (i = 1; i <= words; i++) {
				word = told[i]; job = key_of(word); state = value[word, "state"]
				if (state !~ /^(succeeded|failed|cancelled|never)$/) continue
				if (job in states && states[job] != "") continue
				if (job in states) {
					states[job] = state; codes[job] = value[word, "exit"]
					signals[job] = value[word, "signal"]; ends[job] = value[word, "end"]
				} else
					keep(job, value[word, "start"], value[word, "end"], value[word, "host"], \
						value[word, "log"], value[word, "exit"], value[word, "signal"], state)
				if (value[word, "name"] != "") name[job] = value[word, "name"]
			}
			count = split(ENVIRON["GITBATCH_NAMES"], line, "\n")
			for (i = 1; i <= count; i++) {
				at = index(line[i], "\t")
				if (at) named[substr(line[i], 1, at - 1)] = substr(line[i], at + 1)
			}
			for (job in states)
				if (whole_of(job) != job) is_array[whole_of(job)]
			for (job in states) {
				whole = whole_of(job)
				if (job in is_array) continue
				if (!(job in name)) name[job] = job_of(job) in named ? named[job_of(job)] : named[job_of(whole)]
				printf "%s\tjob=%s\tstate=%s\texit=%s\tsignal=%s\tstart=%s\tend=%s\thost=%s\tlog=%s\tname=%s%s\n", \
					sorting(job), job_of(job), states[job] == "" ? "lost" : states[job], codes[job], signals[job], \
					starts[job], ends[job], hosts[job], logs[job], name[job], \
					job == job_of(job) ? "" : "\tcontext=" substr(queue_of(job), 2)
			}
		}' "$@"
}
