#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# task-spooler: jobs of one person on one machine, one after the other (tsp -S
# says how many at a time).  "$GITBATCH" run keeps the job's output and exit
# status, and brings its results home.

job=$(tsp -L "gitbatch-$GITBATCH_RUN" "$GITBATCH" run ./run.sh) &&
"$GITBATCH" job tsp "$job"
