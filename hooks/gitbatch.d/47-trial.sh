# --- What a file system has to be able to do
#
# Tried before anything is promised: by install, by doctor and by check.

# sets: fallen lacking trial
try_place () {
	# FOLDER: sets $fallen to the first promise that can't be kept there, and
	# $lacking to what has to be done in another way
	fallen='' lacking=''
	sweep_trials "$1"
	trial=$1/.gitbatch-trial.$$
	complaint=$(try_writing 2>&1)
	case "$complaint" in
	'fallen: '*) fallen="${complaint#fallen: }" ;;
	*) try_more ;;
	esac
	rm -rf "$trial" 2>/dev/null || {
		chmod -R u+rwx "$trial" 2>/dev/null
		rm -rf "$trial"
	}
}

sweep_trials () {
	# FOLDER: what a trial that was killed has left
	for trial in "$1"/.gitbatch-trial.*
	do
		test ! -d "$trial" || kill -0 "${trial##*.}" 2>/dev/null ||
		rm -rf "$trial"
	done
}

# sets: room
try_writing () {
	# The first word that doesn't hold, with what the system said of it
	said=$(mkdir "$trial" 2>&1) || fell "no folder can be made in it ($said)"
	! mkdir "$trial" 2>/dev/null ||
	fell 'two programs can make one folder at once'
	room=$(df -P -k "$trial" 2>/dev/null | awk 'NR == 2 { print $4 }')
	case "$room" in
	'' | *[!0-9]*) ;;
	*) test "$room" -ge 1024 || fell "its disk is full: $room KB are free" ;;
	esac
	said=$({ printf '#!/bin/sh\nexit 0\n' >"$trial/a"; } 2>&1) && test -s "$trial/a" ||
	fell "no file can be written in it ($said)"
	said=$(mv -f "$trial/a" "$trial/b" 2>&1) && test -s "$trial/b" ||
	fell "no file can be renamed in it ($said)"
	chmod 755 "$trial/b" 2>/dev/null && test -x "$trial/b" ||
	fell 'no file can be made executable in it: is it mounted noexec?'
	"$trial/b" 2>/dev/null ||
	fell 'no program in it can be run: is it mounted noexec?'
	chmod 644 "$trial/b" 2>/dev/null && ! "$trial/b" 2>/dev/null ||
	fell 'every file in it is executable, and stays so'
}

fell () {
	printf 'fallen: %s\n' "$1"
	exit
}

# sets: lacking
try_more () {
	ln "$trial/b" "$trial/c" 2>/dev/null ||
	lacking='it has no hard links: files are claimed by making folders, which is slower'
	ln -s b "$trial/d" 2>/dev/null ||
	lacking="${lacking:+$lacking; }it has no symbolic links: links in a commit arrive as files"
	test ! -e "$trial/B" ||
	lacking="${lacking:+$lacking; }names that differ in case alone are one there, of files in a commit and of branches"
}

# sets: place
try_base () {
	# In a shared BASE, who doesn't own it writes in its folders alone.
	place=$base
	test -z "$shared" || owns_base || place=$base/runs
	try_place "$place"
}

tell_trial () {
	# For doctor
	try_base
	test -z "$fallen" || printf 'fallen=%s\n' "$fallen"
	test -z "$lacking" || printf 'lacking=%s\n' "$lacking"
}
