#!/bin/sh
#
# Hands the job to at, which keeps the directory and the environment that
# it is called in.  "$GITBATCH" run keeps the output, commits the results
# and brings them home.

echo '"$GITBATCH" run ./run.sh' | at now
