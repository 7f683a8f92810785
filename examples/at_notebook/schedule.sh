#!/bin/sh
#
# Hands the job to at, which keeps the directory and the environment that
# it is called in.  "$GITBATCH" run keeps the output, commits the results
# and brings them home.

# shellcheck disable=SC2016 # it is the job's shell that expands it
echo '"$GITBATCH" run ./run.sh' | at now
