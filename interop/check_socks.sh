#!/usr/bin/env bash
# check_socks.sh PROGRAM: two nodes with microsocks, a SOCKS5 server that is not ours, between them; with a password, and
# the name resolved over there. Ends with the event that tells of the session, or with what went wrong.
set -euo pipefail
kith=$1
home=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -r "$home"' EXIT
port=$((20000 + RANDOM % 10000))
ctl() { "$kith" ctl --data-dir "$home/$1" "${@:2}"; }
# Asks node $1 until $2 stands in its answer to the rest, for a minute at most.
await() {
  for _ in $(seq 300); do
    ctl "$1" "${@:3}" 2>/dev/null | grep -q "$2" && return
    sleep 0.2
  done
  echo "never came: $2" >&2
  cat "$home"/said-* >&2
  exit 1
}
node() { "$kith" node --data-dir "$home/$1" --rpc 127.0.0.1:0 "${@:2}" 2>"$home/said-$1" & }

microsocks -i 127.0.0.1 -p "$port" -u ann -P secret 2>"$home/said-proxy" &
mkdir "$home/a"
id=$("$kith" key new "$home/a/key" --json | sed 's/.*"id":"\([^"]*\)".*/\1/')
node a --listen /ip4/127.0.0.1/tcp/$((port + 1))/lean
await a 12D3KooW info
name=/dns4/localhost/tcp/$((port + 1))/lean/p2p/$id
node b --listen /ip4/127.41.0.1/tcp/0/lean --proxy "ann:secret@127.0.0.1:$port" --bootstrap "$name"
node c --listen /ip4/127.42.0.1/tcp/0/lean --proxy "ann:guess@127.0.0.1:$port" --bootstrap "$name"
await b "$id" peers
# microsocks closes the connection where a password is wrong, or says so.
for _ in $(seq 300); do
  grep -q "the proxy at 127.0.0.1:$port" "$home/said-c" && break
  sleep 0.2
done
grep "the proxy at 127.0.0.1:$port" "$home/said-c"
grep -q "client.*localhost" "$home/said-proxy" || { cat "$home/said-proxy" >&2; exit 1; }
echo "socks: one node reached another by name through microsocks; a wrong password was refused and said"
