#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# at: the job gets this directory and these variables.  "$GITBATCH" run keeps
# its output and exit status, and brings its results home.

# shellcheck disable=SC2016 # it is the job's shell that expands it
echo '"$GITBATCH" run ./run.sh' | at now
