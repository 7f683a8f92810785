#!/bin/sh
#
# Stands in for a command that submits jobs, such as sbatch, under its name:
# runs the one that comes next on PATH, with the same arguments, standard
# streams and exit status, and records which jobs it submitted.
#
# What is to be submitted is submitted, whatever can't be recorded.

newline='
'
tab='	'
