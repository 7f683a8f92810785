#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# Slurm: the job is the script below.  It says what it needs in #SBATCH lines
# ("man sbatch" has them all; ##SBATCH is a comment), and has this directory
# and these variables.  "$GITBATCH" run keeps the output and exit status of
# run.sh, and brings its results home.
#
# For an array of ten tasks add --array="${GITBATCH_TASKS:-1-10}" to sbatch, and
# %A_%a for %j: "gitbatch-tui rerun --failed" then runs only what failed.

sbatch --job-name="gitbatch-$GITBATCH_RUN" \
	--output="$GITBATCH_RUN_DIR/slurm-%j.out" <<'EOT'
#!/bin/sh
#SBATCH --time=1:00:00
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
##SBATCH --mem=4G
##SBATCH --gres=gpu:1
##SBATCH --partition=gpu

# module load python
# . ~/miniconda3/etc/profile.d/conda.sh && conda activate experiment

exec "$GITBATCH" run ./run.sh
EOT
