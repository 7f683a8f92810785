#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Options (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# HTCondor: say what the job needs, such as request_memory = 4G.  Its nodes
# have to see this directory, too.  "$GITBATCH" run keeps the job's output and
# exit status, and brings its results home.

condor_submit <<EOT
executable = $GITBATCH
arguments = run ./run.sh
initialdir = $PWD
getenv = PATH, HOME, GITBATCH*
should_transfer_files = no
transfer_executable = false
log = $GITBATCH_RUN_DIR/condor.log
output = $GITBATCH_RUN_DIR/condor.out
error = $GITBATCH_RUN_DIR/condor.err
request_cpus = 1
request_memory = 1G
queue
EOT
