# --- Words of command lines

# sets: flags on_option script
each_option () {
	# FLAGS COMMAND ARG...: calls COMMAND OPTION VALUE for those before the
	# script; sets $script, and adds to $given.  FLAGS are the options that
	# take no value; with "-" among them, a letter's value may be joined to it.
	flags=$1 on_option=$2
	shift 2
	script=
	while test $# -gt 0
	do
		case "$1" in
		--)
			script=${2-}
			return
			;;
		--*=*) take_option "${1%%=*}" "${1#*=}" ;;
		-?*)
			case "$flags" in
			*" $1 "*) take_option "$1" '' ;;
			*)
				is_joined "$1" || {
					take_option "$1" "${2-}"
					test $# -lt 2 || shift
				}
				;;
			esac
			;;
		*)
			script=$1
			return
			;;
		esac
		shift
	done
}

# sets: given
take_option () {
	given="$given $1 "
	"$on_option" "$@"
}

is_joined () {
	# -JNAME: takes it
	case "$flags:$1" in
	' - '*:--* | ' - '*:-?) return 1 ;;
	' - '*) ;;
	*) return 1 ;;
	esac
	option_value=${1#-?}
	take_option "${1%"$option_value"}" "$option_value"
}

# sets: on_directive said script
each_directive () {
	# MARK FLAGS COMMAND: the same for the lines "MARK options" of $script,
	# but for options that the command line has
	test -f "$script" && test -r "$script" || return 0
	submitted_script=$script said=$given on_directive=$3 directives=0
	while IFS= read -r line && test "$directives" -lt 100
	do
		directives=$((directives + 1))
		case "$line" in
		"$1 "*)
			line=${line#"$1 "}
			# shellcheck disable=SC2086 # words, as its scheduler splits them
			each_option "$2" take_directive ${line%%" #"*}
			;;
		'#'* | '') ;;
		*) break ;;
		esac
	done <"$script"
	script=$submitted_script
}

take_directive () {
	case "$said" in
	*" $1 "*) ;;
	*) "$on_directive" "$@" ;;
	esac
}

# sets: first last ranges tasks
count_ranges () {
	# 1-10:3,15%2: sets $tasks, how many these are, if none may be named twice
	tasks=0 ranges=${1%%[%]*}, latest=-1
	while test -n "$ranges"
	do
		range=${ranges%%,*} ranges=${ranges#*,}
		step=1
		case "$range" in
		*:*) step=${range##*:} range=${range%%:*} ;;
		esac
		first=${range%%-*} last=${range##*-}
		case "$first.$last.$step" in
		.* | *..* | *. | *[!0-9.]* | *.0* | *???????????????????????????*)
			first=-1
			;;
		esac
		test "$first" -gt "$latest" || {
			tasks=
			return
		}
		latest=$last
		tasks=$((tasks + (last - first) / step + 1))
	done
}
