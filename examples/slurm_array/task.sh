#!/bin/sh
#
# One task of the sweep: where x = r x (1 - x) leads to, for this task's share
# of the values of r.

set -e

# What the task needs, for example:
# module load python
# . ~/envs/experiment/bin/activate

task=$SLURM_ARRAY_TASK_ID
tasks=$SLURM_ARRAY_TASK_COUNT
from=${GITBATCH_OPTION_from:-2.8}
to=${GITBATCH_OPTION_to:-4}

echo "task $task of $tasks: r from $from to $to"
mkdir -p parts
awk -v task="$task" -v tasks="$tasks" -v from="$from" -v to="$to" 'BEGIN {
	values = 240 / tasks
	width = (to - from) / tasks
	for (i = 0; i < values; i++) {
		r = from + (task - 1 + i / values) * width
		x = 0.5
		for (n = 0; n < 500; n++) {
			x = r * x * (1 - x)
			if (n >= 480)
				printf "%.5f,%.5f\n", r, x
		}
	}
}' >"parts/$task.tmp"
# A part that is there is complete.
mv "parts/$task.tmp" "parts/$task.csv"
