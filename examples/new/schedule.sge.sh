#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# Grid Engine: say what the job needs, such as -l h_rt=1:00:00 -l h_vmem=4G.
# "$GITBATCH" run keeps its output and exit status, and brings its results
# home.
#
# For an array of ten tasks:
#	for tasks in $(echo "${GITBATCH_TASKS:-1-10}" | tr , ' ')
#	do
#		qsub -t "$tasks" ...
#	done
# "gitbatch-tui rerun --failed" then runs only what failed.

qsub -N "gitbatch-$GITBATCH_RUN" -V -cwd -b y -shell n \
	-j y -o "$GITBATCH_RUN_DIR/sge.out" "$GITBATCH" run ./run.sh
