#!/bin/sh
# Two ways to pi: a series, which always comes out the same, and darts, which
# only do with a seed: gitbatch-tui submit -o seed=7 -o darts=20000
set -e

darts=${GITBATCH_OPTION_DARTS:-20000}
seed=${GITBATCH_OPTION_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}

echo "the series of Leibniz"
LC_ALL=C awk 'BEGIN {
	print "terms,pi"
	for (n = 0; n < 100000; n++) {
		sum += (n % 2 ? -4 : 4) / (2 * n + 1)
		if ((n + 1) % 10000 == 0)
			printf "%d,%.9f\n", n + 1, sum
	}
}' >series.csv

echo "$darts darts, seed $seed"
LC_ALL=C awk -v seed="$seed" -v darts="$darts" 'BEGIN {
	srand(seed)
	print "darts,pi"
	for (n = 1; n <= darts; n++) {
		x = rand(); y = rand()
		hits += x * x + y * y < 1
		if (n % (darts / 10) == 0)
			printf "%d,%.6f\n", n, 4 * hits / n
	}
}' >darts.csv

LC_ALL=C awk -F , 'END { printf "{\"pi\": %.6f, \"darts\": %d}\n", $2, $1 }' \
	darts.csv >metrics.json
cat metrics.json

# .gitattributes says that this one may differ.
echo "run $GITBATCH_RUN, $(date -u)" >finished.txt
