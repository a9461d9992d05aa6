#!/bin/sh
# Developer's tool: compiles every variant of the programs and asks this machine's kernel whether it takes them.
#     check.sh [NAME...]                  needs root and bpftool; leaves nothing behind
# Prints a line for each object and returns 1 if any was refused.
set -eu
cd "$(dirname "$0")"
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
work=$(mktemp -d)
trap 'umount "$work/bpf" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

./build.sh "$work/objects" "$@"
mkdir "$work/bpf"
mount -t bpf skep-check "$work/bpf" # our own: what is pinned in it goes with it

accepted=0 refused=0
for object in "$work"/objects/*.o; do
    name=$(basename "$object" .o)
    pins=$work/bpf/$(echo "$name" | tr . -) # a bpffs takes no dot
    if "$bpftool" prog loadall "$object" "$pins" >"$work/log" 2>&1; then
        accepted=$((accepted + 1))
        echo "accepted  $name"
        rm -r "$pins"
    else
        refused=$((refused + 1))
        # The verifier's last words are before its count of instructions; without a verifier's log, the loader's.
        words=$(awk '/^processed /{print last; exit} {last = $0}' "$work/log")
        [ -n "$words" ] || words=$(grep '^libbpf: \|^Error: ' "$work/log" | head -n 1)
        echo "REFUSED   $name: $words"
        [ -z "${LOGS:-}" ] || cp "$work/log" "$LOGS/$name.log"
    fi
done
echo "$accepted accepted, $refused refused"
[ $refused -eq 0 ]
