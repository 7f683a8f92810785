# at and batch, which say on standard error what they did, and tell no job its number
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

at_commands='at batch'
at_speaks_on=2

at_queries () {
	case "${1-}" in
	-l | -d | -r | -c | -V | -b) ;;
	*) return 1 ;;
	esac
}

at_answer () {
	# job 12 at Sun Nov 22 14:31:00 2026
	case "$1" in
	'job '[0-9]*' at '*[0-9]:[0-9][0-9]*) ;;
	*) return 1 ;;
	esac
	id=${1#job }
	id=${id%% *}
	is_number "$id"
}

at_self () {
	# By the record of its own submission, which the environment names
	recorded_self at
}

at_find () {
	# A job is a script, which goes to its folder first: cd /a\ b || {
	# One that has begun since it was listed can't be found.
	command -v atq >/dev/null || return 3
	listed=$(within 15 atq) || return
	printf '%s\n' "$listed" | cut -f 1 | while read -r job
	do
		body=$(within 5 at -c "$job" 2>&1) || {
			case "$body" in
			*'annot find'*) ;;
			*) printf >&2 '%s\n' "at -c $job: $body" ;;
			esac
			continue
		}
		folder=$(printf '%s\n' "$body" | sed -n 's/^cd \(.*\) || {$/\1/p' | sed 's/\\\(.\)/\1/g; q')
		printf '%s %s\n' "$job" "$folder"
	done | inside "$1"
}
