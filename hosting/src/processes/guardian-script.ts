/**
 * What the guardian runs, in POSIX sh, because that takes 2 MB and starts in 3 ms:
 * `sh -c 'eval "$DEXT_GUARDIAN"' dext-guardian <run> <proc|ps> <terminal> <its owner> [cleaner…]`.
 *
 * Its standard input is the pipe from the AppHost, one order a line:
 * - `add 712:127166 -713:127170`: end these as well; a minus sign says that the process leads a group;
 * - `drop …`: these are no longer ours;
 * - `close`: the run has ended in order, go away.
 *
 * When the pipe ends without `close`, the AppHost was killed. To the run belong the processes registered (pid and start
 * agree), the members of registered groups, the children of all these, and what carries the run's mark. They get
 * SIGTERM and after a second SIGKILL, until two looks one after the other find nothing.
 */
export const guardianScript: string = `
unset DEXT_GUARDIAN
trap '' HUP INT QUIT TERM TSTP
LC_ALL=C TZ=UTC0
export LC_ALL TZ
run=$1 source=$2 terminal=$3 owner=$4
shift 4
known=
# grep can compare whole NUL-ended entries, except in some BusyBox.
if printf 'a\\000b\\000' | grep -qzxF b 2>/dev/null; then exact=z; else exact=; fi

has() { case $2 in *" $1 "*) return 0 ;; esac; return 1; }

# rows: pid:start:parent:group:session of all processes but zombies. The name in a stat line can hold anything.
list_proc() {
  rows=" "
  for file in /proc/[0-9]*/stat; do
    stat= pid=\${file#/proc/}
    { while read -r line || [ -n "$line" ]; do stat="$stat $line"; done <"$file"; } 2>/dev/null
    set -- \${stat##*) }
    case $1 in Z | X | '') continue ;; esac
    rows="$rows\${pid%/stat}:\${20}:$2:$3:$4 "
  done
}
list_ps() {
  rows=" $(ps -axo pid=,ppid=,pgid=,stat=,lstart= | awk '$4 !~ /^Z/ {
    start = $5; for (i = 6; i <= NF; i++) start = start "_" $i
    gsub(":", "_", start); printf "%s:%s:%s:%s:%s ", $1, start, $2, $3, $3 }')"
}

# marked: the pids of what carries the run's mark.
marked_proc() {
  marked=" "
  for file in $(grep -lsaF\${exact:+zx} "DEXT_RUN=$run" /proc/[0-9]*/environ); do
    if [ -z "$exact" ]; then tr '\\000' '\\n' <"$file" | grep -qxF "DEXT_RUN=$run" || continue; fi
    file=\${file#/proc/} marked="$marked\${file%/environ} "
  done
}
marked_ps() {
  marked=" $(ps axeww -o pid=,command= | awk -v mark="DEXT_RUN=$run" '{
    for (i = 2; i <= NF; i++) if ($i == mark) { printf "%s ", $1; break } }')"
}

# groups: those whose number is still theirs; victims: all that is left; strays: those of them in none of the groups.
look() {
  "list_$source"
  "marked_$source"
  groups=" " ids=" " victims=" " strays=" " pids=" " grown=1
  for id in $known; do
    ids="$ids\${id#-} " pid=\${id%%:*}
    [ "$pid" != "\${pid#-}" ] || continue
    case $rows in *" \${id#-}:"*) ;; *" \${pid#-}:"*) continue ;; esac
    groups="$groups\${pid#-} "
  done
  while [ "$grown" ]; do
    grown=
    for row in $rows; do
      pid=\${row%%:*} row=\${row#*:} start=\${row%%:*} row=\${row#*:} parent=\${row%%:*} row=\${row#*:}
      ! has "$pid" "$pids" || continue
      if has "$pid:$start" "$ids" || has "$pid" "$marked" || has "$parent" "$pids" ||
        has "\${row%:*}" "$groups" || has "\${row#*:}" "$groups"; then
        grown=1 pids="$pids$pid " victims="$victims$pid:$start "
        has "\${row%:*}" "$groups" || strays="$strays$pid:$start "
      fi
    done
  done
}

# now: hundredths of a second on a clock that nobody sets, or about so.
clock_proc() { read -r now rest </proc/uptime; now=\${now%.*}\${now#*.}; }
clock_ps() { now=$((now + 20)); }

ask() {
  for id in $groups $strays; do
    ! has "$id" "$told" || continue
    told="$told$id "
    case $id in *:*) kill -s TERM "\${id%%:*}" ;; *) kill -s TERM -- "-$id" ;; esac
  done
}
force() {
  for id in $groups; do kill -s KILL -- "-$id"; done
  for id in $victims; do kill -s KILL "\${id%%:*}"; done
}

# In a subshell, which leads no session, lest the terminal become the guardian's. Raw mode has no signals (-isig); a
# shell's prompt has them, and is left alone.
restore_terminal() {
  [ -n "$terminal" ] || return 0
  case $rows in *" $owner:"*) return 0 ;; esac
  (
    case $(stty -a <"$terminal") in *-isig*) stty sane <"$terminal" ;; esac
    printf '\\033[?1000l\\033[?1002l\\033[?1003l\\033[?1006l\\033[?2004l\\033[?1049l\\033[?25h\\033[0m' >"$terminal"
  )
  terminal=
}

while read -r verb rest; do
  case $verb in
    add) known="$known $rest" ;;
    drop)
      kept=
      for id in $known; do has "$id" " $rest " || kept="$kept $id"; done
      known=$kept
      ;;
    close) exit 0 ;;
  esac
done

[ $# -eq 0 ] || "$@" </dev/null &
looks=0 quiet=0 told=" " now=0
"clock_$source"
begin=$now
while [ $quiet -lt 2 ] && [ $looks -lt 600 ]; do
  look
  restore_terminal
  if [ "$victims" = " " ]; then quiet=$((quiet + 1)); else
    quiet=0
    "clock_$source"
    if [ $((now - begin)) -lt 100 ]; then ask; else force; fi
  fi
  looks=$((looks + 1))
  sleep 0.1 || sleep 1
done
wait
`;
