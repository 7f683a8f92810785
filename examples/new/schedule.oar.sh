#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# OAR: say what the job needs, such as -l host=1/core=4,walltime=1:00:00 or
# -p "gpu = 'YES'".  The job has this directory, and "$GITBATCH" run gives it
# these variables, which OAR doesn't hand on; it keeps the output and exit
# status of run.sh, and brings its results home.
#
# A job that waits for another one (-a ID) begins however that one ended.

oarsub --name="gitbatch-$GITBATCH_RUN" -l walltime=1:00:00 \
	--stdout="$GITBATCH_RUN_DIR/oar-%jobid%.out" \
	--stderr="$GITBATCH_RUN_DIR/oar-%jobid%.err" "'$GITBATCH' run ./run.sh"
