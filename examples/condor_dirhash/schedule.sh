#!/bin/sh
#
# Hands the job to HTCondor, as run.sub describes it.

condor_submit run.sub
