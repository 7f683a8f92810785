#!/bin/sh
#
# Gathers what the tasks left: results.csv, and a plot of it in results.svg.
# It fails, and says so, where a task did.

set -e

tasks=${GITBATCH_OPTION_tasks:-8}
task=0 missing=0
echo r,x >results.csv
while test "$task" -lt "$tasks"
do
	task=$((task + 1))
	if test -f "parts/$task.csv"
	then
		cat "parts/$task.csv" >>results.csv
	else
		echo "task $task left no results"
		missing=$((missing + 1))
	fi
done
rm -rf parts

awk -F, '
	NR > 1 {
		if (NR == 2 || $1 < low) low = $1
		if (NR == 2 || $1 > high) high = $1
		r[NR] = $1
		x[NR] = $2
	}
	END {
		print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 520\">"
		print "<rect width=\"820\" height=\"520\" fill=\"white\"/>"
		printf "<path stroke=\"navy\" stroke-width=\"1\" d=\""
		span = high > low ? high - low : 1
		for (i = 2; i <= NR; i++)
			printf "M%.1f %.1fh1", 10 + 800 * (r[i] - low) / span, 490 - 480 * x[i]
		print "\"/>"
		print "<text x=\"10\" y=\"512\" font-family=\"sans-serif\">r = " low "</text>"
		print "<text x=\"810\" y=\"512\" font-family=\"sans-serif\" text-anchor=\"end\">r = " high "</text>"
		print "</svg>"
	}' results.csv >results.svg

echo "$((tasks - missing)) of $tasks tasks gathered"
test "$missing" = 0
