# The embedded scheduler, whose jobs are recorded by spawn

local_commands=''

local_self () {
	test -n "$GITBATCH_JOB" || return 1
	id=${GITBATCH_JOB#local } self=$GITBATCH_RUN/$id
}
