# --- What a job computes with

keep_environment () {
	# For the record of this run.  What the job itself has kept, after it
	# activated something, is better than what was there before.
	restore_locale
	environment >"$dir/environment.$$.tmp" 2>/dev/null </dev/null
	case "$1" in
	anew) mv -f "$dir/environment.$$.tmp" "$dir/environment" ;;
	*)
		ln "$dir/environment.$$.tmp" "$dir/environment" 2>/dev/null
		# Whatever this took is not the job's.
		{ command times; } >"$dir/capture.$$.tmp"
		;;
	esac
}

environment () {
	# "key: value" lines that two runs can be compared by.  Reads files
	# rather than ask programs, which take their time; never a secret.
	cd / || return
	hardware
	resources
	modules
	container=${APPTAINER_CONTAINER:-$SINGULARITY_CONTAINER}
	test -z "$container" || printf 'container: %s\n' "$container"
	test ! -f /.dockerenv || printf 'container: docker\n'
	variables
	conda_packages
	interpreters
}

# sets: each
hardware () {
	printf 'host: %s\n' "$host"
	printf 'kernel: %s\n' "$(uname -srm)"
	# shellcheck source=/dev/null
	test ! -f /etc/os-release || printf 'system: %s\n' "$(. /etc/os-release && echo "$PRETTY_NAME")"
	count_processors
	printf 'processors: %s\n' "$processors"
	if test -r /proc/meminfo
	then
		processor_and_memory
	else
		for each in machdep.cpu.brand_string hw.model
		do
			printf 'processor: %s\n' "$(sysctl -n "$each")" | grep ': .' && break
		done
		{ sysctl -n hw.memsize || sysctl -n hw.physmem; } |
		awk '/^[0-9]+$/ { printf "memory: %.0f kB\n", $1 / 1024 }'
	fi
	for file in /proc/driver/nvidia/gpus/*/information
	do
		test ! -f "$file" ||
		awk -F ':[ \t]*' '$1 == "Model" { print "gpu: " $2 }' "$file"
	done
	test ! -f /proc/driver/nvidia/version ||
	awk '/Kernel Module/ { print "gpu driver: " $0; exit }' /proc/driver/nvidia/version
}

# sets: each
resources () {
	# Which the scheduler has given
	test -z "$job" || printf 'scheduler: %s\n' "${job%% *}"
	for each in SLURM_JOB_PARTITION SLURM_JOB_NUM_NODES SLURM_NTASKS SLURM_CPUS_PER_TASK \
		SLURM_CPUS_ON_NODE SLURM_MEM_PER_NODE SLURM_MEM_PER_CPU SLURM_GPUS SLURM_JOB_GPUS \
		SLURM_JOB_QOS NSLOTS QUEUE PE
	do
		tell_variable resource "$each"
	done
	test ! -f "$_CONDOR_MACHINE_AD" ||
	awk '/^(Cpus|Memory|Disk|Gpus|TotalSlots|CondorVersion) =/ {
		sub(/ = /, ": ")
		print "resource " $0
	}' "$_CONDOR_MACHINE_AD"
}

processor_and_memory () {
	# All processors are taken to be like the first.
	while IFS= read -r line && test -n "$line"
	do
		case "$line" in
		'model name'*': '*)
			printf 'processor: %s\n' "${line#*: }"
			break
			;;
		esac
	done </proc/cpuinfo
	while read -r each amount unit
	do
		test "$each" = MemTotal: || continue
		printf 'memory: %s %s\n' "$amount" "$unit"
		break
	done </proc/meminfo
}

# sets: each rest
modules () {
	rest=$LOADEDMODULES:
	while test -n "$rest"
	do
		each=${rest%%:*} rest=${rest#*:}
		test -z "$each" || printf 'module: %s\n' "$each"
	done
}

tell_variable () {
	# WHAT NAME: if it is set
	eval "test -n \"\${$2+set}\"" || return 0
	eval "one_line \"\$$2\""
	printf '%s %s: %s\n' "$1" "$2" "$one_line"
}

# sets: name value
variables () {
	# Those that were chosen; nothing whose name speaks of a secret
	is_set gitbatch.capturevariables || value=
	for name in OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS \
		CUDA_VISIBLE_DEVICES PYTHONHASHSEED LANG LC_ALL TZ \
		CONDA_DEFAULT_ENV VIRTUAL_ENV ${job:+PATH} PYTHONPATH LD_LIBRARY_PATH \
		LD_PRELOAD $value
	do
		case "$name" in
		'' | [0-9]* | *[!A-Za-z0-9_]*) continue ;;
		*[Kk][Ee][Yy]* | *[Tt][Oo][Kk][Ee][Nn]* | *[Ss][Ee][Cc][Rr][Ee][Tt]* | \
			*[Pp][Aa][Ss][Ss]* | *[Cc][Rr][Ee][Dd]*) continue ;;
		esac
		case "$name" in
		PATH) (leave_stand_ins && tell_variable variable PATH) ;; # which are each batch remote's own
		*) tell_variable variable "$name" ;;
		esac
	done
}

conda_packages () {
	# The explicit list of the active environment, as conda itself keeps it
	test -d "${CONDA_PREFIX:-}/conda-meta" || return 0
	printf 'conda: %s\n' "$CONDA_PREFIX"
	cat "$CONDA_PREFIX"/conda-meta/*.json | LC_ALL=C awk -F '"' '
		$2 == "url" { print "package conda: " $4 }' | without_logins | LC_ALL=C sort
}

without_logins () {
	sed -e 's|//[^/@]*@|//|' -e 's|/t/[^/]*/|/|'
}

