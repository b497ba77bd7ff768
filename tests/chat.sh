#!/bin/sh
# chat.sh PROGRAM DIRECTORY: two processes of the chat example; what one says the other prints.
set -eu
program=$1
mkdir -p "$2"
cd "$2"
rm -f ./*
mkfifo ears mouth

# Looks for a line that a process has still to print, for at most a minute.
wait_for() {
  tries=0
  until grep -q "$1" "$2"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { echo "never came: $1" >&2; cat heard said >&2; exit 1; }
    sleep 0.1
  done
}

: >heard >said
"$program" <ears >heard & listener=$!
exec 3>ears
wait_for 'join me: chat' heard
"$program" "$(sed -n 's/^join me: chat //p' heard)" <mouth >said & speaker=$!
exec 4>mouth
echo 'good morning' >&4
wait_for ': good morning$' heard

# The end of its input is how one leaves.
exec 3>&- 4>&-
wait $listener
wait $speaker
