#!/bin/sh
#
# The job: executes the notebook in place, so that its outputs are results.

set -e

# An environment of your own goes here:
# . ~/envs/experiment/bin/activate
# source activate experiment

python3 -m jupyter execute --inplace walk.ipynb