# sets: each program python_told
interpreters () {
	for each in python3 python R julia
	do
		program=$(command -v "$each") || continue
		case "$each" in
		python*)
			test -z "$python_told" || continue
			python_told=yes
			printf 'python: %s\n' "$program"
			answered python "$program" -c "$python_packages" || continue
			case "$said" in
			*/*) printf '%s\n' "$said" | without_logins ;;
			*) printf '%s\n' "$said" ;;
			esac
			;;
		*)
			! answered "$each" "$program" --version ||
			printf '%s: %s\n' "$each" "${said%%"$newline"*}"
			;;
		esac
	done
}

# sets: said
answered () {
	# NAME COMMAND...: sets $said.  That a busy machine let nobody answer in time
	# is told, so that nobody takes it for another environment.
	asked=$1
	shift
	said=$(bounded "$@" 2>/dev/null) && test -n "$said" || {
		printf 'unanswered: %s\n' "$asked"
		return 1
	}
}

bounded () {
	# COMMAND...: for as many seconds as are $allowed
	if command -v timeout >/dev/null 2>&1
	then
		timeout "$allowed" "$@"
	else
		"$@" &
		bounded=$!
		end_in "$allowed" "$bounded" >/dev/null 2>&1 &
		wait "$bounded"
		set -- "$?"
		kill "$!"
		return "$1"
	fi
}

end_in () {
	# SECONDS PID.  In small steps: what it waits for outlives it.  Who waits
	# for PID ends this, too, but not before all has its signal.
	seconds=$1
	while test "$seconds" -gt 0
	do
		pause 1
		seconds=$((seconds - 1))
	done
	trap '' TERM
	signal_all TERM "$2"
}

# What `pip freeze` says, from the names of folders: a tenth of its time.
python_packages='
import os, sys
print("python version: " + sys.version.split()[0])
found = set()
for place in filter(os.path.isdir, sys.path):
    for entry in os.listdir(place):
        name, kind = os.path.splitext(entry)
        if kind not in (".dist-info", ".egg-info") or "-" not in name:
            continue
        name, version = name.split("-")[:2]
        where = "==" + version
        source = os.path.join(place, entry, "direct_url.json")
        if os.path.exists(source):
            import json
            where = " @ " + json.load(open(source))["url"]
        found.add("package pip: " + name.lower().replace("_", "-") + where)
print("\n".join(sorted(found)))
'
