#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# Flux: say what the job needs, such as --cores=4, --gpus-per-task=1 or
# --time-limit=1h.  The job has this directory and these variables.
# "$GITBATCH" run keeps its output and exit status, and brings its results
# home.

flux submit --job-name="gitbatch-$GITBATCH_RUN" --cores=1 \
	--output="$GITBATCH_RUN_DIR/flux.out" "$GITBATCH" run ./run.sh
