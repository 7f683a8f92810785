# --- One submit, one run
#
# A submit may have to be tried in several ways: a push, and where nobody knows
# what became of it, or somebody else has pushed the same commit, start.  Its
# token sees to it that all of them together are one run: runs/.token.TOKEN
# names the process that is at it, and then the number of its run.

# sets: token
take_token () {
	# TOKEN: sets $token
	case "${#1}:$1" in
	*:*[!0-9A-Za-z]*) return 1 ;;
	1[6-9]:* | [2-5][0-9]:* | 6[0-4]:*) token=$1 ;;
	*) return 1 ;;
	esac
}

# sets: me
claim_token () {
	# 0 where there is no run of $token yet: it is for us to make.  Else its
	# receipt has been given.
	! run_of_token || {
		repeat_receipt
		return 1
	}
	process $$
	me=$process
	lock "$base/runs/.token.$token" 0
	case $? in
	0) return 0 ;;
	2)
		refuse "$trouble"
		return 1
		;;
	esac
	waits=0
	until run_of_token
	do
		test "$waits" -lt 300 || {
			refuse 'another process has been starting it for 30 s'
			return 1
		}
		waits=$((waits + 1))
		pause 0.1
	done
	repeat_receipt
	return 1
}

drop_token () {
	test -z "$token" || rm -f "$base/runs/.token.$token"
}

# sets: dir run
run_of_token () {
	# Sets $run and $dir to those of $token.  Once a run is settled, only its
	# request knows of its token.
	run=
	{ read -r run <"$base/runs/.token.$token"; } 2>/dev/null
	if number "$run"
	then
		dir=$base/runs/$run
		test -f "$dir/request"
		return
	fi
	test -z "$run" || return 1
	{ read -r run <"$base/runs/.last"; } 2>/dev/null
	number "$run" || run=0
	for_long=$((run > 300 ? run - 300 : 0))
	while test "$run" -gt "$for_long"
	do
		dir=$base/runs/$run
		! field "$dir/request" token || test "$value" != "$token" || return 0
		run=$((run - 1))
	done
	return 1
}

# sets: branch commit state
repeat_receipt () {
	# Of run $run, once schedule.sh has ended, or after 30 s
	waits=0
	until field "$dir/scheduled" exit || test "$waits" -ge 300
	do
		waits=$((waits + 1))
		pause 0.1
	done
	state=submitted
	test "${value:-0}" = 0 || was_rejected || :
	field "$dir/request" commit && commit=$value
	field "$dir/request" branch && branch=$value
	receipt
}
