# HTCondor
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

htcondor_commands='condor_submit condor_submit_dag'
htcondor_variables='CONDOR_CONFIG'
htcondor_dry='-dump -dry-run -no_submit'

htcondor_queries () {
	case "${1-}" in
	-h | -help | -v | -version) ;;
	*) return 1 ;;
	esac
}

htcondor_context () {
	# Whatever its configuration is overridden by, but for what tells a job of
	# its slot
	while read -r word variable
	do
		variable=${variable#-x }
		case "$word $variable" in
		*' _CONDOR_JOB_'* | *' _CONDOR_SCRATCH_DIR='* | *' _CONDOR_SLOT='* | \
			*' _CONDOR_MACHINE_AD='* | *' _CONDOR_CHIRP_CONFIG='* | \
			*' _CONDOR_CREDS='* | *' _CONDOR_BIN='*) ;;
		'export _CONDOR_'*=* | 'declare _CONDOR_'*=*)
			variable=${variable%%=*}
			case "$variable" in
			*[!A-Za-z0-9_]*) ;;
			*) eval "in_context $variable \"\$$variable\"" ;;
			esac
			;;
		esac
	done <<-EOT
	$(export -p)
	EOT
}

htcondor_arguments () {
	while test $# -gt 0
	do
		case "$1" in
		-pool) in_context _CONDOR_COLLECTOR_HOST "${2-}" ;;
		-n | -name | -r | -remote) in_context _CONDOR_SCHEDD_HOST "${2-}" ;;
		-batch-name | -batch_name) name=${2-} ;;
		esac
		shift
	done
}

htcondor_answer () {
	# 3 job(s) submitted to cluster 7.
	case "$1" in
	[0-9]*' job(s) submitted to cluster '[0-9]*) ;;
	*) return 1 ;;
	esac
	tasks=${1%% *}
	id=${1##* submitted to cluster }
	id=${id%%[!0-9A-Za-z]*}
	is_number "$id"
}

htcondor_alone () {
	# What -terse prints: 7.0 - 7.2
	id=${1%%.*} last=${1##*.}
	case "$1" in
	"$id.0 - $id.$last") ;;
	*) return 1 ;;
	esac
	case "$last" in
	0) ;;
	*) is_number "$last" || return 1 ;;
	esac
	is_number "$id" && tasks=$((last + 1))
}

htcondor_self () {
	# The starter leaves the job's own ClassAd where _CONDOR_JOB_AD says.
	test -n "$_CONDOR_SLOT" || return 1
	attempt=${_CONDOR_SCRATCH_DIR##*/} self=$_CONDOR_SCRATCH_DIR
	test -f "$_CONDOR_JOB_AD" || return 0
	cluster='' proc=
	while read -r word equals value
	do
		case "$word$equals" in
		ClusterId=) cluster=$value ;;
		ProcId=) proc=$value ;;
		esac
	done <"$_CONDOR_JOB_AD"
	id=${cluster:+$cluster.$proc}
}

htcondor_whole () {
	whole=${1%%.*}
}

htcondor_asked () {
	test -f "$_CONDOR_JOB_AD" || return 0
	while read -r word equals value
	do
		case "$word$equals$value" in
		*[!A-Za-z0-9=]*) ;;
		RequestCpus=*) cores=$value ;;
		RequestMemory=[0-9]*) memory_asked=$((value * 1048576)) ;;
		RequestGPUs=*) gpus=$value ;;
		esac
	done <"$_CONDOR_JOB_AD"
}

htcondor_find () {
	command -v condor_q >/dev/null || return 3
	mine="Owner == \"$(id -un)\""
	listed=$(within 15 condor_q -constraint "$mine" \
		-format '%d ' ClusterId -format '%d ' QDate -format '%s\n' Iwd) || return
	past=$(within 5 condor_history -limit 100 -constraint "$mine" \
		-format '%d ' ClusterId -format '%d ' QDate -format '%s\n' Iwd) || return
	printf '%s\n' "$listed" "$past" | inside "$1"
}
