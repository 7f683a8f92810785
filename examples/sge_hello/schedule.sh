#!/bin/sh
#
# Hands the job to Grid Engine: ten minutes of one processor.  "$GITBATCH" run
# keeps its output, commits the results and brings them home.

qsub -N hello -l h_rt=0:10:00 -V -cwd -b y -shell n \
	-j y -o "$GITBATCH_RUN_DIR/sge.out" "$GITBATCH" run ./run.sh
