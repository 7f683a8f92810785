#!/bin/sh
#
# Hands the job to the scheduler that is here, whichever it is: the same
# project runs on a laptop, a workstation and a cluster.  "$GITBATCH" run
# keeps its output, commits the results and brings them home.

set -e

hours=1

if command -v sbatch >/dev/null
then
	# shellcheck disable=SC2016 # it is the job's shell that expands it
	sbatch --job-name=dice --time="$hours:00:00" --export=ALL \
		--output="$GITBATCH_RUN_DIR/slurm.out" --wrap='"$GITBATCH" run ./run.sh'
elif command -v condor_submit >/dev/null
then
	condor_submit <<-EOT
		executable = $GITBATCH
		arguments = run ./run.sh
		initialdir = $PWD
		getenv = PATH, HOME, GITBATCH*
		should_transfer_files = no
		transfer_executable = false
		allowed_job_duration = $((hours * 3600))
		log = $GITBATCH_RUN_DIR/condor.log
		output = $GITBATCH_RUN_DIR/condor.out
		error = $GITBATCH_RUN_DIR/condor.err
		queue
	EOT
elif command -v qsub >/dev/null
then
	qsub -N dice -l "h_rt=$hours:00:00" -V -cwd -b y -shell n \
		-j y -o "$GITBATCH_RUN_DIR/sge.out" "$GITBATCH" run ./run.sh
elif command -v at >/dev/null && pgrep -x atd >/dev/null
then
	# shellcheck disable=SC2016 # it is the job's shell that expands it
	echo '"$GITBATCH" run ./run.sh' | at now
else
	"$GITBATCH" spawn ./run.sh
fi
