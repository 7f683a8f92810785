#!/bin/sh
#
# The job: executes the notebook in place, so that its outputs are results.

set -e

# Whoever runs this may have no home.
HOME=${_CONDOR_SCRATCH_DIR:-$HOME}
export HOME

# An environment of your own, made by `conda env create -f environment.yml`:
# . /opt/conda/etc/profile.d/conda.sh
# conda activate pi

echo "executing pi.ipynb on $(uname -n)"
python3 -m jupyter execute --inplace pi.ipynb
echo "it ran to its end"
