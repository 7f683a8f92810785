#!/bin/sh
#
# The job: the primes up to a limit.  They go to primes.csv, how many there
# are in each hundred to counts.txt; both come home as a commit.

set -e

limit=${GITBATCH_OPTION_limit:-1000}

echo "job $JOB_ID on $(uname -n): the primes up to $limit"
awk -v limit="$limit" 'BEGIN {
	print "number,prime"
	for (n = 2; n <= limit; n++) {
		for (d = 2; d * d <= n && n % d; d++)
			;
		if (d * d > n)
			print ++found "," n
	}
}' >primes.csv

awk -F, 'NR > 1 { many[int($2 / 100)]++ }
	END { for (i = 0; i in many; i++) printf "%5d-%-5d %d\n", 100 * i, 100 * i + 99, many[i] }
' primes.csv >counts.txt
cat counts.txt
