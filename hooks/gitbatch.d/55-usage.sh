# --- What a job used, and what it had asked for
#
# In words "key=value": cpu, wall and limit in seconds; memory (the highest
# peak) and memory-asked in bytes; cores, gpus; reserved, the cores times the
# seconds for which they were kept.  What isn't known has no word.

# sets: apart cpu memory used
measure () {
	# Sets $used, of this wrapper's job.  Where its processes may have been
	# nobody's children, this one's children would tell of too little.
	used=
	{ command times; } >"$dir/times.$$.tmp"
	asked_for
	cpu='' memory='' apart=${request##*apart=}
	test -n "$apart" || cpu=$(cpu_time)
	! find_group || measure_group
	rm -f "$dir/times.$$.tmp" "$dir/capture.$$.tmp" "$dir/environment.$$.tmp"
	for each in "cpu=$cpu" "wall=$((epoch - began))" "memory=$memory" $request
	do
		amount=${each#*=}
		case "$amount" in
		0) ;;
		*) ! number "${amount%.[0-9]*}" || used="$used${used:+ }$each" ;;
		esac
	done
} 2>/dev/null

# sets: cores gpus limit memory_asked request
asked_for () {
	# Sets $request, words, and last "apart=".  Variables may hold what no
	# arithmetic takes, which would end this shell.
	cores='' memory_asked='' limit='' gpus='' apart='' request=apart=
	has_grammar || return 0
	request=$(
		"${job%% *}_asked"
		echo "cores=$cores memory-asked=$memory_asked limit=$limit gpus=$gpus apart=$apart"
	)
	request=${request:-apart=yes}
}

has_grammar () {
	case " $schedulers " in
	*" ${job%% *} "*) test -n "$job" ;;
	*) return 1 ;;
	esac
}

# sets: system user
cpu_time () {
	# In seconds: of this process's children, without what it took to tell in
	# which environment they were
	thousandths=0
	{
		read -r user system
		read -r user system
	} <"$dir/times.$$.tmp"
	add_times 1
	test ! -f "$dir/capture.$$.tmp" || while read -r user system
	do
		add_times -1
	done <"$dir/capture.$$.tmp"
	test "$thousandths" -gt 0 || thousandths=0
	printf '%d.%02d\n' "$((thousandths / 1000))" "$((thousandths / 10 % 100))"
}

# sets: thousandths
add_times () {
	# 1, or -1 to take them away: $user and $system, such as 1m2.34s or 1m02.340s.  Not every shell
	# writes a point.
	for each in "$user" "$system"
	do
		minutes=${each%%m*}
		seconds=${each#*m}
		fraction=${seconds#*[.,]}
		fraction=${fraction%s}000
		seconds=${seconds%%[.,]*}
		seconds=${seconds#0}
		thousandths=$((thousandths + $1 * (minutes * 60000 +
			${seconds:-0} * 1000 + 1${fraction%"${fraction#???}"} - 1000)))
	done
}

# --- A control group that is the job's own

# sets: version_1
find_group () {
	# Sets $own_group, from which down all is this job's; $version_1 where there is
	# a tree for each controller.
	version_1=
	while IFS=: read -r line controllers path
	do
		case ",$controllers," in
		*,memory,*) version_1=yes ;;
		,,) test -z "$version_1" || continue ;;
		*) continue ;;
		esac
		cut_group "$path" && return
	done </proc/self/cgroup
	return 1
}

# sets: own_group
cut_group () {
	# PATH: as far as the part that has the job's number in its name, or, of
	# HTCondor, its slot
	own_number=${selves# *:} own_number=${own_number%%[!0-9]*} own_group='' rest=${1#/}/
	while test -n "$rest"
	do
		each=${rest%%/*} rest=${rest#*/}
		own_group=$own_group/$each
		case "${job%% *}:_${each}_" in
		*:_session-* | *:_user* | *:_uid_*) ;; # of a login, or of all its owner's jobs
		htcondor:_condor_*slot*) return 0 ;;
		# In a container's name, which is a digest, any digits may stand.
		*:*[!0-9A-Za-z]"${own_number:--}"[!0-9A-Za-z]*) return 0 ;;
		esac
	done
	return 1
}

# sets: memory ticks
measure_group () {
	# Peak and CPU time of all that was in it, on this machine: not of a job that
	# has several.
	test "$apart" != machines || return 0
	if test -n "$version_1"
	then
		read -r memory <"/sys/fs/cgroup/memory$own_group/memory.max_usage_in_bytes"
		read -r ticks <"/sys/fs/cgroup/cpuacct$own_group/cpuacct.usage"
		hundredths 10000000
	else
		read -r memory <"/sys/fs/cgroup$own_group/memory.peak"
		while read -r counted ticks
		do
			test "$counted" != usage_usec || hundredths 10000
		done <"/sys/fs/cgroup$own_group/cpu.stat"
	fi
}

# sets: cpu
hundredths () {
	# TICKS of them: sets $cpu by $ticks
	! number "$ticks" || cpu=$(printf '%d.%02d' "$((ticks / $1 / 100))" "$((ticks / $1 % 100))")
}

# --- Of a run

sum_usage () {
	# Prints the words of all jobs together: CPU time and what was reserved as
	# sums, of all else the highest.  Nothing where some jobs had no wrapper.
	test "$known" -le "$begun" || return 0
	set -- "$dir"/started* "$dir"/finished*
	awk '
		FNR == 1 {
			mark = FILENAME
			sub(/.*\/(started|finished)/, "", mark)
		}
		{
			at = index($0, ": ")
			value[substr($0, 1, at - 1), mark] = substr($0, at + 2)
			marks[mark]
		}
		function job_of (mark) {
			if (value["job", mark] !~ /. ./) return "-" mark
			return value["job", mark] "\036" value["context", mark]
		}
		function say (form, amount) {
			printf (said++ ? " " : "") form, amount
		}
		function take (job, word,    key, amount) {
			key = substr(word, 1, index(word, "=") - 1)
			amount = substr(word, length(key) + 2) + 0
			if (key == "cpu") {
				cpu += amount
				measured[job]
			} else if (amount > of[job, key]) of[job, key] = amount
			if (key != "cpu" && amount > most[key]) most[key] = amount
		}
		END {
			for (mark in marks) {
				if (("superseded", mark) in value || value["used", mark] == "") continue
				job = job_of(mark)
				jobs[job]
				count = split(value["used", mark], word, " ")
				for (i = 1; i <= count; i++) take(job, word[i])
			}
			whole = "yes"
			for (job in jobs) {
				if (!(job in measured)) whole = ""
				if (of[job, "cores"] == 0) unknown = "yes"
				reserved += of[job, "cores"] * of[job, "wall"]
				some = "yes"
			}
			if (!some) exit
			if (whole) say("cpu=%.2f", cpu)
			if (!unknown) say("reserved=%.0f", reserved)
			for (key in most) say(key "=%.0f", most[key])
		}' "$@"
} 2>/dev/null

# sets: draft lines record_tree word
note_usage () {
	# On standard input a line a run, its number and the words that accounting
	# has of it: a record each.
	while read -r number words
	do
		case "$words" in
		'' | *[!a-z0-9=.\ -]*) die 'these are no words of what a run used' ;;
		esac
		find_run "$number"
		reload_request || die "the request of run $run can not be read"
		word=used record_tree='' draft=finding.$$ lines="${newline}Used: $words"
		exclusively record_finding || die "it could not be recorded: $trouble"
		rm -f "$dir/$draft.tmp"
		announce "$run"
	done
}

