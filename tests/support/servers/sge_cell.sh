#!/bin/sh
#
# A Grid Engine of its own: sh sge_cell.sh FOLDER, as the first process of
# namespaces of its own (unshare --net --pid --uts --mount).  Prints "ready"
# and its process, as it is known outside, once jobs are taken; and lasts as
# long as its standard input: when that ends, the kernel ends the daemons and
# their jobs with it.

set -eu

folder=$1
node=node1
ready_in=30

export SGE_ROOT="$folder" SGE_CELL=default SGE_CLUSTER_NAME=test
export SGE_QMASTER_PORT=6444 SGE_EXECD_PORT=6445

# The namespaces: a network and a host name that nobody else has.

read -r outside rest </proc/self/stat
mount -t proc proc /proc
client=$(uname -n)
hostname "$node"
ip link set lo up
printf '127.0.0.1 localhost %s %s\n' "$node" "$client" >"$folder/hosts"
mount --bind "$folder/hosts" /etc/hosts

# The files of a cell, made from those that Debian's packages bring.

common=$folder/default/common
spool=$folder/spool
tools=/usr/lib/gridengine
share=/usr/share/gridengine
mkdir -p "$common" "$spool/qmaster" "$spool/execd" "$spool/spooldb"
for part in bin lib util utilbin
do
	ln -s "$(readlink -f "/var/lib/gridengine/$part")" "$folder/$part"
done
: >"$common/accounting"
echo localhost >"$common/act_qmaster"
printf 'localhost %s %s\n' "$node" "$client" >"$common/host_aliases"
sed "
	s|^admin_user .*|admin_user none|
	s|^spooling_params .*|spooling_params $spool/spooldb|
	s|^qmaster_spool_dir .*|qmaster_spool_dir $spool/qmaster|
" "$share/default-bootstrap" >"$common/bootstrap"
sed "
	s|^execd_spool_dir .*|execd_spool_dir $spool/execd|
	s|^mailer .*|mailer /bin/true|
	s|flush_time=[0-9:]*|flush_time=00:00:01|
	s|^load_report_time .*|load_report_time 00:00:02|
	s|^min_uid .*|min_uid 0|
	s|^min_gid .*|min_gid 0|
" "$share/default-configuration" >"$folder/configuration"
"$tools/spoolinit" berkeleydb libspoolb "$spool/spooldb" init
for part in "configuration $folder/configuration" \
	"complexes $share/util/resources/centry" \
	"usersets $share/util/resources/usersets" \
	"managers $(id -un)"
do
	# shellcheck disable=SC2086 # a kind, and where it is
	"$tools/spooldefaults" $part
done

# The daemons.  Without SGE_ND they would go to the background too early.

until_it_works () {
	tries=$((ready_in * 20))
	until "$@" >/dev/null 2>&1
	do
		tries=$((tries - 1))
		test "$tries" -gt 0 || {
			echo >&2 "waited $ready_in s for: $*"
			exit 1
		}
		sleep 0.05
	done
}

node_is_known () {
	qhost | grep -q 'localhost .*lx'
}

# OPTION FILE: what is on standard input becomes part of the configuration.
configure () {
	cat >"$folder/$1"
	qconf "$1" "$folder/$1" >&2
}

SGE_ND=1 sge_qmaster >"$folder/qmaster.log" 2>&1 &
until_it_works qconf -sh
qconf -as localhost >&2
configure -Ae <<-EOT
	hostname localhost
	load_scaling NONE
	complex_values NONE
	user_lists NONE
	xuser_lists NONE
	projects NONE
	xprojects NONE
	usage_scaling NONE
	report_variables NONE
EOT
configure -Ahgrp <<-EOT
	group_name @allhosts
	hostlist localhost
EOT
configure -Ap <<-EOT
	pe_name smp
	slots 999
	user_lists NONE
	xuser_lists NONE
	start_proc_args /bin/true
	stop_proc_args /bin/true
	allocation_rule \$pe_slots
	control_slaves FALSE
	job_is_first_task TRUE
	urgency_slots min
	accounting_summary FALSE
	qsort_args NONE
EOT
qconf -sq | sed '
	s|^qname .*|qname all.q|
	s|^hostlist .*|hostlist @allhosts|
	s|^load_thresholds .*|load_thresholds NONE|
	s|^slots .*|slots 4|
	s|^shell  *.*|shell /bin/sh|
	s|^shell_start_mode .*|shell_start_mode unix_behavior|
	s|^pe_list .*|pe_list smp|
' | configure -Aq
qconf -ssconf | sed '
	s|^schedule_interval .*|schedule_interval 0:0:1|
	s|^flush_submit_sec .*|flush_submit_sec 1|
	s|^flush_finish_sec .*|flush_finish_sec 1|
	s|^schedd_job_info .*|schedd_job_info true|
' | configure -Msconf
SGE_ND=1 sge_execd >"$folder/execd.log" 2>&1 &
until_it_works node_is_known
echo "ready $outside"
cat >/dev/null
