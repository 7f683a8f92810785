# --- The programs of a batch remote

place () {
	# PROGRAM PART...: byte for byte, whole or not at all
	placed=$1
	shift
	test -x "$placed" && (cd "$from" && cat "$@") | cmp -s - "$placed" || {
		(cd "$from" && cat "$@") >"$placed.$$.tmp" &&
		chmod 755 "$placed.$$.tmp" &&
		mv -f "$placed.$$.tmp" "$placed"
	}
}

place_each () {
	# FOLDER PROGRAM...: all that are there, with few processes
	placed=$1
	shift
	test -f "$1" || return 0
	mkdir "$placed/$$.tmp" && cp "$@" "$placed/$$.tmp" &&
	chmod 755 "$placed/$$.tmp"/* && mv -f "$placed/$$.tmp"/* "$placed" &&
	rmdir "$placed/$$.tmp"
}

place_grammars () {
	# FOLDER: those of a site stay where this comes without them
	mkdir -p "$1/site" &&
	rm -rf "$1"/*.tmp "$1"/site/*.tmp &&
	place_each "$1" "$from"/schedulers/*.sh &&
	place_each "$1/site" "$from"/schedulers/site/*.sh
}

# shellcheck disable=SC2086,SC2046 # commands are words
place_stand_ins () (
	# GITBATCH: bin/NAME/NAME leads to submit, for each command that submits
	cd "$1" || exit
	commands=$(sed -n "s/^[A-Za-z0-9_]*_commands='\(.*\)'\$/\1/p" \
		schedulers/*.sh schedulers/site/*.sh 2>/dev/null)
	mkdir -p $(printf 'bin/%s\n' $commands) || exit
	for command in $commands
	do
		stand_in=bin/$command/$command
		test -h "$stand_in" || ln -s ../../submit "$stand_in" 2>/dev/null ||
		cmp -s "$stand_in" submit || {
			cp submit "$stand_in.$$.tmp" &&
			mv -f "$stand_in.$$.tmp" "$stand_in" || exit
		}
	done
)

# shellcheck disable=SC2086 # names of parts have no spaces
furnish () {
	# REPOSITORY PATH-IT-WILL-HAVE: the hook last, since it starts things
	mkdir -p "$1/gitbatch" "$1/hooks" &&
	rm -f "$1/gitbatch"/*.tmp "$1/hooks"/*.tmp &&
	configure "$1" "$2" &&
	start_history "$1" &&
	place_grammars "$1/gitbatch/schedulers" &&
	place "$1/gitbatch/submit" $submit &&
	place_stand_ins "$1/gitbatch" &&
	place "$1/gitbatch/gitbatch" $program &&
	{
		test -e "$1/gitbatch/post-commit" ||
		ln -s gitbatch "$1/gitbatch/post-commit" 2>/dev/null ||
		place "$1/gitbatch/post-commit" $program
	} &&
	printf '%s\n' "$version" >"$1/gitbatch/version.$$.tmp" &&
	mv -f "$1/gitbatch/version.$$.tmp" "$1/gitbatch/version" &&
	place "$1/hooks/post-receive" post-receive
}
