#!/bin/sh
#
# The job, the same everywhere: throws two dice, and counts the sums.  They go
# to sums.csv, a plot of them to plot.txt; both come home as a commit.

set -e

throws=${GITBATCH_OPTION_throws:-3600}
seed=${GITBATCH_OPTION_seed:-1}

echo "$throws throws of two dice on $(uname -n)"
awk -v throws="$throws" -v seed="$seed" 'BEGIN {
	srand(seed)
	for (i = 0; i < throws; i++)
		sums[2 + int(6 * rand()) + int(6 * rand())]++
	print "sum,throws"
	for (sum = 2; sum <= 12; sum++)
		print sum "," sums[sum] + 0
}' >sums.csv

awk -F, -v throws="$throws" 'NR > 1 {
	bar = sprintf("%" int(300 * $2 / throws) "s", "")
	gsub(/ /, "#", bar)
	printf "%2d %s\n", $1, bar
}' sums.csv >plot.txt
cat plot.txt
