# --- How many jobs of the embedded scheduler may run on this machine at once

# sets: slots
know_slots () {
	# Not before they matter: of many that are submitted at once, most only wait.
	test -z "$slots" || return 0
	leave_newer
	setting localslots ''
	slots=$value
	test -n "$slots" || {
		count_processors
		slots=$processors
	}
}

# sets: processors
count_processors () {
	test -n "$processors" || processors=$({
		getconf _NPROCESSORS_ONLN || getconf NPROCESSORS_ONLN ||
		sysctl -n hw.ncpu || nproc || echo 1
	} 2>/dev/null)
}

# sets: owner slot tried
take_slot () {
	# The first in the queue only, so that hardly ever two look at one slot
	test "$place" = 1 || return 1
	test -z "$sweep_limit" || ! is_full "$sweep_limit" || return 1
	know_slots
	number_of_slot=0
	while test "$number_of_slot" -lt "$slots"
	do
		number_of_slot=$((number_of_slot + 1))
		# It is no $slot until it is ours: whoever leaves removes that.
		tried=$base/queue/slot.$number_of_slot.$machine
		if test -f "$tried"
		then
			read -r owner <"$tried" 2>/dev/null && ! gone "$owner" && continue
			take_away "$tried" "$owner" || continue
		fi
		publish "$tried" "$me${sweep_limit:+$newline$sweep_limit}" || continue
		! is_overfull || break
		slot=$tried
		return
	done
	return 1
}

is_overfull () {
	# Two that came at the same moment may both have been the first, and have
	# seen the same slots.  The later of them sees what the other has taken:
	# it gives its own back, keeps its ticket, and looks again.
	test -n "$sweep_limit" || return 1
	count_slots "$sweep_limit"
	test "$busy" -gt "${sweep_limit#* }" || return 1
	rm -f "$tried"
}

is_full () {
	# SWEEP MOST: has this sweep as many slots as it may take?
	count_slots "$1"
	test "$busy" -ge "${1#* }"
}

# sets: busy owner
count_slots () {
	# SWEEP MOST: sets $busy, how many slots this sweep has here
	busy=0
	for file in "$base/queue"/slot.*."$machine"
	do
		{ read -r owner && read -r its_sweep; } <"$file" &&
			test "$its_sweep" = "$1" && ! gone "$owner" || continue
		busy=$((busy + 1))
	done
} 2>/dev/null

