#!/bin/sh
#
# The job: a pendulum that is slowed down by the air.  Its numbers go to
# results.csv, a plot of them to plot.txt; both come home as a commit.

set -e

steps=${GITBATCH_OPTION_steps:-20}
damping=${GITBATCH_OPTION_damping:-0.1}

echo "a pendulum with damping $damping, $steps steps"
echo time,angle,speed >results.csv
step=0 angle=1 speed=0
while test "$step" -lt "$steps"
do
	echo "$step,$angle,$speed" >>results.csv
	echo "step $((step + 1)) of $steps: angle $angle"
	state=$(awk -v x="$angle" -v v="$speed" -v d="$damping" \
		'BEGIN { v -= 0.5 * x + d * v; printf "%.4f %.4f\n", x + v, v }')
	angle=${state% *} speed=${state#* }
	step=$((step + 1))
	sleep 0.1
done

awk -F, 'NR > 1 { printf "%3d %" 31 + int(25 * $2) "s\n", $1, "*" }' results.csv >plot.txt
cat plot.txt
