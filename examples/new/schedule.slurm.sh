#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Options (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# Slurm: say what the job needs, such as --time=1:00:00 --mem=4G --gres=gpu:1.
# "$GITBATCH" run keeps its output and exit status, and brings its results
# home.

# shellcheck disable=SC2016 # it is the job's shell that expands it
sbatch --job-name="gitbatch-$GITBATCH_RUN" --export=ALL \
	--output="$GITBATCH_RUN_DIR/slurm-%j.out" \
	--wrap='"$GITBATCH" run ./run.sh'
