#!/bin/sh
#
# Hands the job to HTCondor, as run.sub describes it.  Its results come home
# when HTCondor says that it has ended.

set -e

condor_submit run.sub
echo "view log with: tail -f $GITBATCH_RUN_DIR/tree/condor_outfile.txt"
