#!/bin/sh
# Builds the objects beside their sources, as samples/build.sh does.
set -eu
cd "$(dirname "$0")"
for source in *.bpf.c; do
    "${CLANG:-clang-19}" -O2 -g -target bpf -Wall -Werror -I ../../../samples/include -fdebug-compilation-dir=. -c "$source" -o "${source%.c}.o"
done
