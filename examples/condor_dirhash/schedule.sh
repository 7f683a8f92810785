#!/bin/sh
#
# Hands the job to HTCondor, as run.sub describes it.  What HTCondor does with
# it is a page of the log: gitbatch-tui log RUN --which events.

condor_submit run.sub &&
"$GITBATCH" log-file events "$GITBATCH_RUN_DIR/condor.log"
