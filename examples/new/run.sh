#!/bin/sh
#
# The job.  It runs in a checkout of the commit that was pushed.  What it
# prints is its log; what it leaves here are its results, and come home as a
# commit, except for what .gitignore names.

set -e

# What the job needs, for example:
# . ~/envs/experiment/bin/activate

echo "run $GITBATCH_RUN of $GITBATCH_BRANCH on $(uname -n)"

# Your experiment goes here, in place of these two lines:
echo >&2 "error: put your command here, in run.sh"
exit 1
