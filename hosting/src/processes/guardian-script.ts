/**
 * What the guardian runs, in POSIX sh, because that takes 2 MB and starts in 3 ms:
 * `sh -c 'eval "$DEXT_GUARDIAN"' dext-guardian <run> <proc|ps> <n> [n leftovers…] [cleaner…]`.
 *
 * Its standard input is the pipe from the AppHost, one order a line:
 * - `add 712:127166 -713:127170`: end these as well; a minus sign says that the process leads a group;
 * - `drop …`: these are no longer ours;
 * - `close`: the run has ended in order, go away.
 *
 * When the pipe ends without `close`, the AppHost was killed. To the run belong the processes registered (pid and start
 * agree), the members of registered groups, the children of all these, and what carries the run's mark. They get
 * SIGTERM and after a second SIGKILL, until two looks one after the other find nothing. Then the leftovers, files and
 * folders, are removed; when something could not be ended they stay, for whoever tries again.
 */
export const guardianScript: string = `
unset DEXT_GUARDIAN
trap '' HUP INT QUIT TERM TSTP
LC_ALL=C TZ=UTC0
export LC_ALL TZ
run=$1 source=$2 leftovers=$3
shift 3
known=
# grep can compare whole NUL-ended entries, except in some BusyBox.
if printf 'a\\000b\\000' | grep -qzxF b 2>/dev/null; then exact=z; else exact=; fi

has() { case $2 in *" $1 "*) return 0 ;; esac; return 1; }

list_proc() { cat /proc/[0-9]*/stat; }
list_ps() { ps -axo pid=,ppid=,pgid=,stat=,lstart=; }

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

# groups: those whose number is still theirs; victims: pid:start of all that is left. Zombies do not count. The name in
# a stat line can hold anything, also the end of a line.
look() {
  "marked_$source"
  found=$("list_$source" | awk -v source="$source" -v known="$known" -v marked="$marked" '
    function add(pid, from, state, origin, leader, seat) {
      if (state ~ /^[ZX]/) return
      start[pid] = from; parent[pid] = origin; group[pid] = leader; session[pid] = seat
    }
    source == "ps" {
      from = $5; for (i = 6; i <= NF; i++) from = from "_" $i
      gsub(/:/, "_", from); add($1, from, $4, $2, $3, $3); next
    }
    {
      line = line $0; rest = line; sub(/.*\\) /, "", rest)
      if (split(rest, field, " ") < 20) next
      add(line + 0, field[20], field[1], field[2], field[3], field[4]); line = ""
    }
    END {
      count = split(known, list, " ")
      for (i = 1; i <= count; i++) {
        leads = sub(/^-/, "", list[i]); named[list[i]]; split(list[i], id, ":")
        if (leads && !(id[1] in start && start[id[1]] != id[2])) { groups[id[1]]; printf "%s ", id[1] }
      }
      count = split(marked, list, " "); for (i = 1; i <= count; i++) isMarked[list[i]]
      printf "/"
      do {
        grown = 0
        for (pid in start) {
          if (pid in victim) continue
          if ((pid ":" start[pid]) in named || pid in isMarked || parent[pid] in victim ||
              group[pid] in groups || session[pid] in groups) {
            victim[pid]; grown = 1; printf "%s:%s ", pid, start[pid]
          }
        }
      } while (grown)
    }')
  groups=" \${found%%/*}" victims=" \${found#*/}"
}

# now: hundredths of a second on a clock that nobody sets, or about so.
clock_proc() { read -r now rest </proc/uptime; now=\${now%.*}\${now#*.}; }
clock_ps() { now=$((now + 20)); }

# Stops what is not stopped yet until nothing new appears: what is stopped cannot start others behind our back.
freeze() {
  fresh=" " rounds=0
  while [ $rounds -lt 20 ]; do
    rounds=$((rounds + 1)) is_grown=
    for id in $victims; do
      ! has "$id" "$frozen" || continue
      kill -s STOP "\${id%%:*}"
      frozen="$frozen$id " fresh="$fresh$id " is_grown=1
    done
    [ "$is_grown" ] || return 0
    look
  done
}
ask() {
  freeze
  for id in $fresh; do kill -s TERM "\${id%%:*}"; done
  for id in $fresh; do kill -s CONT "\${id%%:*}"; done
}
force() {
  frozen=" "
  freeze
  for id in $groups; do kill -s KILL -- "-$id"; done
  for id in $victims; do kill -s KILL "\${id%%:*}"; done
}

clean() {
  shift "$leftovers"
  [ $# -eq 0 ] || exec "$@" </dev/null
}
remove_leftovers() {
  while [ "$leftovers" -gt 0 ]; do
    rm -rf -- "$1"
    leftovers=$((leftovers - 1))
    shift
  done
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

clean "$@" &
looks=0 quiet=0 frozen=" " now=0
"clock_$source"
begin=$now
while [ $quiet -lt 2 ] && [ $looks -lt 600 ]; do
  look
  if [ "$victims" = " " ]; then quiet=$((quiet + 1)); else
    quiet=0
    "clock_$source"
    if [ $((now - begin)) -lt 100 ]; then ask; else force; fi
  fi
  looks=$((looks + 1))
  sleep 0.1 || sleep 1
done
[ "$victims" != " " ] || remove_leftovers "$@"
wait
`;
