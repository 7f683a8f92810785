#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# LSF: the job is the script below.  It says what it needs in #BSUB lines
# ("man bsub" has them all; ##BSUB is a comment), and has this directory and
# these variables.  "$GITBATCH" run keeps the output and exit status of run.sh,
# and brings its results home.
#
# For an array of ten tasks add -J "name[${GITBATCH_TASKS:-1-10}]" to bsub, and
# %J-%I for %J: "gitbatch-tui rerun --failed" then runs only what failed.

bsub -J "gitbatch-$GITBATCH_RUN" -o "$GITBATCH_RUN_DIR/lsf-%J.out" <<'EOT'
#!/bin/sh
#BSUB -n 1
#BSUB -W 1:00
##BSUB -M 4GB
##BSUB -gpu num=1
##BSUB -q gpu

# module load python
# . ~/miniconda3/etc/profile.d/conda.sh && conda activate experiment

exec "$GITBATCH" run ./run.sh
EOT
