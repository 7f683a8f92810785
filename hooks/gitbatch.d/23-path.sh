# --- PATH of schedule.sh and of jobs

leave_stand_ins () {
	# Takes those for submit commands off PATH, and what was added to it
	rest=${PATH%"$spare_path"}: path=
	while test -n "$rest"
	do
		case "$rest" in
		"$helper_dir/bin/"*) ;;
		*) path=$path:${rest%%:*} ;;
		esac
		rest=${rest#*:}
	done
	PATH=${path#:}
}

lead_path () {
	# Before all else on PATH are the stand-ins for those submit commands that
	# are here: a script that looks for one which isn't must not find it.
	leave_stand_ins
	stand_ins=
	for stand_in in "$helper_dir"/bin/*
	do
		! command -v "${stand_in##*/}" || stand_ins=$stand_ins$stand_in:
	done >/dev/null 2>&1
	PATH=$stand_ins$PATH$spare_path
	export PATH
}
