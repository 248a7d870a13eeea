#!/usr/bin/env bash
# `make run`: a server with the sample organisation on this computer, and the app signed in to it as a sample rep.
# Closing the window stops the server. What was done stays in the demo folder for the next time.
#
#   BIN=.build/bin     where the programs are
#   SCALE=small|full   how much of the sample organisation the server loads at its first start
#   ROUNDS_DEMO=DIR    the demo folder (default: $XDG_DATA_HOME/rounds-demo)
#   USER_NAME=li.na    who signs in
set -euo pipefail

bin=${BIN:-.build/bin}
scale=${SCALE:-small}
user=${USER_NAME:-li.na}
data_home=${XDG_DATA_HOME:-$HOME/.local/share}
first_port=7420

# die MESSAGE… says each on a line of its own, and stops.
die() {
  printf 'run: %s\n' "$@" >&2
  exit 1
}

case $scale in
  small) default_dir=$data_home/rounds-demo ;;
  full) default_dir=$data_home/rounds-demo-full ;;
  *) die "SCALE is $scale; it has to be small or full" ;;
esac
dir=${ROUNDS_DEMO:-$default_dir}

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then
  die "there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set" \
    "start it from a desktop session, or on an invisible screen: xvfb-run -s '-screen 0 1280x720x24' make run" \
    "(xvfb-run is in the package xvfb)"
fi

# answers PORT succeeds when something listens on the port.
answers() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# ready PORT succeeds when the server there says that it is ready.
ready() {
  local status
  {
    exec 3<>"/dev/tcp/127.0.0.1/$1" &&
      printf 'GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3 &&
      IFS= read -r -t 5 status <&3
  } 2>/dev/null || return 1
  exec 3<&- 3>&-
  [[ $status == *" 200 "* ]]
}

# A workbook belongs to one server address, so the port of the last time comes first.
mkdir -p "$dir/server"
wanted=$(cat "$dir/port" 2>/dev/null || echo "$first_port")
[[ $wanted =~ ^[0-9]+$ ]] || wanted=$first_port
port=$wanted
while answers "$port"; do
  port=$((port + 1))
  [ "$port" -lt $((wanted + 50)) ] || die "the ports $wanted to $port of this computer are all taken"
done
[ "$port" -eq "$wanted" ] || echo "Port $wanted is taken; the server listens on $port."
echo "$port" >"$dir/port"

log=$dir/server.log
echo "Starting the server with the sample organisation ($scale); its data is in $dir, its log in $log."
"$bin/rounds-server" serve --data "$dir/server" --listen "127.0.0.1:$port" --sample "$scale" >"$log" 2>&1 &
server=$!

# stop_server ends the server and waits for it, so that its data is closed properly.
stop_server() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Loading the sample takes some seconds at the first start, the full one up to minutes.
for ((i = 0; ; i++)); do
  ready "$port" && break
  kill -0 "$server" 2>/dev/null || die "the server stopped; the end of $log:" "$(tail -n 5 "$log")"
  [ "$i" -lt 3000 ] || die "the server is not ready after ten minutes; see $log"
  sleep 0.2
done

echo "Opening Rounds as $user. Close the window to stop."
"$bin/rounds" --workbook "$dir/workbook" --server "http://127.0.0.1:$port" --user "$user" \
  --password-file "$dir/server/sample-password.txt"
