#!/bin/sh
#
# The job: executes the notebook in place, so that its outputs are results.

set -e

# An environment of your own, made by `conda env create -f environment.yml`:
# . /opt/conda/etc/profile.d/conda.sh
# conda activate iris

python3 -m jupyter execute --inplace plot_iris.ipynb
