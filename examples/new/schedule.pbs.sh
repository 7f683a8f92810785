#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# PBS Pro or OpenPBS: the job is the script below.  It says what it needs in
# #PBS lines ("man qsub" has them all; ##PBS is a comment), begins in your home
# directory, and has these variables.  "$GITBATCH" run keeps the output and exit
# status of run.sh, and brings its results home.

qsub -N "gitbatch-$GITBATCH_RUN" -V -j oe -o "$GITBATCH_RUN_DIR/pbs.out" <<'EOT'
#!/bin/sh
#PBS -l select=1:ncpus=1
#PBS -l walltime=1:00:00
##PBS -l select=1:ncpus=4:mem=4gb:ngpus=1
##PBS -q gpu

# module load python
# . ~/miniconda3/etc/profile.d/conda.sh && conda activate experiment

cd "$PBS_O_WORKDIR" || exit
exec "$GITBATCH" run ./run.sh
EOT
