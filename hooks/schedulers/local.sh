# The embedded scheduler, whose jobs are recorded by spawn
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

local_commands=''

local_self () {
	test -n "$GITBATCH_JOB" || return 1
	id=${GITBATCH_JOB#local } self=$GITBATCH_RUN/$id
}
