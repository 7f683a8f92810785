#!/bin/sh
#
# Submits a sweep to Slurm: an array of tasks, each with its share of the
# parameters, and a job that gathers their results when all of them have ended.

set -e

tasks=${GITBATCH_OPTION_tasks:-8}

# submit OPTION... COMMAND: prints the id of the job.
submit () {
	sbatch --parsable --job-name="gitbatch-$GITBATCH_RUN" \
		--ntasks=1 --cpus-per-task=1 --time=10:00 "$@"
}

# shellcheck disable=SC2016 # it is the job's shell that expands it
sweep=$(submit --array="1-$tasks" --output="$GITBATCH_RUN_DIR/slurm-%A_%a.out" \
	--wrap='"$GITBATCH" run ./task.sh')
"$GITBATCH" job slurm "${sweep%%;*}"

# shellcheck disable=SC2016
gather=$(submit --dependency="afterany:${sweep%%;*}" \
	--output="$GITBATCH_RUN_DIR/slurm-%j.out" \
	--wrap='"$GITBATCH" run ./gather.sh')
"$GITBATCH" job slurm "${gather%%;*}"

echo "$tasks tasks: array ${sweep%%;*}, gathered by job ${gather%%;*}"
