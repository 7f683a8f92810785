"""The scripts that ask Slurm about jobs, and change them.

What the first one prints, cluster by cluster: what squeue says, `squeue STATUS CLUSTER FIELDS`,
what sacct says, `sacct STATUS CLUSTER`; each of these lines begins with a group separator.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.core.schedulers.slurm_records import PAST_FIELDS, QUEUE_FIELDS

# Jobs of another cluster (`7@big`) are asked for together.
EACH = r"""export LC_ALL=C TZ=UTC0 SLURM_TIME_FORMAT=standard SLURM_BITSTR_LEN=0
unset SQUEUE_ACCOUNT SQUEUE_LICENSES SQUEUE_NAMES SQUEUE_PARTITION SQUEUE_QOS SQUEUE_USERS
for at in $(printf '%s\n' "$@" | sed 's/^[0-9_+]*@*/-M/' | sort -u)
do
	ids=$(printf '%s\n' "$@" | sed -n "s/^\([0-9_+]*\)@*${at#-M}\$/\1/p" | paste -s -d , -)
	test "$at" != -M || at=
"""
# Fields come and go with Slurm's versions: those that this one doesn't know are left out.
# sacct is asked after squeue, so that nothing falls between the two: for what squeue doesn't know
# any more, and for arrays, some tasks of which it may have forgotten.
ASK = (
    r"""command -v squeue >/dev/null || exit 127
newline='
'
field=$(printf '\037')
record=$(printf '\036')
listed () {
	format=$(printf %s "$names" | sed "s/,/:$field,/g")
	within 20 squeue $at -h -a -t all -j "$ids" -O "$format:$record"
}
"""
    f"names={','.join(QUEUE_FIELDS)}\n"
    + EACH
    + r"""	while queue=$(listed)
		status=$?
		test "$status" != 0 && test "$status" != 124
	do
		unknown=$(listed 2>&1 >/dev/null | sed -n 's/.*Invalid job format specification: //p')
		case ",$names," in
		*",${unknown:-,},"*)
			names=$(printf %s ",$names," | sed "s/,$unknown,/,/; s/^,//; s/,\$//")
			;;
		*) break ;;
		esac
	done
	printf '%s\n\035squeue %s %s %s\n' "$queue" "$status" "${at#-M}" "$names"
	past=
	for id in $(printf %s "$ids" | tr , ' ')
	do
		case "$newline$queue" in
		*"$newline$id$field"*) ;;
		*) past=$past,$id ;;
		esac
	done
	test -n "$past" || continue
"""
    + f"""	within 20 sacct $at -n -P -X --delimiter="$field" -j "${{past#,}}" \\
		-o {",".join(PAST_FIELDS)}
"""
    + r"""	printf '\035sacct %s %s \n' "$?" "${at#-M}"
done"""
)

# No order acts on more than what is in the state that it is for: uhold marks what runs, too.
_ORDER = (
    TELL
    + EACH
    + r"""	listed=$(within 20 squeue $at -h -a -j "$ids" -o '%i %T %r' 2>&1)
	status=$?
	case $listed in
	*'Invalid job id'*) listed='' status=0 ;;
	esac
	for id in $(printf %s "$ids" | tr , ' ')
	do
		job=$id${at:+@${at#-M}}
		mine=$(printf '%s\n' "$listed" | grep "^$id[_+ ]" | grep -E "$which" |
			sed 's/ .*//; s/%[0-9]*//')
		if test "$status" != 0
		then
			tell failed "$job" "${listed:-squeue gave no answer in time}"
		elif test -z "$mine"
		then
			tell gone "$job"
		else
			said=$(order 2>&1)
			came "$job" "$?" "$said"
		fi
	done
done
exit "$trouble"
"""
)
_EACH_TASK = r"""order () {
	for task in $mine
	do
		within 10 scontrol $at "$verb" "$task" || return
	done
}
"""
CANCEL = f"""which=.
order () {{
	within 20 scancel $at "$id"
}}
{_ORDER}"""
# What an operator keeps by `hold`, only operators can release.
HOLD = f"""which='^[^ ]* PENDING ' verb=uhold
{_EACH_TASK}{_ORDER}"""
RELEASE = f"""which='[ ,]JobHeld| held$' verb=release
{_EACH_TASK}{_ORDER}"""
